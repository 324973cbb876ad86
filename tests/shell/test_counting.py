"""Many counts in one statement are what each would be alone."""

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from anji_police.accounts.models import User
from anji_police.counting import count_together
from anji_police.places.models import Unit
from tests.factories import chief, officer

pytestmark = [pytest.mark.django_db, pytest.mark.smoke]


def test_each_count_is_its_own_whatever_the_queryset():
    boss = chief()
    for _n in range(3):
        officer(unit=boss.unit)
    found = [
        User.objects.all(),
        User.objects.none(),
        User.objects.filter(pk__in=[]),
        User.objects.order_by("-pk")[:2],
        User.objects.filter(role_rows__role="officer").distinct(),
        User.objects.filter(name__contains="%s 100%"),
        Unit.objects.annotate(people=Count("members")).filter(people__gte=4),
    ]
    with CaptureQueriesContext(connection) as asked:
        counted = count_together(found)
    assert len(asked) == 1
    assert counted == [len(queryset) for queryset in found]
    assert counted[0] >= 4
    assert counted[3] == 2


def test_nothing_to_count_asks_nothing():
    with CaptureQueriesContext(connection) as asked:
        assert count_together([]) == []
        assert count_together([User.objects.none()]) == [0]
    assert len(asked) == 0
