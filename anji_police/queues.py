"""What waits for whom. An app registers its queues in its `queues.py`; "my work" and the badges of the menu read them.

@queue("helpdesk.mine", label=_("Requests"), rows=lambda user: Request.objects.open_of(user))
def mine(user, limit):
    return [WorkItem(code=…, title=…, state=…, due_at=…, url=…) for r in Request.objects.open_of(user)[:limit]]
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from anji_police import memo
from anji_police.counting import count_together


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits for a person: what it is, where it stands, by when."""

    code: str
    title: str
    state: str
    url: str
    due_at: datetime | None = None
    unit: str = ""
    person: str = ""  # who has it in hand; empty: nobody yet
    tone: str = "mute"  # of the state's chip
    action: Any = ""  # the verb on the row's button


@dataclass(frozen=True)
class Queue:
    key: str
    label: Any
    items: Callable[[Any, int], list[WorkItem]]
    rows: Callable[[Any], QuerySet]
    permission: str | None


_registry: dict[str, Queue] = {}


def queue(key: str, *, label, rows: Callable[[Any], QuerySet], permission: str | None = None):
    """Register `(user, limit) -> list[WorkItem]`, nearest time limit first, under `key` ("field.noun"). `rows(user)` are the
    rows that wait, to be counted by an index. A key taken twice fails at start-up; an account without `permission` is never
    asked about."""

    def register(items: Callable[[Any, int], list[WorkItem]]):
        if key in _registry:
            raise ValueError(f"queue {key} is registered twice")
        _registry[key] = Queue(key, label, items, rows, permission)
        return items

    return register


def of(user) -> list[Queue]:
    """The queues that `user` may have something in, in order of registration."""
    return [q for q in _registry.values() if q.permission is None or user.has_perm(q.permission)]


def counts(user) -> dict[str, int]:
    """Key of each queue -> how many things wait for `user` in it; one statement, asked once for each page."""

    def ask() -> dict[str, int]:
        mine = of(user)
        counted = count_together([q.rows(user) for q in mine])
        return {q.key: count for q, count in zip(mine, counted, strict=True)}

    return memo.once(("queues", user.pk), ask)


def waiting(user) -> int:
    """How many things wait for `user` in all queues together."""
    return sum(counts(user).values())


def items(user, *, key: str = "", limit: int = 200) -> list[tuple[Queue, WorkItem]]:
    """What waits for `user` in one queue or in all, nearest time limit first, things without one last."""
    counted = counts(user)
    wanted = [q for q in of(user) if counted[q.key] and key in ("", q.key)]
    found = [(q, item) for q in wanted for item in q.items(user, limit)]
    found.sort(key=lambda pair: (pair[1].due_at is None, pair[1].due_at and pair[1].due_at.timestamp()))
    return found[:limit]
