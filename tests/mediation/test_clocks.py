"""The limits of mediation end on the right day, whatever the calendar does: holidays, make-up days, midnight, the end of a month."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anji_police.periods import SHANGHAI, midnight
from anji_police.workflow import rules, workingdays
from anji_police.workflow.models import CalendarDay
from mediation.rules import RULES
from tests.helpdesk.factories import seed_rules

pytestmark = pytest.mark.django_db
CLOCKS = [spec for spec in RULES if spec.unit in ("working_days", "days", "hours", "months")]
HOLIDAYS = {  # National Day 2026 with its make-up days, and the turn of the year
    date(2026, 9, 27): True,
    **{date(2026, 10, day): False for day in range(1, 8)},
    date(2026, 10, 10): True,
    date(2027, 1, 1): False,
}
HALF_A_YEAR = 181 * 24 * 60  # minutes
moments = st.integers(0, HALF_A_YEAR).map(lambda n: midnight(date(2026, 9, 1)) + timedelta(minutes=n))


@pytest.fixture(autouse=True)
def _calendar(db):
    seed_rules()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, is_working=working, name="国庆节") for day, working in HOLIDAYS.items()
    )
    workingdays.forget()
    yield
    workingdays.forget()


def counted(day: date) -> bool:
    """A working day, told without the code under test."""
    return HOLIDAYS.get(day, day.weekday() < 5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=moments, spec=st.sampled_from(CLOCKS))
@example(start=datetime(2026, 9, 30, 23, 59, 59, tzinfo=SHANGHAI), spec=CLOCKS[0])
@example(start=datetime(2026, 10, 1, 0, 0, tzinfo=SHANGHAI), spec=CLOCKS[0])
@example(start=datetime(2027, 1, 31, 12, 0, tzinfo=SHANGHAI), spec=CLOCKS[-1])
def test_every_limit_ends_at_the_right_instant(start, spec):
    due = rules.due_after(spec.code, start)
    first, amount = start.date(), int(spec.value)
    if spec.unit == "hours":
        assert due - start == timedelta(hours=amount)
        return
    assert due.astimezone(SHANGHAI) == midnight(due.astimezone(SHANGHAI).date())
    last = due.astimezone(SHANGHAI).date() - timedelta(days=1)
    if spec.unit == "days":
        assert (last - first).days == amount
    elif spec.unit == "working_days":
        between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
        assert sum(counted(day) for day in between) == amount
        assert counted(last)
    else:
        assert (last.year * 12 + last.month) - (first.year * 12 + first.month) == amount
        assert last.day == first.day or (last + timedelta(days=1)).day == 1


def test_a_pause_over_the_holidays_moves_a_limit_in_days_by_all_of_them():
    start = datetime(2026, 9, 30, 10, 0, tzinfo=SHANGHAI)
    assert rules.due_after("mediation.second_try", start) == midnight(date(2026, 10, 16))
    assert rules.due_after("mediation.accept", start) == midnight(date(2026, 10, 11))
