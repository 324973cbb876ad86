"""Search in Chinese text: stored bigrams narrow the rows by index, a LIKE rechecks them.

pg_trgm finds nothing for words of two characters, the commonest kind in Chinese, so a model keeps the pairs of neighbouring
characters of its text in a `text[]` column with a GIN index, written by its service.
"""

import unicodedata

from django.db.models import QuerySet


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


def narrow(
    queryset: QuerySet, query: str, *, text: str = "search_text", pairs: str = "search_pairs"
) -> QuerySet:
    """The rows of `queryset` whose stored `text` contains each blank-separated word of `query`."""
    for word in normal(query).split()[:8]:
        found = pairs_of(word)
        if found:
            queryset = queryset.filter(**{f"{pairs}__contains": found})
        queryset = queryset.filter(**{f"{text}__contains": word})
    return queryset
