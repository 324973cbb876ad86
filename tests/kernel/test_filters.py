"""The filters that the lists of all fields share."""

import django_filters
import pytest

from anji_police.accounts.models import User
from anji_police.filters import MonthFilter, UnitFilter, month
from tests.factories import UnitFactory, officer

pytestmark = pytest.mark.django_db


class Made(django_filters.FilterSet):
    unit = UnitFilter()
    joined = MonthFilter("joined", lambda rows, p: rows.filter(created_at__gte=p.start, created_at__lt=p.end))

    class Meta:
        model = User
        fields: list[str] = []


def found(**asked) -> set[str]:
    return set(Made(asked, queryset=User.objects.all()).qs.values_list("username", flat=True))


@pytest.mark.parametrize("text", ["", "2026-13", "2026", "x", "2026-01-01", "2026-1\x00"])
def test_what_is_no_month_is_none(text):
    assert month(text) is None


def test_a_unit_stands_for_those_below_it():
    upper = UnitFactory()
    lower, other = UnitFactory(parent=upper), UnitFactory()
    people = {unit: officer(unit=unit).username for unit in (upper, lower, other)}
    assert found(unit=upper.pk) == {people[upper], people[lower]}
    assert found(unit=lower.pk) == {people[lower]}
    assert found() == set(people.values())


def test_a_month_is_half_open_and_anything_else_has_no_rows():
    first = officer()
    last = officer()
    period = month("2024-05")
    User.objects.filter(pk=first.pk).update(created_at=period.start)
    User.objects.filter(pk=last.pk).update(created_at=period.end)
    assert found(joined="2024-05") == {first.username}
    assert found(joined="2024-06") == {last.username}
    assert found(joined="May") == set()
    assert found(joined="") == {first.username, last.username}
