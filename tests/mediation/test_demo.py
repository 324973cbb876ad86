import io

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count

from anji_police.periods import today
from mediation import demo, selectors
from mediation.models import Appointment, Dispute, Mediator, Team
from tests.factories import UnitFactory, UserFactory, officer, place
from tests.helpdesk.factories import seed_rules

pytestmark = pytest.mark.django_db
TOWNS = ("330523001", "330523002", "330523003", "330523004", "330523105", "330523110", "330523111")


@pytest.fixture
def account():
    for code in TOWNS:
        place(code, f"乡镇{code}")
    for code, name in (("341524", "金寨县"), ("530627", "镇雄县"), ("330523", "安吉县")):
        place(code, name, "county")
    UnitFactory(name="孝源派出所", short_name="孝源派出所")
    officer(is_demo=True)
    seed_rules()
    return UserFactory(username="mediator", roles=["mediator"], unit=None, is_demo=True)


def test_demonstration_mediators_are_made_once_marked_and_one_has_the_account(account):
    for _again in range(2):
        call_command("create_demo_mediation", "--few", stdout=io.StringIO())
    assert Mediator.objects.filter(is_demo=True).count() == Mediator.objects.count() == 12
    assert Mediator.objects.get(user=account).name == "金水根"
    assert Appointment.objects.count() == 4


def test_the_generator_fills_up_to_what_is_asked_for_and_every_row_is_marked(account):
    call_command("create_demo_mediation", "--few", stdout=io.StringIO())
    with transaction.atomic():
        demo.make(teams=15, mediators=60, disputes_a_year=8)
    assert (Team.objects.count(), Mediator.objects.count(), Dispute.objects.count()) == (15, 60, 24)
    for model in (Team, Mediator, Dispute):
        assert not model.objects.filter(is_demo=False).exists()
    assert Mediator.objects.values("phone_index").annotate(n=Count("pk")).filter(n__gt=1).count() == 0
    assert not Mediator.objects.exclude(team__station=None).filter(team__origin=None).exists()
    # Each dispute is whole: two parties with a declared origin, an offer, a way through the states that ends where the row stands.
    for dispute in Dispute.objects.prefetch_related("parties", "assignments"):
        assert [bool(p.origin_id) for p in dispute.parties.all()] == [True, True]
        assert dispute.assignments.get().match
        entries = selectors.timeline(dispute, dispute.sessions.all())
        assert entries[0]["at"] == dispute.closed_at
        assert dispute.registered_at.date() < today()
    with transaction.atomic():
        assert demo.make(teams=15, mediators=60, disputes_a_year=8).mediators
    assert Dispute.objects.count() == 24


def test_the_same_seed_makes_the_same_people(account):
    call_command("create_demo_mediation", "--few", stdout=io.StringIO())
    seen = []
    for _again in range(2):
        with transaction.atomic():
            demo.make(teams=5, mediators=30, disputes_a_year=1)
            seen.append(list(Mediator.objects.order_by("phone_index").values_list("name", "origin")))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
