"""Working days with holidays and make-up days (调休), from the calendar table."""

from datetime import date, datetime, timedelta

from django.core.cache import cache

from anji_police.periods import SHANGHAI
from anji_police.workflow.models import CalendarDay, CalendarYear

_CACHE = "workflow.calendar"
_SECONDS = 60


def _calendar() -> tuple[dict[date, bool], frozenset[int]]:
    found = cache.get(_CACHE)
    if found is None:
        days = dict(CalendarDay.objects.values_list("day", "is_working"))
        found = (days, frozenset(CalendarYear.objects.values_list("year", flat=True)))
        cache.set(_CACHE, found, _SECONDS)
    return found


def forget() -> None:
    """Read the table again at the next question; called after each change of the calendar."""
    cache.delete(_CACHE)


def is_known(year: int) -> bool:
    """True when the State Council's notice for `year` was entered; otherwise the plain week is assumed."""
    return year in _calendar()[1]


def is_working(day: date) -> bool:
    """True for Monday to Friday, unless the calendar says otherwise."""
    return _calendar()[0].get(day, day.weekday() < 5)


def add(start: datetime, days: int) -> datetime:
    """The end of the `days`-th working day after the day of `start`: 24:00 in Asia/Shanghai, as an instant.

    The day of `start` itself does not count (民法典 art. 201: the opening day is not counted). `days` is at least 1.
    """
    if days < 1:
        raise ValueError("at least one working day")
    day = start.astimezone(SHANGHAI).date()
    left = days
    while left:
        day += timedelta(days=1)
        if is_working(day):
            left -= 1
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=SHANGHAI)


def between(start: date, end: date) -> int:
    """The number of working days in the half-open span [start, end)."""
    return sum(is_working(start + timedelta(days=n)) for n in range((end - start).days))


def unknown_years(start: datetime, end: datetime) -> list[int]:
    """Years in [start, end] without an entered notice: a deadline there is provisional, and pages say so."""
    first, last = start.astimezone(SHANGHAI).year, end.astimezone(SHANGHAI).year
    return [year for year in range(first, last + 1) if not is_known(year)]
