"""How a request reaches a field without either knowing the other.

`mediation/routes.py` has `@routing.takes("mediation.dispute", label=…)` on a function that calls its own service and
returns the new record; the help desk calls `routing.route(kind, request=…, actor=…)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Route:
    kind: str
    label: Any
    take: Callable[..., Any]
    permission: str


_routes: dict[str, Route] = {}


def takes(kind: str, *, label, permission: str):
    """Register the taker of `kind`. It is called inside the caller's transaction as take(request=, actor=) and returns
    the record that it made; that record has `get_absolute_url()` and a `code`. Two takers of one kind fail at start-up.
    """

    def register(take):
        if kind in _routes:
            raise ValueError(f"route {kind} is taken twice")
        _routes[kind] = Route(kind, label, take, permission)
        return take

    return register


def open_to(actor) -> list[Route]:
    """The kinds of record that `actor` may turn a request into."""
    return [r for r in _routes.values() if actor.has_perm(r.permission)]


def get(kind: str) -> Route:
    """Raises KeyError for a kind that no field takes."""
    return _routes[kind]


def route(kind: str, *, request, actor):
    """Hand `request` (a help-desk request) to the field that takes `kind`; returns the field's record."""
    return _routes[kind].take(request=request, actor=actor)
