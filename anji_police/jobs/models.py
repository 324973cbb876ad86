"""Background work as rows: the truth about what is to be done; the broker only carries their numbers."""

from anji_police.limits import Counter

__all__ = ["Counter"]
