"""How a record of one part reaches a field without either knowing the other.

`mediation/routes.py` has `@routing.takes("mediation.dispute", label=…)` on a function that calls its own service and returns the new
record; the help desk, or another field, calls `routing.route(kind, handover=…, actor=…)`. What is handed over is a `Handover`:
plain facts in words that every field has, so that a taker need not know who gives.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

REQUEST, FIELD = (
    "request",
    "field",
)  # where a handed-over matter comes from: a citizen's request, or another field of work


@dataclass(frozen=True)
class Handover:
    """One matter on its way to another field. Personal data is plain here and goes straight into the taker's sealed columns."""

    source: str  # REQUEST or FIELD
    code: str  # the number of the giving record, by which the taker names it
    title: str
    facts: str
    unit: Any = None
    place: Any = None
    location: Any = None  # Point in SRID 4326
    name: str = ""
    phone: str = ""
    about: str = ""  # what it is about, in the giver's terms; a taker that does not know the word takes its general kind
    answers: dict[str, str] = field(default_factory=dict)
    is_demo: bool = False


@dataclass(frozen=True)
class Route:
    kind: str
    label: Any
    take: Callable[..., Any]
    permission: str


_routes: dict[str, Route] = {}


def takes(kind: str, *, label, permission: str):
    """Register the taker of `kind`. It is called inside the caller's transaction as take(handover=, actor=) and returns
    the record that it made; that record has `get_absolute_url()` and a `code`. Two takers of one kind fail at start-up.
    """

    def register(take):
        if kind in _routes:
            raise ValueError(f"route {kind} is taken twice")
        _routes[kind] = Route(kind, label, take, permission)
        return take

    return register


def open_to(actor) -> list[Route]:
    """The kinds of record that `actor` may turn a matter into."""
    return [r for r in _routes.values() if actor.has_perm(r.permission)]


def get(kind: str) -> Route:
    """Raises KeyError for a kind that no field takes."""
    return _routes[kind]


def route(kind: str, *, handover: Handover, actor):
    """Hand a matter to the field that takes `kind`; returns the field's record. Its progress comes back by
    events.record_progressed, which names the taken record."""
    return _routes[kind].take(handover=handover, actor=actor)
