"""Counters of how often something was done, exact under load and kept in Postgres, so that an empty Redis opens no door."""

from datetime import UTC, datetime

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.errors import TooMany


class Counter(models.Model):
    """How often `key` was hit in the fixed window that starts at `window_start`."""

    key = models.CharField(max_length=120)
    window_start = models.DateTimeField()
    hits = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "jobs"
        constraints = [models.UniqueConstraint(fields=["key", "window_start"], name="counter_key_window")]

    def __str__(self) -> str:
        return self.key


def _window(seconds: int) -> datetime:
    return datetime.fromtimestamp(int(timezone.now().timestamp()) // seconds * seconds, tz=UTC)


def hit(key: str, *, seconds: int) -> int:
    """Count one hit of `key` and return how many its current window of `seconds` has, this one included.

    One atomic statement: of N hits at once each gets its own number.
    """
    start = _window(seconds)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_counter (key, window_start, hits) VALUES (%s, %s, 1) "
            "ON CONFLICT (key, window_start) DO UPDATE SET hits = jobs_counter.hits + 1 RETURNING hits",
            [key[:120], start],
        )
        return cursor.fetchone()[0]


def allow(key: str, *, limit: int, seconds: int) -> None:
    """Count one hit; raises TooMany when the window already had `limit`. Exactly `limit` pass, however many at once."""
    if hit(key, seconds=seconds) > limit:
        wait = seconds - int(timezone.now().timestamp() % seconds)
        raise TooMany(
            _("Too many tries. Wait %(minutes)d minutes, then try again.") % {"minutes": wait // 60 + 1},
            retry_after=wait,
        )


def take_back(key: str, *, seconds: int) -> None:
    """Undo one hit() of the current window: what was counted before it was tried turned out well."""
    Counter.objects.filter(key=key[:120], window_start=_window(seconds), hits__gt=0).update(
        hits=models.F("hits") - 1
    )


def peek(key: str, *, seconds: int) -> int:
    """How many hits the current window of `key` has."""
    return (
        Counter.objects.filter(key=key[:120], window_start=_window(seconds))
        .values_list("hits", flat=True)
        .first()
        or 0
    )
