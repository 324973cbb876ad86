import io

import pytest
from django.core.management import call_command

from mediation.models import Appointment, Mediator
from tests.factories import UnitFactory, UserFactory, place

pytestmark = pytest.mark.django_db


def test_demonstration_mediators_are_made_once_marked_and_one_has_the_account():
    for code in ("330523001", "330523002", "330523003", "330523004", "330523105", "330523110", "330523111"):
        place(code, f"乡镇{code}")
    for code, name in (("341524", "金寨县"), ("530627", "镇雄县"), ("330523", "安吉县")):
        place(code, name, "county")
    UnitFactory(name="孝源派出所", short_name="孝源派出所")
    account = UserFactory(username="mediator", roles=["mediator"], unit=None, is_demo=True)
    for _again in range(2):
        call_command("create_demo_mediation", stdout=io.StringIO())
    assert Mediator.objects.filter(is_demo=True).count() == Mediator.objects.count() == 12
    assert Mediator.objects.get(user=account).name == "金水根"
    assert Appointment.objects.count() == 4
