"""What the database refuses whatever path a write takes: bulk writes and raw SQL included."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from anji_police.accounts.models import UserRole
from anji_police.accounts.roles import ADMINISTRATORS, OUTSIDE, POLICE, Role, kind_of
from anji_police.workflow import rules
from anji_police.workflow.models import Rule
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def raw_role(user, role: str, kind: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_userrole (user_id, role, kind, granted_at) VALUES (%s, %s, %s, now())",
            [user.pk, role, kind],
        )


def refuses(name: str):
    return pytest.raises(IntegrityError, match=name)


APART = [
    *((a, b) for a in sorted(ADMINISTRATORS) for b in sorted(ADMINISTRATORS) if a != b),
    *((a, Role.OFFICER) for a in sorted(ADMINISTRATORS)),
    *((a, Role.MEDIATOR) for a in sorted(ADMINISTRATORS)),
    (Role.OFFICER, Role.MEDIATOR),
    (Role.WARDEN, Role.DUTY_DESK),
]


@pytest.mark.parametrize(("held", "wanted"), APART)
def test_no_account_holds_two_kinds_of_roles(held, wanted):
    user = UserFactory(roles=[held])
    with refuses("userrole_one_kind"):
        raw_role(user, wanted, kind_of(wanted))
    with refuses("userrole_one_kind"), transaction.atomic():
        UserRole.objects.bulk_create([UserRole(user=user, role=wanted, kind=kind_of(wanted))])
    assert list(user.role_rows.values_list("role", flat=True)) == [held]


@pytest.mark.parametrize(("role", "kind"), [(Role.AUDIT_ADMIN, "police"), (Role.OFFICER, Role.AUDIT_ADMIN)])
def test_a_role_cannot_be_passed_off_as_another_kind(role, kind):
    """Otherwise a false kind would get two administrators past the exclusion."""
    user = UserFactory(roles=[Role.OFFICER])
    user.role_rows.all().delete()
    with refuses("userrole_kind_follows_role"):
        raw_role(user, role, kind)


def test_an_update_cannot_make_an_officer_an_administrator_beside():
    user = UserFactory(roles=[Role.OFFICER, Role.STATION_CHIEF])
    with refuses("userrole_one_kind"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_userrole SET role = 'audit_admin', kind = 'audit_admin' WHERE user_id = %s AND role = 'officer'",
            [user.pk],
        )


def test_roles_of_one_kind_go_together_and_one_role_once():
    user = UserFactory(roles=sorted(POLICE))
    assert user.role_rows.count() == len(POLICE)
    outside = UserFactory(roles=sorted(OUTSIDE))
    assert outside.role_rows.count() == len(OUTSIDE)
    with refuses("userrole_once"):
        raw_role(user, Role.OFFICER, "police")


def rule(lower, upper, value: int = 5, code: str = "test.limit") -> Rule:
    with transaction.atomic():
        return Rule.objects.create(
            code=code, label="x", unit="days", value=value, article="§", valid=(lower, upper)
        )


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (date(2024, 1, 1), date(2024, 6, 1)),
        (date(2023, 1, 1), date(2024, 1, 2)),
        (date(2024, 5, 31), None),
        (date(2024, 2, 1), date(2024, 2, 2)),
        (None, None),
    ],
)
def test_two_values_of_a_rule_never_hold_on_one_day(lower, upper):
    rule(date(2024, 1, 1), date(2024, 6, 1))
    with refuses("rule_one_value_a_day"):
        rule(lower, upper)
    with refuses("rule_one_value_a_day"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workflow_rule (code, label, value, unit, article, valid) "
            "VALUES ('test.limit', 'x', 1, 'days', '§', daterange(%s, %s))",
            [lower, upper],
        )


def test_a_rule_changes_at_midnight_without_a_gap():
    rule(date(2024, 1, 1), date(2024, 6, 1), 5)
    later = rule(date(2024, 6, 1), None, 7)
    rule(date(2024, 1, 1), None, 9, code="test.other")
    assert rules.value("test.limit", date(2024, 5, 31)) == 5
    assert rules.value("test.limit", date(2024, 6, 1)) == 7
    with refuses("rule_one_value_a_day"), transaction.atomic():
        Rule.objects.filter(pk=later.pk).update(valid=(date(2024, 5, 31), None))
    with refuses("rule_value_not_negative"):
        rule(date(2030, 1, 1), None, -1, code="test.negative")
