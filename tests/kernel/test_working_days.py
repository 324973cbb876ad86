"""Limits in working days: the calendar against another source, and clocks that stand still over weekends and holidays."""

import io
from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anji_police.periods import SHANGHAI
from anji_police.workflow import reference, services, workingdays
from anji_police.workflow.models import Deadline, Rule
from tests.factories import bureau

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2020, 1, 1), date(2026, 12, 31)
ENOUGH = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
days = st.dates(FIRST, LAST - timedelta(days=70))
hours = st.integers(0, 86_399)


@pytest.fixture
def calendar():
    reference.load(io.StringIO())


def at(day: date, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(seconds=second)


def test_every_day_of_seven_years_agrees_with_the_published_holidays(calendar):
    every = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    wrong = [day for day in every if workingdays.is_working(day) != chinese_calendar.is_workday(day)]
    assert wrong == []
    assert workingdays.unknown_years(at(FIRST), at(LAST)) == []
    assert workingdays.unknown_years(at(LAST), at(date(2027, 1, 5))) == [2027]


def counted(start: date, days: int) -> date:
    """The last day of a limit, counted by hand over the other source."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= chinese_calendar.is_workday(day)
    return day


@ENOUGH
@given(start=days, second=hours, length=st.integers(1, 25))
@example(
    start=date(2024, 2, 9), second=0, length=1
)  # New Year's Eve, then eight days off, then a working Sunday
@example(start=date(2023, 12, 29), second=86_399, length=3)  # over the turn of the year
@example(start=date(2024, 9, 13), second=60, length=1)  # a Saturday that is worked, before a holiday
def test_a_limit_ends_at_midnight_after_its_last_working_day(calendar, start, second, length):
    end = workingdays.add(at(start, second), length)
    last = counted(start, length)
    assert end == at(last + timedelta(days=1))
    assert workingdays.between(start + timedelta(days=1), end.astimezone(SHANGHAI).date()) == length


@ENOUGH
@given(start=days, second=hours, one=st.integers(1, 10), more=st.integers(1, 10))
def test_limits_add_up(calendar, start, second, one, more):
    whole = workingdays.add(at(start, second), one + more)
    assert workingdays.add(workingdays.add(at(start, second), one) - timedelta(seconds=1), more) == whole


@pytest.mark.parametrize("length", [0, -1])
def test_no_limit_is_shorter_than_a_day(length):
    with pytest.raises(ValueError, match="working day"):
        workingdays.add(at(FIRST), length)


def clock(start: datetime, length: int = 5, unit: str = "working_days"):
    """A record with one running clock of `length`."""
    Rule.objects.filter(code="test.clock").delete()
    Deadline.objects.filter(kind="test.clock").delete()
    Rule.objects.create(
        code="test.clock", label="x", value=length, unit=unit, article="§", valid=(date(2020, 1, 1), None)
    )
    record = bureau()
    services.start_clock(record=record, kind="test.clock", rule="test.clock", at=start)
    return record


def due(record) -> datetime:
    return Deadline.objects.about(record).get(kind="test.clock").due_at


def stood(record, start: datetime, end: datetime) -> datetime:
    services.pause_clock(record, "test.clock", reason="等群众补充材料", at=start)
    services.resume_clock(record, "test.clock", at=end)
    return due(record)


def test_a_pause_over_a_weekend_gives_no_working_day_more(calendar):
    record = clock(at(date(2024, 5, 13), 36_000))  # a Monday: five days end on the next Monday
    before = due(record)
    assert before == at(date(2024, 5, 21))
    assert stood(record, at(date(2024, 5, 18), 30_000), at(date(2024, 5, 19), 80_000)) == before


def test_a_pause_moves_the_limit_by_its_working_days_make_up_days_included(calendar):
    # Saturday 11 May 2024 is worked in exchange for the holiday of 1 to 5 May.
    record = clock(at(date(2024, 5, 6), 36_000))
    assert due(record) == at(date(2024, 5, 12))  # 7, 8, 9, 10 and 11 May
    # Friday and the worked Saturday are given back, the Sunday is not: 13 and 14 May.
    assert stood(record, at(date(2024, 5, 10), 36_000), at(date(2024, 5, 13), 36_000)) == at(
        date(2024, 5, 15)
    )


def test_a_pause_over_a_long_holiday_gives_nothing(calendar):
    record = clock(at(date(2024, 9, 27), 36_000))
    before = due(record)
    assert stood(record, at(date(2024, 10, 1)), at(date(2024, 10, 8))) == before


def test_a_pause_within_one_day_and_a_second_pause_gain_nothing(calendar):
    record = clock(at(date(2024, 5, 13), 36_000))
    before = due(record)
    assert stood(record, at(date(2024, 5, 14), 30_000), at(date(2024, 5, 14), 60_000)) == before
    services.resume_clock(record, "test.clock", at=at(date(2024, 5, 16)))  # runs already
    assert due(record) == before


def test_pausing_twice_keeps_the_first_moment(calendar):
    record = clock(at(date(2024, 5, 13), 36_000))
    services.pause_clock(record, "test.clock", reason="一", at=at(date(2024, 5, 14), 100))
    services.pause_clock(record, "test.clock", reason="二", at=at(date(2024, 5, 16), 100))
    services.resume_clock(record, "test.clock", at=at(date(2024, 5, 17), 100))
    assert due(record) == at(date(2024, 5, 24))  # three working days: 14, 15 and 16 May


def test_a_limit_in_hours_moves_by_the_very_pause(calendar):
    record = clock(at(date(2024, 5, 18), 0), 24, "hours")
    length = timedelta(days=2, hours=3, seconds=7)
    begun = at(date(2024, 5, 18), 3600)
    before = due(record)
    assert stood(record, begun, begun + length) == before + length


@settings(ENOUGH, max_examples=60)
@given(start=days, length=st.integers(1, 15), wait=st.integers(0, 10), pause=st.integers(0, 20), second=hours)
def test_what_is_left_of_a_limit_is_the_same_after_any_pause(calendar, start, length, wait, pause, second):
    """The working days from the resumption on are those that were left when it was paused."""
    record = clock(at(start, second), length)
    begun, before = start + timedelta(days=wait), due(record).astimezone(SHANGHAI).date()
    if begun >= before:
        return  # too late to pause
    ended = begun + timedelta(days=pause)
    after = stood(record, at(begun, second), at(ended, second)).astimezone(SHANGHAI).date()
    assert workingdays.between(ended, after) == workingdays.between(begun, before)
    assert after >= before
