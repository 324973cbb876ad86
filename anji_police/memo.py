"""Answers that one page asks for many times, kept while it is drawn."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

_kept: ContextVar[dict[Any, Any] | None] = ContextVar("memo", default=None)


def once(key, ask: Callable[[], Any]):
    """`ask()`, or what it gave before under `key` while the same page was drawn. Outside of a page, and in a request that
    may write, nothing is kept: a service must see what has just changed."""
    kept = _kept.get()
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    return kept[key]


class MemoMiddleware:
    """Opens a memory for each request that only reads."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = _kept.set({} if request.method in ("GET", "HEAD") else None)
        try:
            return self.get_response(request)
        finally:
            _kept.reset(token)
