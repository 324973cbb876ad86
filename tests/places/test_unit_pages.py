"""Units are changed on pages: what a unit is by the system administrator, where it hangs by the security administrator."""

from datetime import timedelta

import pytest
from django.urls import reverse

from anji_police.accounts.roles import Role
from anji_police.audit.models import AuditEntry
from anji_police.periods import today
from anji_police.places import services
from anji_police.places.models import Unit
from tests.factories import UnitFactory, administrator, bureau, officer, place

pytestmark = pytest.mark.django_db


def url(name: str, unit: Unit) -> str:
    return reverse(f"places:unit-{name}", args=[unit.code])


@pytest.fixture
def system(client_of):
    return client_of(administrator())


@pytest.fixture
def security(client_of):
    return client_of(administrator(Role.SECURITY_ADMIN))


def test_a_unit_is_made_found_and_changed(system):
    sent = {
        "code": "330523990000",
        "name": "安吉县公安局巡特警大队",
        "short_name": "巡特警大队",
        "kind": "brigade",
        "parent": bureau().pk,
        "phone": "0572-5110110",
    }
    answer = system.post(reverse("places:unit-create"), sent)
    made = Unit.objects.get(code="330523990000")
    assert answer.url == url("detail", made)
    assert made.path == f"{bureau().path}{made.pk}/"
    assert "巡特警大队" in system.get(reverse("places:unit-list"), {"q": "巡特警"}).content.decode()
    changed = {"name": made.name, "short_name": "特警大队", "phone": "", "reason": "机构改革"}
    assert system.post(url("change", made), changed).url == url("detail", made)
    entry = AuditEntry.objects.get(action="places.unit.changed")
    assert entry.before == {"short_name": "巡特警大队", "phone": "0572-5110110"}
    assert (entry.after, entry.reason) == ({"short_name": "特警大队", "phone": ""}, "机构改革")


def test_what_is_refused_is_said_beside_the_form(system):
    taken = UnitFactory(code="330523990000")
    sent = {"code": taken.code, "name": "x", "short_name": "x", "kind": "squad", "parent": bureau().pk}
    answer = system.post(reverse("places:unit-create"), sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors["code"]
    officer(unit=taken)
    answer = system.post(url("set-active", taken), {"active": "0", "reason": "撤并单位"})
    assert answer.status_code == 409
    assert answer.context["form"].non_field_errors()
    assert system.post(url("set-active", taken), {"active": "0", "reason": ""}).status_code == 422
    taken.refresh_from_db()
    assert taken.is_active


def test_a_unit_closes_and_opens_again(system):
    unit = UnitFactory()
    system.post(url("set-active", unit), {"active": "0", "reason": "撤并单位"})
    unit.refresh_from_db()
    assert not unit.is_active
    system.post(url("set-active", unit), {"active": "1", "reason": "恢复建制"})
    unit.refresh_from_db()
    assert unit.is_active


def test_the_security_administrator_moves_a_unit_and_hands_a_township_over(security):
    unit, above, town = UnitFactory(), UnitFactory(), place()
    security.post(url("move", unit), {"parent": above.pk, "reason": "机构改革"})
    unit.refresh_from_db()
    assert unit.path == f"{above.path}{unit.pk}/"
    sent = {"place": town.pk, "start": today().isoformat(), "reason": "区划调整"}
    assert security.post(url("take-over", unit), sent).status_code == 302
    assert services.responsible_unit_of(town) == unit
    late = {**sent, "start": (today() - timedelta(days=1)).isoformat()}
    answer = security.post(url("take-over", unit), late)
    assert answer.status_code == 422
    assert answer.context["form"].errors["start"]


def test_a_unit_is_not_offered_a_place_below_itself(security):
    above = UnitFactory()
    below = UnitFactory(parent=above)
    answer = security.post(url("move", above), {"parent": below.pk, "reason": "机构改革"})
    assert answer.status_code == 422


def test_neither_administrator_does_the_other_s_part(system, security):
    unit = UnitFactory()
    assert system.post(url("move", unit), {"parent": bureau().pk, "reason": "机构改革"}).status_code == 403
    assert security.post(url("change", unit), {"name": "x", "short_name": "x"}).status_code == 403
    page = security.get(url("detail", unit)).content.decode()
    assert url("move", unit) in page
    assert url("change", unit) not in page


def test_the_list_asks_the_same_however_many_units_there_are(system, django_assert_max_num_queries):
    UnitFactory.create_batch(30)
    with django_assert_max_num_queries(12):
        system.get(reverse("places:unit-list"))
