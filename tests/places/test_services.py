import datetime

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from anji_police.accounts.models import User
from anji_police.audit.models import AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.places import services
from anji_police.places.models import Jurisdiction, Place, Unit

pytestmark = pytest.mark.usefixtures("county")


def unit(short_name: str) -> Unit:
    return Unit.objects.get(short_name=short_name)


def xiaoyuan() -> Place:
    return Place.objects.get(code="330523004")


def test_the_station_of_the_township_answers():
    assert services.responsible_unit(xiaoyuan().seat).short_name == "孝源派出所"


def test_outside_the_county_and_without_a_point_the_bureau_answers():
    assert services.place_at(Point(120.15, 30.27, srid=4326)) is None
    assert services.place_at(None) is None
    assert services.responsible_unit(Point(120.15, 30.27, srid=4326)) == services.bureau()
    assert services.responsible_unit(None) == services.bureau()
    assert services.responsible_unit(xiaoyuan().seat, on=datetime.date(2019, 12, 31)) == services.bureau()


def test_a_village_is_answered_for_by_the_station_of_its_township():
    village = Place.objects.get(code="330523004204")
    assert services.responsible_unit_of(village).short_name == "孝源派出所"
    assert services.responsible_unit_of(Place.objects.get(code="330523")) == services.bureau()


def test_a_point_is_looked_up_with_one_query_on_the_spatial_index(django_assert_num_queries):
    seat = xiaoyuan().seat
    with django_assert_num_queries(1):
        services.place_at(seat)
    with django_assert_num_queries(1):
        services.responsible_unit(seat)
    plan = Place.objects.townships().filter(area__covers=seat).explain()
    assert "st_covers" in plan.lower()


def test_a_changed_jurisdiction_counts_from_its_day_and_keeps_the_past():
    today = timezone.localdate()
    start = today + datetime.timedelta(days=10)
    services.assign_place(
        place=xiaoyuan(), unit=unit("孝丰派出所"), start=start, actor=None, reason="区划调整"
    )
    seat = xiaoyuan().seat
    assert services.responsible_unit(seat, on=start - datetime.timedelta(days=1)).short_name == "孝源派出所"
    assert services.responsible_unit(seat, on=start).short_name == "孝丰派出所"
    entry = AuditEntry.objects.get(action="places.jurisdiction.changed")
    assert (entry.before, entry.reason) == ({"unit": "330523540000"}, "区划调整")


def test_a_jurisdiction_neither_starts_in_the_past_nor_before_one_that_is_entered():
    today = timezone.localdate()
    with pytest.raises(InvalidInput):
        services.assign_place(
            place=xiaoyuan(), unit=unit("孝丰派出所"), start=today - datetime.timedelta(days=1), actor=None
        )
    services.assign_place(
        place=xiaoyuan(), unit=unit("孝丰派出所"), start=today + datetime.timedelta(days=5), actor=None
    )
    with pytest.raises(InvalidInput):
        services.assign_place(
            place=xiaoyuan(), unit=unit("灵峰派出所"), start=today + datetime.timedelta(days=5), actor=None
        )
    assert Jurisdiction.objects.filter(place=xiaoyuan()).count() == 2


def test_a_moved_unit_takes_its_branch_along():
    traffic, squad, public_order = unit("交警大队"), unit("晓墅中队"), unit("治安大队")
    services.move_unit(unit=traffic, parent=public_order, actor=None, reason="机构改革")
    traffic, squad = Unit.objects.get(pk=traffic.pk), Unit.objects.get(pk=squad.pk)
    assert traffic.path == f"{public_order.path}{traffic.pk}/"
    assert squad.path == f"{traffic.path}{squad.pk}/"
    assert squad in Unit.objects.under(public_order)


def test_a_unit_never_hangs_below_itself_and_the_bureau_stays():
    with pytest.raises(DomainError):
        services.move_unit(unit=unit("交警大队"), parent=unit("晓墅中队"), actor=None)
    with pytest.raises(DomainError):
        services.move_unit(unit=services.bureau(), parent=unit("治安大队"), actor=None)
    with pytest.raises(DomainError):
        services.deactivate_unit(unit=services.bureau(), actor=None)


def test_a_unit_closes_only_when_nothing_hangs_on_it():
    with pytest.raises(DomainError, match=r"下级|below"):
        services.deactivate_unit(unit=unit("交警大队"), actor=None)
    with pytest.raises(DomainError):
        services.deactivate_unit(unit=unit("孝源派出所"), actor=None)
    squad = unit("晓墅中队")
    officer = User.objects.create(username="zhangwei", name="张伟", unit=squad)
    with pytest.raises(DomainError):
        services.deactivate_unit(unit=squad, actor=None)
    officer.is_active = False
    officer.save()
    services.deactivate_unit(unit=squad, actor=None, reason="撤并")
    assert not unit("晓墅中队").is_active
    with pytest.raises(DomainError):
        services.create_unit(actor=None, code="330523060101", name="一组", kind="squad", parent=squad)


def test_a_code_is_twelve_characters_and_taken_once():
    for code in ("33052301", "330523010000"):
        with pytest.raises(InvalidInput):
            services.create_unit(actor=None, code=code, name="某队", kind="brigade", parent=services.bureau())
    with pytest.raises(InvalidInput):
        services.create_unit(actor=None, code="330523990000", name="另一个局", kind="bureau", parent=None)


def test_a_change_is_in_the_trail():
    services.change_unit(unit=unit("反诈中心"), name="安吉县反诈中心", short_name="县反诈中心", actor=None)
    entry = AuditEntry.objects.get(action="places.unit.changed")
    assert (entry.before["short_name"], entry.after["short_name"]) == ("反诈中心", "县反诈中心")


def test_a_closed_unit_opens_again_but_not_below_a_closed_one():
    squad, above = unit("晓墅中队"), unit("交警大队")
    services.deactivate_unit(unit=squad, actor=None)
    Unit.objects.filter(pk=above.pk).update(is_active=False)
    with pytest.raises(DomainError):
        services.reopen_unit(unit=squad, actor=None)
    Unit.objects.filter(pk=above.pk).update(is_active=True)
    services.reopen_unit(unit=squad, actor=None, reason="恢复建制")
    assert unit("晓墅中队").is_active
    assert AuditEntry.objects.get(action="places.unit.reopened").reason == "恢复建制"


def test_there_is_no_second_bureau_and_no_unknown_kind():
    for kind in ("bureau", "army"):
        with pytest.raises(InvalidInput):
            services.create_unit(
                actor=None, code="330523990000", name="某队", kind=kind, parent=services.bureau()
            )


def test_an_officer_may_not_change_units():
    officer = User.objects.create(username="wangfang", name="王芳", unit=unit("孝源派出所"))
    with pytest.raises(NotAllowed):
        services.change_unit(unit=unit("反诈中心"), name="甲", short_name="甲", actor=officer)
    with pytest.raises(NotAllowed):
        services.assign_place(
            place=xiaoyuan(), unit=unit("孝丰派出所"), start=timezone.localdate(), actor=officer
        )
    assert not AuditEntry.objects.filter(actor_name="王芳").exists()
