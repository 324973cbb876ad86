"""The pages of a dispute's life: each act's form once, the visits on a phone, duplicates shown, the file."""

import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anji_police.audit.models import AccessEntry
from anji_police.periods import today
from mediation import services
from mediation.models import Dispute, DisputeStatus, FollowUp, ScreeningRound
from mediation.services.public_security import BARS
from tests.factories import UserFactory, chief, leader, officer, place
from tests.mediation.factories import consented, mediating, mediator, photo, registered, signed, with_session
from tests.mediation.test_pages import register_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def url(name, *args):
    return reverse(f"mediation:{name}", args=args)


def intake(clerk, **changes):
    """The form of a registration, and the place that it names."""
    place("341524", "金寨县", "county")
    return register_form(clerk, **changes)


def states(clerk):
    """A dispute in each state that has acts of its own."""
    yield registered(clerk)
    yield registered(clerk, track=Dispute.Track.PUBLIC_SECURITY)
    yield consented(clerk)
    offered = consented(clerk)
    services.offer(dispute=offered, actor=clerk, mediator=mediator())
    yield offered
    held = mediating(clerk)
    services.escalate(dispute=held, actor=clerk)
    yield held
    yield signed(clerk)
    ended = mediating(clerk)
    services.conclude_failed(dispute=ended, actor=clerk, reason="双方差距过大")
    yield ended


def test_no_id_is_twice_on_any_page_of_a_dispute(client_of):
    clerk = officer()
    browsers = client_of(clerk), client_of(chief(unit=clerk.unit))
    for dispute in states(clerk):
        for browser in browsers:
            page = browser.get(dispute.get_absolute_url()).content.decode()
            twice = [name for name, n in Counter(re.findall(r'\sid="([^"]+)"', page)).items() if n > 1]
            assert not twice, (dispute.status, twice)


def test_who_reads_only_is_offered_no_act(client_of):
    clerk = officer()
    dispute = mediating(clerk)
    page = client_of(leader()).get(dispute.get_absolute_url()).content.decode()
    for name in ("escalate", "refer", "paper", "extend", "answer-task"):
        assert url(name, dispute.code) not in page


def test_the_check_asks_all_seven_bars_and_opens_the_way(client_of):
    clerk = officer()
    dispute = registered(clerk, track=Dispute.Track.PUBLIC_SECURITY)
    browser = client_of(clerk)
    form = {"act": "beating", "ground": "trivial", "is_minor_case": "yes"}
    form |= {f"part_{p.pk}": "both" for p in dispute.parties.all()}
    assert browser.post(url("check", dispute.code), form).status_code == 422
    form |= {f"bar_{bar}": "no" for bar in BARS}
    wrong = form | {"bar_gang": "yes"}
    answer = browser.post(url("check", dispute.code), wrong)
    assert answer.status_code == 422
    assert "请说明理由。" in answer.content.decode()
    assert browser.post(url("check", dispute.code), form).status_code == 302
    assert dispute.checks.get().is_suitable


def test_one_tap_reports_and_the_station_answers(client_of):
    clerk = officer()
    dispute, browser = mediating(clerk), client_of(clerk)
    assert browser.post(url("escalate", dispute.code)).status_code == 302
    assert browser.post(url("escalate", dispute.code)).status_code == 409
    assert browser.post(url("take-task", dispute.code)).status_code == 302
    form = {"result": "calmed", "answer": "已到场平息事态"}
    assert browser.post(url("answer-task", dispute.code), form).status_code == 302
    assert "已到场平息事态" in browser.get(dispute.get_absolute_url()).content.decode()


