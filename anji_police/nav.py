"""The menu. An app registers its entries in its `nav.py`; a person sees only what the account may open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.urls import reverse

SECTIONS = ("top", "operations", "records", "administration")


@dataclass(frozen=True)
class Item:
    label: Any
    url_name: str
    icon: str
    section: str
    permission: str | None
    order: int
    count: Callable[[Any], int] | None  # items that wait for this person, for the badge

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
    count: Callable[[Any], int] | None = None,
) -> None:
    """Put one entry into the menu; the same page twice fails at start-up."""
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


def waiting(item: Item, user) -> int:
    """How many things wait for `user` behind `item`; asked at most every 20 seconds for each account and entry."""
    if item.count is None:
        return 0
    return cache.get_or_set(f"waiting:{item.url_name}:{user.pk}", lambda: item.count(user), 20)
