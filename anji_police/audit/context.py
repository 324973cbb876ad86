"""The request that the current thread works for; empty in jobs and commands."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    request_id: str = ""
    address: str = ""


_NONE = Request()
_current: ContextVar[Request] = ContextVar("audit_request", default=_NONE)


def current() -> Request:
    return _current.get()


@contextmanager
def request(*, request_id: str, address: str):
    token = _current.set(Request(request_id, address))
    try:
        yield
    finally:
        _current.reset(token)
