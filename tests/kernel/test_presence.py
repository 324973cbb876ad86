"""Who else has a record open, of whatever kind it is."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from anji_police.workflow import presence
from anji_police.workflow.models import Presence
from tests.factories import UnitFactory, bureau, officer

pytestmark = pytest.mark.django_db


def test_others_are_named_for_a_while_and_for_that_record_alone():
    one, other, record = officer(name="赵同事"), officer(name="李同事"), UnitFactory()
    presence.mark(record, one)
    presence.mark(record, one)
    presence.mark(bureau(), officer())
    assert presence.others(record, other) == ["赵同事"]
    assert presence.others(record, one) == []
    assert Presence.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(seconds=50)):
        assert presence.others(record, other) == []


def test_records_of_two_kinds_with_one_key_are_two():
    user, unit = officer(), UnitFactory()
    presence.mark(user, user)
    Presence.objects.update(subject_id=unit.pk)
    assert presence.others(unit, officer()) == []


def test_heartbeats_are_forgotten_after_a_day():
    presence.mark(UnitFactory(), officer())
    assert presence.purge() == 0
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert presence.purge() == 1
