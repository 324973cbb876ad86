"""Rules that no mistyped value may break, and clocks that hold up nobody."""

import threading
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from anji_police.accounts.roles import Role
from anji_police.errors import InvalidInput
from anji_police.periods import SHANGHAI, today
from anji_police.workflow import registry as clock_registry
from anji_police.workflow import rules, services
from anji_police.workflow.models import Deadline, Rule
from tests.factories import administrator, bureau

pytestmark = pytest.mark.django_db


def rule(unit: str, value=3, **facts) -> Rule:
    valid = facts.pop("valid", (date(2020, 1, 1), None))
    return Rule.objects.create(code="test", label="x", value=value, unit=unit, article="x", valid=valid)


def change(value, valid_from=None):
    security = administrator(Role.SECURITY_ADMIN)
    return services.change_rule(
        code="test", value=value, valid_from=valid_from or today(), article="局内规定", actor=security
    )


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("working_days", 0),
        ("working_days", "1.5"),
        ("hours", 0),
        ("days", "999999999"),
        ("years", 0),
        ("years", "0.5"),
        ("count", "0.5"),
    ],
)
def test_a_value_with_which_nothing_could_be_taken_in_is_refused(unit, value):
    rule(unit)
    with pytest.raises(InvalidInput) as refused:
        change(Decimal(value))
    assert "value" in refused.value.fields
    assert rules.value("test") == 3


def test_a_half_hour_and_a_count_of_none_are_fine():
    rule("hours")
    assert change(Decimal("1.5")).value == Decimal("1.5")
    Rule.objects.all().delete()
    rule("count")
    assert change(0).value == 0


def test_a_limit_in_years_ends_at_24_on_the_day_of_the_same_date():
    rule("years")
    ends = rules.due_after("test", datetime(2024, 2, 29, 9, tzinfo=SHANGHAI))
    assert ends == datetime(2027, 3, 1, tzinfo=SHANGHAI)


def test_a_rule_changes_no_past_whoever_calls_the_service():
    rule("hours")
    with pytest.raises(InvalidInput) as refused:
        change(4, today() - timedelta(days=1))
    assert "valid_from" in refused.value.fields


def test_a_rule_that_has_ended_begins_again_and_its_end_stays():
    rule("hours", valid=(date(2020, 1, 1), date(2021, 1, 1)))
    change(4)
    assert [(r.valid.lower, r.valid.upper) for r in Rule.objects.order_by("valid")] == [
        (date(2020, 1, 1), date(2021, 1, 1)),
        (today(), None),
    ]


def test_a_clock_goes_on_by_the_rule_of_its_own_day():
    rule("days", valid=(date(2020, 1, 1), date(2024, 6, 1)))
    start = datetime(2024, 5, 6, 9, tzinfo=SHANGHAI)
    clock = services.start_clock(record=bureau(), kind="test", rule="test", at=start)
    services.pause_clock(bureau(), "test", reason="x", at=datetime(2024, 5, 7, 15, tzinfo=SHANGHAI))
    services.resume_clock(bureau(), "test", at=datetime(2024, 6, 3, 8, tzinfo=SHANGHAI))
    clock.refresh_from_db()
    assert clock.due_at == datetime(2024, 6, 6, tzinfo=SHANGHAI), "27 days later, and still at 24:00"


@pytest.mark.django_db(transaction=True)
def test_a_sweep_waits_for_nobody_who_works_on_the_record(monkeypatch):
    """An officer holds the record and will meet its clock; a sweep that took the clock first would wait for the record."""
    unit, now, told = bureau(), timezone.now(), []
    monkeypatch.setitem(clock_registry._escalations, "test.late", lambda clock: told.append(clock.pk))
    clock = Deadline.objects.create(
        subject_type="places.unit",
        subject_id=unit.pk,
        kind="test.late",
        rule_code="test",
        started_at=now - timedelta(days=2),
        due_at=now - timedelta(days=1),
    )
    swept = []

    def sweep():
        try:
            swept.append(services.escalate_missed())
        finally:
            connection.close()

    with transaction.atomic():
        type(unit).objects.select_for_update().get(pk=unit.pk)
        thread = threading.Thread(target=sweep)
        thread.start()
        thread.join(timeout=10)
        assert swept == [0], "the sweep passes by"
        services.meet_clock(unit, "test.late")
    assert services.escalate_missed() == 0
    clock.refresh_from_db()
    assert clock.met_at
    assert not told
