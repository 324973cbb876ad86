"""Search in Chinese text: stored bigrams narrow the rows by index, a LIKE rechecks them.

pg_trgm finds nothing for words of two characters, the commonest kind in Chinese, so a model keeps the pairs of neighbouring
characters of its text in a `text[]` column with a GIN index, written by its service.
"""

import unicodedata

from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet

# From this share of the rows on, a walk from the newest row finds a page sooner than the index, which fetches and sorts all
# hits. Postgres cannot tell by itself: it takes the pairs of one word for independent, and a common word for a rare one.
COMMON = 0.05
_SECONDS = 600


def normal(text: str) -> str:
    """Full-width characters made plain, upper case, blanks as one space."""
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


def pairs_of(*texts: str) -> list[str]:
    """The distinct pairs of neighbouring characters of `texts`, sorted; pairs with a blank are left out."""
    found = set()
    for text in texts:
        plain = normal(text)
        found.update(plain[i : i + 2] for i in range(len(plain) - 1) if " " not in plain[i : i + 2])
    return sorted(found)


def _shares(table: str, column: str) -> dict[str, float]:
    """The share of rows that hold each of the commonest pairs, as ANALYZE last counted them; empty before it ever did."""

    def ask() -> dict[str, float]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats "
                "WHERE schemaname = current_schema() AND tablename = %s AND attname = %s",
                [table, column],
            )
            found = cursor.fetchone()
        return dict(zip(found[0], found[1], strict=False)) if found and found[0] else {}  # three more: bounds

    return cache.get_or_set(f"pairs:{table}.{column}", ask, _SECONDS)


def narrow(
    queryset: QuerySet, query: str, *, text: str = "search_text", pairs: str = "search_pairs"
) -> QuerySet:
    """The rows of `queryset` whose stored `text` contains each blank-separated word of `query`."""
    for word in normal(query).split()[:8]:
        found = pairs_of(word)
        shares = _shares(queryset.model._meta.db_table, pairs) if found else {}
        if found and min(shares.get(pair, 0.0) for pair in found) < COMMON:
            queryset = queryset.filter(**{f"{pairs}__contains": found})
        queryset = queryset.filter(**{f"{text}__contains": word})
    return queryset
