"""What the search box finds. An app registers a finder in its `search.py`.

@finds("helpdesk.request", label=_("Requests"))
def requests(user, text, limit):
    return [Hit(r.reference, r.title, r.get_absolute_url()) for r in Request.objects.visible_to(user).matching(text)[:limit]]
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from anji_police import crypto


@dataclass(frozen=True)
class Hit:
    """One find. `code` and `title` hold no personal data in the clear."""

    code: str
    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Finder:
    key: str
    label: Any
    find: Callable[[Any, str, int], list[Hit]]
    permission: str | None


_registry: dict[str, Finder] = {}


def finds(key: str, *, label, permission: str | None = None):
    """Register `(user, text, limit) -> list[Hit]`, which starts at visible_to(user); a key taken twice fails at start-up."""

    def register(find: Callable[[Any, str, int], list[Hit]]):
        if key in _registry:
            raise ValueError(f"finder {key} is registered twice")
        _registry[key] = Finder(key, label, find, permission)
        return find

    return register


def everywhere(user, text: str, limit: int = 20) -> list[tuple[Finder, list[Hit]]]:
    """Finds of each finder that `user` may use, empty ones left out."""
    text = text.strip()
    if len(text) < 2:
        return []
    allowed = [f for f in _registry.values() if f.permission is None or user.has_perm(f.permission)]
    found = [(finder, finder.find(user, text, limit)) for finder in allowed]
    return [(finder, hits) for finder, hits in found if hits]


def by_phone(model: type[Model], field: str, text: str) -> Q | None:
    """A condition that finds a phone number in any spelling by the blind index of `field`, after the look-up was written into
    the log of reads; None when `text` is no phone number."""
    from anji_police.audit import services as audit  # an app, which loads after this module

    digits = crypto.normal_phone(text)
    if not (digits.isascii() and digits.isdigit() and len(digits) >= 7):
        return None
    audit.searched(model=model, field=field, shown=crypto.mask_phone(digits))
    return crypto.matching(model, field, text)
