"""The menu. An app registers its entries in its `nav.py`; a person sees only what the account may open."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse

from anji_police.counting import counted

KEPT_SECONDS = 20
SECTIONS = ("top", "operations", "records", "administration")


@dataclass(frozen=True)
class Item:
    label: Any
    url_name: str
    icon: str
    section: str
    permission: str | None
    order: int
    count: Callable[[Any], QuerySet | int] | None  # what waits for this person, for the badge

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_items: dict[str, Item] = {}


def add(
    url_name: str,
    *,
    label,
    icon: str,
    section: str = "operations",
    permission: str | None = None,
    order: int = 50,
    count: Callable[[Any], QuerySet | int] | None = None,
) -> None:
    """Put one entry into the menu; the same page twice fails at start-up. `count(user)`: the rows that wait, which are counted
    with those of all other entries, or their number."""
    if section not in SECTIONS:
        raise ValueError(f"no menu section {section}")
    if url_name in _items:
        raise ValueError(f"menu entry {url_name} is registered twice")
    _items[url_name] = Item(label, url_name, icon, section, permission, order, count)


def menu_for(user) -> list[tuple[str, list[Item]]]:
    """(section, entries) for what `user` may open, in order."""
    allowed = [i for i in _items.values() if i.permission is None or user.has_perm(i.permission)]
    found = []
    for section in SECTIONS:
        entries = sorted((i for i in allowed if i.section == section), key=lambda i: i.order)
        if entries:
            found.append((section, entries))
    return found


def waiting(items: Iterable[Item], user) -> dict[str, int]:
    """How many things wait for `user` behind each of `items`, by its page; all that are told by rows in one statement, asked at
    most every 20 seconds for each account."""
    asked = [item for item in items if item.count is not None]

    def ask() -> dict[str, int]:
        numbers = counted([item.count(user) for item in asked])
        return {item.url_name: number for item, number in zip(asked, numbers, strict=True)}

    return cache.get_or_set(f"waiting:{user.pk}", ask, KEPT_SECONDS)