def test_time_court_and_referral_by_the_page(client_of):
    clerk = officer()
    held, browser = mediating(clerk), client_of(clerk)
    keys = [party.pk for party in held.parties.all()]
    more = {"days": "10", "reason": "补充证据", "form": "oral"}
    assert browser.post(url("extend", held.code), more | {"agreed_by": keys[:1]}).status_code == 422
    assert browser.post(url("extend", held.code), more | {"agreed_by": keys}).status_code == 302
    assert browser.post(url("appraisal", held.code), {"what": "房屋损失"}).status_code == 302
    assert browser.post(url("appraised", held.code), {"result": "损失两千元"}).status_code == 302
    done = signed(clerk)
    keys = [party.pk for party in done.parties.all()]
    form = {"court": "安吉县人民法院", "applied_on": today(), "about_identity": "no", "agreed_by": keys}
    assert browser.post(url("confirmation", done.code), form).status_code == 302
    assert browser.post(url("court", done.code), {"to": "accepted", "on": today()}).status_code == 302
    assert browser.post(url("refer", done.code), {"body": "court", "reason": "转办"}).status_code == 422
    assert browser.post(url("refer", done.code), {"body": "centre", "reason": "需联动"}).status_code == 302
    assert browser.post(url("receipt", done.code), {"receipt": "受理0031"}).status_code == 302
    assert browser.post(url("referral-answer", done.code), {"answer": "已联合化解"}).status_code == 302
    page = browser.get(done.get_absolute_url()).content.decode()
    assert "已联合化解" in page
    assert "法院审结期限（民事诉讼法，优先适用）" in page


def test_a_paper_is_filed_and_downloaded_with_an_access_row(client_of):
    clerk = officer()
    dispute, browser = mediating(clerk), client_of(clerk)
    form = {"item": "evidence", "title": "现场照片", "pages": "1", "upload": photo()}
    assert browser.post(url("paper", dispute.code), form).status_code == 302
    paper = dispute.papers.get()
    answer = browser.get(url("paper-file", dispute.code, paper.pk))
    assert answer["Content-Type"] == "image/png"
    assert AccessEntry.objects.filter(kind="download").count() == 1
    assert client_of(officer()).get(url("paper-file", dispute.code, paper.pk)).status_code == 404


def test_the_phone_page_calls_after_a_reason_and_records_the_visit(client_of):
    clerk = officer()
    dispute = with_session(clerk)
    services.record_agreement(dispute=dispute, actor=clerk, is_written=False, terms="当场和解履行")
    visit, browser = FollowUp.objects.get(), client_of(clerk)
    visit.due_on = today()
    visit.save()
    party = dispute.parties.first()
    page = browser.get(url("visit-list")).content.decode()
    assert url("visit", visit.pk) in page
    page = browser.get(url("visit", visit.pk)).content.decode()
    assert "tel:" not in page
    call = url("call", dispute.code, party.pk)
    assert call in page
    assert browser.post(call, {"reason": " "}).status_code == 422
    assert not AccessEntry.objects.exists()
    answer = browser.post(call, {"reason": "纠纷回访"}, headers={"HX-Request": "true"}).content.decode()
    assert f'href="tel:{party.phone.reveal()}"' in answer
    assert AccessEntry.objects.get().reason == "纠纷回访"
    assert client_of(leader()).post(call, {"reason": "纠纷回访"}).status_code == 403
    assert browser.post(url("visit", visit.pk), {"performance": ""}).status_code == 422
    assert (
        browser.post(url("visit", visit.pk), {"performance": "已履行", "satisfaction": "5"}).status_code
        == 302
    )
    assert browser.post(url("visit", visit.pk), {"performance": "已履行"}).status_code == 409
    assert url("visit", visit.pk) not in browser.get(url("visit-list")).content.decode()


def test_visits_of_another_station_do_not_exist_and_a_mediator_sees_the_own(client_of):
    clerk = officer()
    account = UserFactory(roles=["mediator"], unit=None)
    dispute = with_session(clerk, mediator(user=account))
    services.record_agreement(dispute=dispute, actor=clerk, is_written=False, terms="当场和解履行")
    FollowUp.objects.update(due_on=today())
    visit = FollowUp.objects.get()
    assert client_of(officer()).get(url("visit", visit.pk)).status_code == 404
    assert url("visit", visit.pk) in client_of(account).get(url("visit-list")).content.decode()


