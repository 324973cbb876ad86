"""Pages of a list for people: sorted columns and keyset marks, the same marks as the API's (api/pagination.py)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from anji_police.api.pagination import after, capped_count, mark

PER_PAGE = 25
CAP = 1000  # rows that a list is counted to
# And a list of those that hold a word, which no index can count: where a word is common but a person sees a fifth of the rows,
# each find costs a walk over some thirty others.
WORDS_CAP = 500


@dataclass(frozen=True)
class Column:
    """One column of a queue. `key` names the model column it sorts by; empty: not sortable."""

    label: Any
    key: str = ""
    css: str = ""
    hidden: bool = False  # the heading is for screen readers only


@dataclass
class Page:
    """One page of rows; iterable. `next_url` and `previous_url` keep the filters of the request."""

    rows: list
    next_url: str
    previous_url: str
    first_url: str
    total: int | None
    cap: int

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_capped(self) -> bool:
        return self.total is not None and self.total > self.cap


def address(request, **changes) -> str:
    """This page's query with some parameters changed; None removes one."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


def ordered(queryset: QuerySet, request, columns: list[Column], default: str) -> QuerySet:
    """`queryset` in the order asked for by ?sort=, which must be a column's key, else `default`; ends with the key."""
    wanted = request.GET.get("sort", default)
    allowed = {column.key for column in columns if column.key}
    if wanted.lstrip("-") not in allowed:
        wanted = default
    tail = "-pk" if wanted.startswith("-") else "pk"
    return (
        queryset.order_by(wanted) if wanted.lstrip("-") in {"pk", "id"} else queryset.order_by(wanted, tail)
    )


def keyset(request, queryset: QuerySet, *, per_page: int = PER_PAGE, count: bool = True) -> Page:
    """One page of `queryset`, whose ordering names plain columns and ends with a unique one. `?q=` are the words searched.

    Raises InvalidInput for a mark that this server did not make.
    """
    cap = WORDS_CAP if request.GET.get("q", "").strip() else CAP
    order = [str(name) for name in queryset.query.order_by]
    backwards = request.GET.get("before", "")
    forwards = "" if backwards else request.GET.get("after", "")
    if backwards:
        turned = queryset.order_by(*[n[1:] if n.startswith("-") else f"-{n}" for n in order])
        found = list(after(turned, backwards)[: per_page + 1])
        rows = found[:per_page][::-1]
        more_before, more_after = len(found) > per_page, True
    else:
        found = list((after(queryset, forwards) if forwards else queryset)[: per_page + 1])
        rows = found[:per_page]
        more_before, more_after = bool(forwards), len(found) > per_page
    return Page(
        rows=rows,
        next_url=address(request, after=mark(rows[-1], order), before=None) if rows and more_after else "",
        previous_url=address(request, before=mark(rows[0], order), after=None)
        if rows and more_before
        else "",
        first_url=address(request, after=None, before=None),
        total=capped_count(queryset, cap) if count else None,
        cap=cap,
    )
