"""Spans of time for figures and reports: half-open [start, end), aware, in Asia/Shanghai."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.errors import DomainError, InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")


def midnight(day: date) -> datetime:
    """The first instant of `day` in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def today() -> date:
    """The date on the wall in Anji."""
    return timezone.now().astimezone(SHANGHAI).date()


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months; the 31st becomes the last day of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Period:
    """Half-open span [start, end), both aware."""

    start: datetime
    end: datetime

    def __post_init__(self):
        if self.end <= self.start:
            raise ValueError("a period ends after it starts")

    @classmethod
    def days(cls, first: date, last: date) -> "Period":
        """From the first instant of `first` to the end of `last`, both days included."""
        return cls(midnight(first), midnight(last + timedelta(days=1)))

    @classmethod
    def month(cls, iso_month: str) -> "Period":
        """`iso_month`: ISO 8601 YYYY-MM in Asia/Shanghai. Raises InvalidInput for anything else."""
        try:
            first = date.fromisoformat(f"{iso_month}-01")
        except ValueError:
            raise InvalidInput(_("Write the month as YYYY-MM, such as 2024-05.")) from None
        return cls(midnight(first), midnight(add_months(first, 1)))

    @classmethod
    def past_month(cls, iso_month: str) -> "Period":
        """Like month(); raises DomainError while the month still runs."""
        period = cls.month(iso_month)
        if period.end > timezone.now():
            raise DomainError(_("%(month)s is not over yet.") % {"month": iso_month})
        return period

    @classmethod
    def last_days(cls, count: int) -> "Period":
        """The last `count` days, today included, up to the end of today."""
        return cls.days(today() - timedelta(days=count - 1), today())

    @property
    def first_day(self) -> date:
        return self.start.astimezone(SHANGHAI).date()

    @property
    def last_day(self) -> date:
        return (self.end.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()

    @property
    def iso_month(self) -> str:
        """YYYY-MM of the first day."""
        return self.first_day.strftime("%Y-%m")

    def shifted(self, months: int) -> "Period":
        """The span moved by whole months at both ends; for whole months only."""
        end_day = self.end.astimezone(SHANGHAI).date()
        return Period(midnight(add_months(self.first_day, months)), midnight(add_months(end_day, months)))

    def before(self) -> "Period":
        """The month before (环比)."""
        return self.shifted(-1)

    def year_before(self) -> "Period":
        """The same months a year before (同比)."""
        return self.shifted(-12)

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def months_back(iso_month: str, count: int) -> Iterator[Period]:
    """The `count` months that end with `iso_month`, oldest first."""
    last = Period.month(iso_month)
    for back in range(count - 1, -1, -1):
        yield last.shifted(-back)
