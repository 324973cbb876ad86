"""Stations, teams, committees and mediators: their pages, registers, and the API."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anji_police import metrics
from anji_police.audit.models import AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.periods import Period, today
from anji_police.places.models import Unit
from mediation import queues, services
from mediation.filters import DisputeFilter
from mediation.models import Appointment, Assignment, Dispute, Mediator
from mediation.roles import LegalRole, roles_on
from tests.factories import chief, duty_desk, leader, officer, place
from tests.helpdesk.factories import seed_rules, town
from tests.mediation.factories import appointed, committee, mediating, mediator, team, with_session

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"mediation:{name}", args=args)


def page(browser, name, *args, **query) -> str:
    return browser.get(url(name, *args), query).content.decode()


@pytest.mark.parametrize("name", ["station-list", "team-list", "committee-list", "mediator-list"])
def test_statements_of_a_list_do_not_grow_with_the_rows(name, client_of):
    boss = chief()
    browser = client_of(boss)
    team("甲乡音调解团", unit=boss.unit)
    services.add_committee(actor=boss, name="甲调委会", place=town())
    mediator("甲")
    page(browser, name)
    with CaptureQueriesContext(connection) as few:
        page(browser, name)
    for number in range(6):
        services.add_station(actor=boss, name=f"乙站{number}", place=town(), unit=boss.unit)
        team(f"乙{number}乡音调解团", unit=boss.unit)
        services.add_committee(actor=boss, name=f"乙调委会{number}", place=town())
        mediator(f"乙{number}")
    with CaptureQueriesContext(connection) as many:
        page(browser, name)
    assert len(many) == len(few)


def test_a_team_shows_its_members_load_and_what_it_settled_this_year(client_of):
    clerk = officer()
    own = team(unit=clerk.unit)
    by, gone = mediator("张守源", team=own), mediator("李离任", team=own)
    services.retire_mediator(actor=chief(), mediator=gone, on=today())
    mediator("无团")
    won = with_session(clerk, by)
    services.record_agreement(dispute=won, actor=clerk, is_written=False, terms="当场和解履行")
    mediating(clerk, by)
    answer = client_of(clerk).get("/api/v1/mediation/teams/").json()["results"]
    assert [(t["members"], t["load"], t["settled_this_year"]) for t in answer] == [(1, 2, 1)]
    shown = page(client_of(clerk), "team-detail", own.pk)
    assert "张守源" in shown
    assert "无团" not in shown
    assert own.name in page(client_of(clerk), "station-detail", own.station_id)


def test_lists_are_searched_by_name_origin_and_speech(client_of):
    clerk = officer()
    place("34", "安徽省", "province")
    browser = client_of(clerk)
    mediator("张守源", dialects=["江淮官话"], phone="13800000001")
    services.add_mediator(
        actor=None,
        name="陈朝碧",
        origin=place("530627", "镇雄县", "county"),
        place=town(),
        dialects=["西南官话"],
    )
    for query in (
        {"q": "守源"},
        {"q": "138 0000 0001"},
        {"origin": "3415"},
        {"origin": "安徽"},
        {"dialect": "江淮官话"},
    ):
        shown = page(browser, "mediator-list", **query)
        assert "张守源" in shown, query
        assert "陈朝碧" not in shown, query
    assert "张守源" not in page(browser, "mediator-list", appointed="yes")
    services.retire_mediator(actor=chief(), mediator=Mediator.objects.get(name="张守源"), on=today())
    assert "张守源" not in page(browser, "mediator-list")
    assert "张守源" in page(browser, "mediator-list", state="left")


def test_a_committee_is_checked_but_not_kept_from_being_made(client_of):
    boss = chief()
    board, browser = committee(), client_of(boss)
    start, end = today() - timedelta(days=30), today() + timedelta(days=1000)

    def add(name, sex="male", **more):
        return services.add_member(
            actor=boss, committee=board, name=name, sex=sex, **({"start": start, "end": end} | more)
        )

    for name in ("甲", "乙", "丙"):
        add(name)
    shown = page(browser, "committee-detail", board.pk)
    assert "没有妇女成员" in shown
    woman = add("丁", "female")
    assert "没有妇女成员" not in page(browser, "committee-detail", board.pk)
    with pytest.raises(DomainError):
        add("丁", "female")
    with pytest.raises(InvalidInput):
        add("戊", end=start)
    add("老任", start=start - timedelta(days=2000), end=start)  # in office no more
    for number in range(6):
        add(f"己{number}")
    assert "法定为 3 至 9 人" in page(browser, "committee-detail", board.pk)
    done = browser.post(url("member-end", board.pk, woman.pk), {"on": today().isoformat()})
    assert done.status_code == 302
    assert "没有妇女成员" in page(browser, "committee-detail", board.pk)
    assert "不完备" in page(browser, "committee-list")
    long = add("庚", start=start - timedelta(days=400))
    assert (long.valid.upper - long.valid.lower).days > 1098
    assert "任期超过三年" in page(browser, "committee-detail", board.pk)
    with pytest.raises(NotAllowed):
        services.add_member(actor=officer(), committee=board, name="辛", sex="female", start=start, end=end)


def test_the_registers_of_a_mediator_are_kept_by_the_page(client_of):
    boss = chief()
    by, browser = mediator(), client_of(boss)
    assert browser.post(url("conflict", by.pk), {"kind": "kin", "name": ""}).status_code == 422
    assert browser.post(url("conflict", by.pk), {"kind": "kin", "name": "张大山"}).status_code == 302
    shown = page(browser, "mediator-detail", by.pk)
    assert "张**" in shown
    assert "张大山" not in shown
    tie = by.conflicts.get()
    assert browser.post(url("conflict-end", by.pk, tie.pk)).status_code == 302
    assert browser.post(url("conflict-end", mediator("旁人").pk, tie.pk)).status_code == 404
    wrong = {"ground": "partial", "text": "短"}
    assert browser.post(url("complaint", by.pk), wrong).status_code == 422
    assert browser.post(url("complaint", by.pk), wrong | {"text": "只听一方的话"}).status_code == 302
    assert "有投诉尚未处理完毕" in page(browser, "mediator-detail", by.pk)
    row = by.complaints.get()
    decision = {"finding": "upheld", "result": "批评教育"}
    assert browser.post(url("complaint-decide", by.pk, row.pk), decision).status_code == 302
    assert browser.post(url("complaint-decide", by.pk, row.pk), decision).status_code == 409
    held = {"topic": "调解技巧", "held_on": today().isoformat(), "hours": "4"}
    assert browser.post(url("training", by.pk), held).status_code == 302
    assert browser.post(url("training", by.pk), held | {"hours": "0"}).status_code == 422
    looker = client_of(officer())
    assert "只听一方的话" not in page(looker, "mediator-detail", by.pk)
    assert looker.post(url("complaint", by.pk), wrong).status_code == 403


def test_an_entry_is_corrected_and_what_was_left_empty_or_the_same_is_not_written(client_of):
    seed_rules()
    boss = chief()
    by = mediator(phone="13800000001")
    browser = client_of(boss)
    form = {
        "name": "张守源",
        "origin": "341524",
        "place": town().pk,
        "dialects": "江淮官话，皖西话",
        "load_limit": "3",
        "languages": "普通话",
    }
    assert browser.get(url("mediator-change", by.pk)).status_code == 200
    assert browser.post(url("mediator-change", by.pk), form).status_code == 302
    by.refresh_from_db()
    assert (by.phone.reveal(), by.dialects, by.load_limit) == ("13800000001", ["江淮官话", "皖西话"], 3)
    minor = form | {"born_on": (today() - timedelta(days=6000)).isoformat()}
    assert browser.post(url("mediator-change", by.pk), minor).status_code == 422
    changes = AuditEntry.objects.filter(action="mediation.mediator.changed")
    assert changes.count() == 1
    services.change_mediator(actor=boss, mediator=by, name="张守源", load_limit=3)
    assert changes.count() == 1


def test_who_is_under_age_is_not_entered():
    from anji_police.identifiers import check_digit

    seed_rules()
    first = f"341524{today().year - 17}0307121"
    with pytest.raises(InvalidInput):
        mediator("小张", id_number=first + check_digit(first))


@pytest.mark.parametrize(
    ("offset", "role"),
    [(-1, LegalRole.ASSISTS), (0, LegalRole.PRESIDES), (9, LegalRole.PRESIDES), (10, LegalRole.ASSISTS)],
)
def test_the_role_is_that_of_the_day_from_the_first_to_the_last_of_the_appointment(offset, role, client_of):
    clerk = officer()
    by = mediator()
    Mediator.objects.filter(pk=by.pk).update(joined_on=today() - timedelta(days=100))
    by.refresh_from_db()
    start = today() - timedelta(days=offset)
    services.appoint(
        actor=None, mediator=by, committee=committee(), start=start, end=start + timedelta(days=10)
    )
    assert roles_on([by.pk], today()) == {by.pk: role}
    dispute = with_session(clerk, by)
    shown = client_of(clerk).get(dispute.get_absolute_url()).content.decode()
    assert f"{by.name}（{'主持调解员' if role == LegalRole.PRESIDES else '协助调解人'}）" in shown

    def sign():
        return services.record_agreement(
            dispute=dispute,
            actor=clerk,
            is_written=True,
            terms="围墙内移五十公分",
            method="自行施工",
            items=[("围墙内移", None, today() + timedelta(days=7))],
            signed_by=by,
            committee=committee(),
        )

    if role == LegalRole.PRESIDES:
        assert sign().signed_by == by
    else:
        with pytest.raises(InvalidInput) as refused:
            sign()
        assert "signed_by" in refused.value.fields
        assert not dispute.agreements.exists()


def test_who_has_left_presides_no_more_though_the_appointment_runs():
    by = appointed()
    Mediator.objects.filter(pk=by.pk).update(joined_on=today() - timedelta(days=400), left_on=today())
    assert roles_on([by.pk], today()) == {by.pk: LegalRole.ASSISTS}


def test_appointments_that_end_soon_wait_for_the_chief_until_they_are_taken_over():
    seed_rules()
    desk = duty_desk()
    by = mediator()
    row = services.appoint(
        actor=None,
        mediator=by,
        committee=committee(),
        start=today() - timedelta(days=900),
        end=today() + timedelta(days=61),
    )
    assert queues.appointments(desk, 10) == []
    Appointment.objects.filter(pk=row.pk).update(valid=(row.valid[0], today() + timedelta(days=60)))
    [item] = queues.appointments(desk, 10)
    assert item.code == by.name
    assert queues.appointments(chief(), 10) == []  # another station's township
    services.appoint(
        actor=None,
        mediator=by,
        committee=committee(),
        start=today() + timedelta(days=60),
        end=today() + timedelta(days=1000),
    )
    assert queues.appointments(desk, 10) == []


@pytest.mark.parametrize(
    ("key", "numerator", "denominator"),
    [
        ("mediation.hometown_share", 2, 3),
        ("mediation.success_matched", 1, 2),
        ("mediation.success_unmatched", 1, 1),
    ],
)
def test_success_is_told_with_and_without_a_hometown_mediator_in_the_aggregate(key, numerator, denominator):
    clerk = officer()
    won, lost, other = with_session(clerk), mediating(clerk), with_session(clerk, mediator("周"))
    services.record_agreement(dispute=won, actor=clerk, is_written=False, terms="当场和解履行")
    services.conclude_failed(dispute=lost, actor=clerk, reason="双方差距过大")
    services.record_agreement(dispute=other, actor=clerk, is_written=False, terms="当场和解履行")
    Assignment.objects.filter(dispute__in=[won, lost]).update(match="origin")
    Assignment.objects.filter(dispute=other).update(match="one_sided")
    reading = metrics.measure(key, period=Period.month(today().strftime("%Y-%m")), units=Unit.objects.all())
    assert (reading.numerator, reading.denominator) == (numerator, denominator)
    assert DisputeFilter(reading.rows, queryset=Dispute.objects.all()).qs.count() == numerator


def test_the_api_shows_bodies_to_police_only_and_masks_numbers(client_of):
    boss = chief()
    own = team(unit=boss.unit)
    committee()
    mediator(phone="13800000001", team=own)
    browser = client_of(leader())
    for name in ("stations", "teams", "committees", "mediators"):
        rows = browser.get(f"/api/v1/mediation/{name}/").json()["results"]
        assert len(rows) == 1
        assert browser.get(f"/api/v1/mediation/{name}/{rows[0]['id']}/").json() == rows[0]
    assert "13800000001" not in browser.get("/api/v1/mediation/mediators/").content.decode()
    assert browser.get("/api/v1/mediation/committees/").json()["results"][0]["faults"]
    assert browser.get("/api/v1/mediation/teams/?origin=53").json()["results"] == []
