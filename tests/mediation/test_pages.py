"""The pages of mediation, as officers and mediators use them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from anji_police import metrics
from anji_police.audit.models import AccessEntry
from anji_police.periods import today
from anji_police.places.models import Unit
from mediation import services
from mediation.filters import DisputeFilter
from mediation.models import Committee, Dispute, DisputeStatus, FollowUp, Mediator, Team
from tests.factories import UserFactory, chief, leader, officer, place
from tests.helpdesk.factories import seed_rules, town
from tests.mediation.factories import (
    again,
    consented,
    mediating,
    mediator,
    registered,
    reopened,
    with_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.smoke]


def url(name, *args):
    return reverse(f"mediation:{name}", args=args)


def queue(browser, **query) -> str:
    return browser.get(url("dispute-list"), query).content.decode()


def test_the_queue_shows_what_is_in_sight_masked_and_finds_a_party_by_phone(client_of):
    clerk = officer()
    mine, foreign = registered(clerk), registered(officer(), title="工资拖欠纠纷")
    browser = client_of(clerk)
    page = queue(browser)
    assert mine.code in page
    assert foreign.code not in page
    assert "王**" in page
    assert "王小明" not in page
    assert mine.code in queue(browser, q="１３８ 1234-5678")
    assert mine.code in queue(browser, q="围墙")
    assert mine.code not in queue(browser, q="工资")
    assert mine.code in queue(browser, view="consent")
    assert mine.code not in queue(browser, view="mediating")
    assert foreign.code in queue(client_of(leader()))


def test_statements_do_not_grow_with_the_rows(client_of):
    clerk = officer()
    mediating(clerk)
    browser = client_of(clerk)
    queue(browser)
    with CaptureQueriesContext(connection) as few:
        queue(browser)
    by = mediator("周调解")
    for _n in range(4):
        mediating(clerk, by)
    with CaptureQueriesContext(connection) as many:
        queue(browser)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "key", ["mediation.registered", "mediation.concluded", "mediation.success_rate", "mediation.high_risk"]
)
def test_the_rows_behind_a_figure_are_as_many_as_the_figure_says(key):
    clerk = officer()
    won, lost, grave = (
        with_session(clerk),
        mediating(clerk),
        registered(clerk, risk_factors=("weapon", "threat")),
    )
    services.record_agreement(dispute=won, actor=clerk, is_written=False, terms="当场和解履行")
    services.conclude_failed(dispute=lost, actor=clerk, reason="双方差距过大")
    assert grave.pk
    from anji_police.periods import Period

    reading = metrics.measure(key, period=Period.month(today().strftime("%Y-%m")), units=Unit.objects.all())
    assert reading.numerator > 0
    assert DisputeFilter(reading.rows, queryset=Dispute.objects.all()).qs.count() == reading.numerator


def register_form(clerk, **changes):
    form = {
        "parties": "2",
        "title": "围墙占路纠纷",
        "type": "neighbours",
        "track": "people",
        "source": "station",
        "facts": "双方因围墙位置多次争吵。",
        "unit": clerk.unit_id,
        "risk_factors": ["threat"],
        "p0-side": "applicant",
        "p0-kind": "person",
        "p0-name": "王小明",
        "p0-phone": "13812345678",
        "p1-side": "respondent",
        "p1-kind": "person",
        "p1-name": "李大山",
        "p1-origin": "金寨县",
    }
    return form | changes


def test_a_dispute_is_registered_with_parties_and_one_more_keeps_what_was_typed(client_of):
    seed_rules()
    place("341524", "金寨县", "county")
    clerk = officer()
    browser = client_of(clerk)
    more = browser.post(url("register"), register_form(clerk) | {"more": "1"})
    assert more.status_code == 200
    assert "王小明" in more.content.decode()
    assert 'name="p2-name"' in more.content.decode()
    assert browser.post(url("register"), register_form(clerk, **{"p0-name": ""})).status_code == 422
    assert (
        browser.post(url("register"), register_form(clerk, **{"p1-origin": "没有这个县"})).status_code == 422
    )
    assert not Dispute.objects.exists()
    assert browser.post(url("register"), register_form(clerk, more="1", parties="²")).status_code == 200
    assert browser.post(url("register"), register_form(clerk)).status_code == 302
    dispute = Dispute.objects.get()
    assert (dispute.risk, dispute.parties.count()) == ("C", 2)
    assert dispute.parties.get(side="respondent").origin.name == "金寨县"


def test_enter_in_the_form_registers_and_presses_no_button_of_a_row(client_of):
    clerk = officer()
    page = client_of(clerk).get(url("register")).content.decode()
    form = page[page.index('data-draft="dispute-new"') :]
    first = form[form.index('type="submit"') :].split(">", 1)[0]
    assert "name=" not in first
    assert 'name="more"' in form


def test_the_whole_way_by_the_pages(client_of):
    clerk = officer()
    dispute = registered(clerk)
    by = mediator()
    browser = client_of(clerk)

    def post(name, *args, **data):
        answer = browser.post(url(name, dispute.code, *args), data)
        dispute.refresh_from_db()
        return answer.status_code

    for party in dispute.parties.all():
        assert post("consent", party.pk, given="yes", form="oral") == 302
    assert dispute.status == DisputeStatus.TO_ASSIGN
    assert post("offer", mediator=by.pk, version=1) == 409
    assert post("offer", mediator=by.pk, version=dispute.version) == 302
    assert post("accept") == 422
    assert post("accept", conflict_disclosed="on") == 302
    assert post("agreement", is_written="no", terms="围墙内移五十公分", agreed_on=today().isoformat()) == 409
    held = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    assert (
        post("session", held_at=held, venue="村委会", text="双方各退一步", mediators=[by.pk], is_signed="on")
        == 302
    )
    assert (
        post(
            "agreement",
            is_written="no",
            terms="围墙内移五十公分",
            agreed_on=today().isoformat(),
            items="坏行",
        )
        == 422
    )
    assert (
        post(
            "agreement",
            is_written="no",
            terms="围墙内移五十公分",
            agreed_on=today().isoformat(),
            items=f"{today()} 500 第一期\n{today()} 拆除旧墙",
        )
        == 302
    )
    assert dispute.status == DisputeStatus.EFFECTIVE
    items = [str(item.pk) for item in dispute.agreement.items.all()]
    assert post("performance", item=["²", "9" * 5000]) == 422
    assert post("performance", item=items) == 302
    assert dispute.status == DisputeStatus.PERFORMED
    visit = FollowUp.objects.get()
    page = browser.get(dispute.get_absolute_url()).content.decode()
    assert url("follow-up", dispute.code, visit.pk) in page
    assert url("performance", dispute.code) not in page
    assert post("close") == 409
    assert post("follow-up", visit.pk, performance="") == 422
    assert post("follow-up", visit.pk, performance="双方和好", satisfaction="5") == 302
    assert post("close") == 302
    assert dispute.status == DisputeStatus.CLOSED
    page = browser.get(dispute.get_absolute_url()).content.decode()
    assert "双方各退一步" in page
    assert "王小明" not in page


def test_the_page_and_the_api_show_the_earlier_agreement_beside_the_new_one(client_of):
    clerk = officer()
    dispute = reopened(clerk)
    again(clerk, dispute)
    browser = client_of(clerk)
    page = browser.get(dispute.get_absolute_url()).content.decode()
    assert page.index("改为一次付清") < page.index("分两次付清医药费")
    shown = browser.get(f"/api/v1/mediation/disputes/{dispute.code}/").json()["agreements"]
    assert [bool(agreement["superseded_at"]) for agreement in shown] == [False, True]
    assert [len(agreement["items"]) for agreement in shown] == [1, 2]


def test_another_station_gets_404_for_every_act_and_a_reader_403(client_of):
    dispute = consented(officer())
    stranger, boss = client_of(officer()), client_of(leader())
    assert stranger.get(dispute.get_absolute_url()).status_code == 404
    for name in ("refuse", "offer", "accept", "session", "close", "reopen", "plan"):
        assert stranger.post(url(name, dispute.code), {"reason": "x"}).status_code == 404
    assert boss.get(dispute.get_absolute_url()).status_code == 200
    assert boss.post(url("refuse", dispute.code), {"reason": "不调解"}).status_code == 403


def test_a_mediators_account_sees_and_answers_its_own_disputes_only(client_of):
    clerk = officer()
    account = UserFactory(roles=["mediator"], unit=None)
    mine = consented(clerk)
    foreign = mediating(clerk, mediator("别人"))
    services.offer(dispute=mine, actor=clerk, mediator=mediator(user=account))
    browser = client_of(account)
    page = queue(browser)
    assert mine.code in page
    assert foreign.code not in page
    assert browser.get(foreign.get_absolute_url()).status_code == 404
    assert browser.post(url("accept", mine.code), {"conflict_disclosed": "on"}).status_code == 302
    for name in ("register", "mediator-list", "bodies"):
        assert browser.get(url(name)).status_code == 403


def test_who_mediates_sees_a_partys_phone_with_a_reason_on_the_record_and_nobody_else_outside(client_of):
    clerk = officer()
    account, other = UserFactory(roles=["mediator"], unit=None), UserFactory(roles=["mediator"], unit=None)
    dispute = consented(clerk)
    services.offer(dispute=dispute, actor=clerk, mediator=mediator(user=account))
    mediator("别人", user=other)
    party = dispute.parties.first()
    address, browser = url("phone", dispute.code, party.pk), client_of(account)
    why = {"reason": "约定调解时间"}
    assert address not in browser.get(dispute.get_absolute_url()).content.decode()
    assert browser.post(address, why).status_code == 403  # asked, not accepted
    services.accept_offer(dispute=dispute, actor=account, conflict_disclosed=True)
    page = browser.get(dispute.get_absolute_url()).content.decode()
    assert address in page
    assert reverse("audit:reveal") not in page
    assert browser.get(address).status_code == 405
    assert browser.post(address, {"reason": "  "}).status_code == 422
    assert not AccessEntry.objects.exists()
    assert "13812345678" in browser.post(address, why).content.decode()
    entry = AccessEntry.objects.get()
    assert (entry.actor_name, entry.fields, entry.reason) == (account.name, ["phone"], why["reason"])
    subject = {"subject": f"mediation.party:{party.pk}", "field": "id_number"} | why
    assert browser.post(reverse("audit:reveal"), subject).status_code == 403
    assert client_of(other).post(address, why).status_code == 404
    assert client_of(UserFactory(roles=["volunteer"], unit=None)).post(address, why).status_code == 403
    services.conclude_failed(dispute=dispute, actor=clerk, reason="双方差距过大")
    services.waive_follow_up(follow_up=FollowUp.objects.get(), actor=clerk, reason="已向法院起诉")
    services.tell_routes(dispute=dispute, actor=clerk, form="oral")
    services.close(dispute=dispute, actor=clerk)
    assert browser.post(address, why).status_code == 404
    assert AccessEntry.objects.count() == 1
    assert reverse("audit:reveal") in client_of(clerk).get(dispute.get_absolute_url()).content.decode()
    assert reverse("audit:reveal") not in client_of(leader()).get(dispute.get_absolute_url()).content.decode()


def test_an_assistant_is_asked_answers_and_is_let_go_on_the_page_and_by_a_program(client_of):
    clerk = officer()
    account = UserFactory(roles=["mediator"], unit=None)
    helper, dispute = mediator("周调解", user=account), mediating(clerk)
    browser, own = client_of(clerk), client_of(account)
    ask = {"mediator": helper.pk, "role": "assists"}
    assert browser.post(url("offer", dispute.code), ask).status_code == 302
    row = dispute.assignments.get(role="assists")
    assert "周调解" in browser.get(dispute.get_absolute_url()).content.decode()
    page = own.get(dispute.get_absolute_url()).content.decode()
    assert f'name="assignment" value="{row.pk}"' in page
    assert url("session", dispute.code) not in page
    foreign = mediating(clerk, mediator("别人")).assignments.get()
    answer = {"assignment": row.pk, "conflict_disclosed": "on"}
    assert own.post(url("accept", dispute.code), answer | {"assignment": foreign.pk}).status_code == 404
    assert own.post(url("accept", dispute.code), {"assignment": row.pk}).status_code == 422
    assert own.post(url("accept", dispute.code), answer).status_code == 302
    page = own.get(dispute.get_absolute_url()).content.decode()
    assert url("session", dispute.code) in page
    assert url("agreement", dispute.code) not in page
    gone = {"assignment": row.pk, "reason": "当事人要求更换"}
    assert browser.post(url("replace", dispute.code), gone).status_code == 302
    assert own.get(dispute.get_absolute_url()).status_code == 404
    # The same by a program.
    path = f"/api/v1/mediation/disputes/{dispute.code}/"
    asked = browser.post(f"{path}offer/", ask, content_type="application/json")
    assert [(a["name"], a["state"]) for a in asked.json()["assignments"] if a["role"] == "assists"] == [
        ("周调解", "offered"),
        ("周调解", "replaced"),
    ]
    declined = own.post(f"{path}decline/", {"reason": "与当事人是亲戚"}, content_type="application/json")
    assert declined.status_code == 204
    assert dispute.assignments.filter(state="declined", mediator=helper).exists()


def test_chiefs_enter_people_and_bodies_officers_only_look(client_of):
    place("341524", "金寨县", "county")
    boss = chief()
    browser = client_of(boss)
    station = {
        "kind": "station",
        "station-name": "孝源新居民服务站",
        "station-place": town().pk,
        "station-unit": boss.unit_id,
    }
    assert browser.post(url("bodies"), station).status_code == 302
    assert browser.post(url("bodies"), station).status_code == 422
    from mediation.models import ServiceStation

    team = {
        "kind": "team",
        "team-name": "金寨乡音调解团",
        "team-origin": "金寨县",
        "team-station": ServiceStation.objects.get().pk,
        "team-founded_on": "2021-03-01",
    }
    assert browser.post(url("bodies"), team).status_code == 302
    committee = {"kind": "committee", "committee-name": "孝源调委会", "committee-place": town().pk}
    assert browser.post(url("bodies"), committee).status_code == 302
    person = {
        "name": "张守源",
        "origin": "341524",
        "place": town().pk,
        "team": Team.objects.get().pk,
        "dialects": "江淮官话 皖西话",
    }
    assert browser.post(url("mediator-add"), person | {"origin": "无名县"}).status_code == 422
    assert browser.post(url("mediator-add"), person).status_code == 302
    found = Mediator.objects.get()
    assert found.dialects == ["江淮官话", "皖西话"]
    term = {"committee": Committee.objects.get().pk, "start": "2026-01-01", "end": "2029-01-01"}
    assert browser.post(url("appoint", found.pk), term).status_code == 302
    assert browser.post(url("appoint", found.pk), term).status_code == 409
    account = UserFactory(roles=["mediator"], unit=None, username="zhang")
    UserFactory(roles=["volunteer"], unit=None, username="fang")
    assert browser.post(url("account", found.pk), {"user": "fang"}).status_code == 422
    assert browser.post(url("account", found.pk), {"user": "zhang"}).status_code == 302
    assert "zhang" in browser.get(url("mediator-detail", found.pk)).content.decode()
    assert browser.post(url("mediator-add"), person | {"user": "zhang"}).status_code == 422
    assert Mediator.objects.get().user == account
    assert browser.post(url("account", found.pk), {"user": ""}).status_code == 302
    assert Mediator.objects.get().user is None
    assert browser.post(url("retire", found.pk), {"on": today().isoformat()}).status_code == 302
    looker = client_of(officer())
    assert looker.get(url("mediator-detail", found.pk)).status_code == 200
    assert looker.post(url("bodies"), committee | {"committee-name": "另一个"}).status_code == 403
    for kind in ("station", "team", "committee", "no such kind"):
        assert looker.post(url("bodies"), {"kind": kind}).status_code == 403
    assert looker.get(url("mediator-add")).status_code == 403


def test_a_closed_dispute_still_says_who_led_it(client_of):
    clerk = officer()
    lead = mediator("沈调解")
    dispute = with_session(clerk, lead)
    services.record_agreement(dispute=dispute, actor=clerk, is_written=False, terms="当场和解履行")
    visit = FollowUp.objects.get(dispute=dispute)
    services.record_performance(dispute=dispute, actor=clerk)
    services.waive_follow_up(follow_up=visit, actor=clerk, reason="当场履行完毕")
    services.close(dispute=dispute, actor=clerk)
    dispute.refresh_from_db()
    page = client_of(clerk).get(dispute.get_absolute_url())
    assert dispute.status == DisputeStatus.CLOSED
    assert page.context["lead"] is None
    card = page.content.decode().split("主持调解员", 1)
    assert len(card) == 2
    assert card[1].split("</dl>")[0].count("沈调解") == 1
