"""Many counts in one statement: the badges of the menu, the figures of the overview."""

from collections.abc import Sequence

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def counted(parts: Sequence) -> list:
    """`parts` in their order, each that is a queryset as the number of its rows, all others as they are; one statement at most."""
    found = iter(count_together([part for part in parts if isinstance(part, QuerySet)]))
    return [next(found) if isinstance(part, QuerySet) else part for part in parts]


def count_together(found: Sequence[QuerySet]) -> list[int]:
    """How many rows each of `found` has, in their order; one statement for all of them, none where all are empty by nature."""
    parts, params, places = [], [], []
    for place, queryset in enumerate(found):
        try:
            rows = queryset if queryset.query.is_sliced else queryset.order_by()
            sql, given = rows.values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS q{place})")  # noqa: S608 - what Django compiled, with its parameters
        params += given
        places.append(place)
    counts = [0] * len(found)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", params)
            for place, count in zip(places, cursor.fetchone(), strict=True):
                counts[place] = count
    return counts
