"""The request that the current thread works for; empty in jobs and commands."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

import pghistory


@dataclass(frozen=True)
class Request:
    request_id: str = ""
    address: str = ""
    actor: Any = None  # the account that asks; None for a citizen


_NONE = Request()
_current: ContextVar[Request] = ContextVar("audit_request", default=_NONE)


def current() -> Request:
    return _current.get()


def act_as(actor) -> None:
    """From here on the request is that of `actor`, whom only a token named; the rows that it writes say so, too."""
    _current.set(replace(_current.get(), actor=actor))
    pghistory.context(actor=actor.pk, actor_name=actor.name)


@contextmanager
def request(*, request_id: str, address: str, actor=None):
    token = _current.set(Request(request_id, address, actor))
    try:
        yield
    finally:
        _current.reset(token)