def test_statements_of_the_lists_do_not_grow_with_the_rows(client_of):
    clerk = officer()
    browser = client_of(clerk)

    def statements(name):
        browser.get(url(name) + "?view=all")
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(url(name) + "?view=all").status_code == 200
        return len(found)

    def one_more():
        dispute = signed(clerk)
        dispute.agreement.items.update(due_on="2026-01-01")
        village = place("330523004201", "皈山场村", "village")
        services.record_round(actor=clerk, unit=clerk.unit, place=village, held_on=today(), people="老周")

    one_more()
    before = {name: statements(name) for name in ("visit-list", "overdue-list", "round-list")}
    for _n in range(3):
        one_more()
    assert {name: statements(name) for name in before} == before


def test_a_round_is_recorded_and_its_disputes_are_registered_with_it(client_of):
    clerk = officer()
    place("330523", "安吉县", "county")
    village = place("330523004201", "皈山场村", "village")
    browser = client_of(clerk)
    form = {
        "unit": clerk.unit_id,
        "place": village.pk,
        "held_on": today().isoformat(),
        "people": "王警官、村干部老周",
        "households": "12",
    }
    assert browser.post(url("round-list"), form | {"people": ""}).status_code == 422
    assert browser.post(url("round-list"), form).status_code == 302
    row = ScreeningRound.objects.get()
    registered(clerk)  # the rules
    data = intake(clerk, source="screening")
    assert browser.post(url("register"), data | {"title": "宅基地排水纠纷"}).status_code == 422
    assert (
        browser.post(url("register"), data | {"screening": row.pk, "seen_duplicates": "on"}).status_code
        == 302
    )
    assert row.disputes.count() == 1


def test_a_call_from_110_brings_its_number(client_of):
    clerk = officer()
    registered(clerk, type="land")
    browser = client_of(clerk)
    data = intake(clerk, source="call_110")
    assert browser.post(url("register"), data).status_code == 422
    assert browser.post(url("register"), data | {"source_code": "JQ202611240001"}).status_code == 302


def test_the_same_sides_are_shown_before_a_second_registration_and_never_barred(client_of):
    clerk = officer()
    first = registered(clerk)
    browser, data = client_of(clerk), intake(clerk)
    answer = browser.post(url("register"), data)
    assert answer.status_code == 422
    assert first.code in answer.content.decode()
    assert Dispute.objects.count() == 1
    assert browser.post(url("register"), data | {"type": "debt"}).status_code == 302
    assert browser.post(url("register"), data | {"seen_duplicates": "on"}).status_code == 302
    assert Dispute.objects.count() == 3


def test_a_program_goes_the_whole_way(client_of):
    clerk = officer()
    dispute, browser = signed(clerk), client_of(clerk)

    def post(name, **body):
        path = reverse(f"api:mediation:dispute-{name}", args=[dispute.code])
        answer = browser.post(path, body, content_type="application/json")
        dispute.refresh_from_db()
        return answer.status_code

    item = dispute.agreement.items.get()
    assert post("assess", risk="B") == 422
    assert post("assess", risk="B", reason="扬言报复") == 200
    assert post("escalate") == 200
    assert post("escalate") == 409
    assert post("answer-task", result="calmed", answer="已到场平息") == 200
    assert post("performance", done=[{"item": item.pk, "on": "2099-01-01"}]) == 422
    assert post("performance", done=[{"item": item.pk, "on": today().isoformat()}], proof="收据") == 200
    assert dispute.status == DisputeStatus.PERFORMED
    assert post("follow-up", performance="已履行") == 422
    assert post("follow-up", performance="已履行", cadre="老周", satisfaction=5) == 200
    assert post("waive", reason="双方已和好") == 200
    assert post("rights") == 200
    for party in dispute.parties.all():
        assert post("identity", party=party.pk) == 200
    assert post("close") == 200
    assert post("archive") == 200
    assert post("reopen", reason="再次报警") == 403
    assert dispute.archive_number
