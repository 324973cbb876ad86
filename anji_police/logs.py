"""JSON log lines with a request id. The last processor hides what looks like personal data."""

import re

import structlog

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])([0-9]{4})[0-9]{10}([0-9]{3}[0-9Xx])(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9])(1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9])")
_EMAIL = re.compile(r"([0-9A-Za-z])[0-9A-Za-z._%+-]*@([0-9A-Za-z-]+\.[0-9A-Za-z.-]+)")
# What Postgres adds to an error: the values of the row that it refused.
_ROW = re.compile(r"(DETAIL: +(?:Failing row contains|Key)).*", re.DOTALL)
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])[0-9]{9,15}([0-9]{4})(?![0-9A-Za-z])")


def masked(text: str) -> str:
    """`text` with identity numbers, mobile numbers, long account numbers and e-mail addresses hidden but for their ends, and
    without the values of a row that the database refused."""
    text = _ROW.sub(r"\1 …", text)
    text = _EMAIL.sub(r"\1****@\2", text)
    return _ACCOUNT.sub(r"****\1", numbers_masked(text))


def numbers_masked(text: str) -> str:
    """`text` with identity and mobile numbers hidden but for their ends: what a trail that nobody can change may keep."""
    return _MOBILE.sub(r"\1****\2", _ID_NUMBER.sub(r"\1**********\2", text))


def _mask(value):
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: _mask(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mask(item) for item in value]
    return value


def mask_processor(_logger, _method, event: dict) -> dict:
    return {key: _mask(value) for key, value in event.items()}


_shared = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            mask_processor,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
