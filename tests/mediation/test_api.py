"""The API of mediation obeys the same sight, services and masks as the pages."""

import pytest
from django.utils import timezone

from anji_police.periods import today
from mediation import services
from mediation.models import Dispute, DisputeStatus
from tests.factories import UserFactory, leader, officer
from tests.helpdesk.factories import seed_rules, town
from tests.mediation.factories import consented, mediating, mediator, registered, with_session

pytestmark = pytest.mark.django_db
LIST = "/api/v1/mediation/disputes/"


def post(browser, path, body):
    return browser.post(path, body, content_type="application/json")


def test_lists_and_records_are_masked_and_in_sight(client_of):
    clerk = officer()
    mine, foreign = registered(clerk), registered(officer())
    browser = client_of(clerk)
    rows = browser.get(LIST).json()["results"]
    assert [row["code"] for row in rows] == [mine.code]
    answer = browser.get(f"{LIST}{mine.code}/")
    assert answer.json()["parties"][0]["name"] == "王**"
    assert "13812345678" not in answer.content.decode()
    assert browser.get(f"{LIST}{foreign.code}/").status_code == 404
    assert browser.get(f"{LIST}?status=mediating").json()["results"] == []
    assert client_of(UserFactory(roles=["volunteer"], unit=None)).get(LIST).status_code == 403


def test_the_way_to_an_agreement_with_its_refusals(client_of):
    seed_rules()
    clerk = officer()
    browser = client_of(clerk)
    body = {
        "title": "围墙占路纠纷",
        "type": "neighbours",
        "source": "station",
        "facts": "双方因围墙位置多次争吵。",
        "unit": clerk.unit.code,
        "parties": [{"side": "applicant", "name": "王小明"}, {"side": "respondent", "name": "李大山"}],
    }
    assert post(browser, LIST, body | {"parties": []}).status_code == 422
    assert post(browser, LIST, body | {"unit": officer().unit.code}).status_code == 422
    made = post(browser, LIST, body)
    assert made.status_code == 201
    path = f"{LIST}{made.json()['code']}/"
    by = mediator()
    assert post(browser, f"{path}offer/", {"mediator": by.pk}).status_code == 409
    for party in made.json()["parties"]:
        assert (
            post(
                browser, f"{path}consent/", {"party": party["id"], "given": True, "form": "oral"}
            ).status_code
            == 200
        )
    assert post(browser, f"{path}offer/", {"mediator": 10**9}).status_code == 422
    assert post(browser, f"{path}offer/", {"mediator": by.pk}).status_code == 200
    assert post(browser, f"{path}accept/", {"conflict_disclosed": False}).status_code == 422
    assert post(browser, f"{path}accept/", {"conflict_disclosed": True}).json()["status"] == "mediating"
    session = {
        "held_at": timezone.now().isoformat(),
        "venue": "村委会",
        "text": "双方各退一步",
        "mediators": [by.pk],
        "is_signed": True,
    }
    assert post(browser, f"{path}session/", session).status_code == 200
    items = [{"what": "拆除旧墙", "due_on": "2026-12-01"}, {"what": "", "due_on": "2026-12-01"}]
    oral = {"is_written": False, "terms": "围墙内移五十公分"}
    assert post(browser, f"{path}agreement/", oral | {"items": items}).status_code == 422
    agreed = post(browser, f"{path}agreement/", oral | {"items": items[:1]})
    assert [item["what"] for item in agreed.json()["agreements"][0]["items"]] == ["拆除旧墙"]
    assert agreed.json()["status"] == "effective"
    assert [(a["terms"], a["superseded_at"]) for a in agreed.json()["agreements"]] == [
        ("围墙内移五十公分", None)
    ]
    assert post(browser, f"{path}close/", {}).status_code == 409


def test_a_mediators_program_declines_its_own_offer_and_then_sees_it_no_more(client_of):
    from mediation import services

    clerk = officer()
    account = UserFactory(roles=["mediator"], unit=None)
    mine, foreign = consented(clerk), mediating(clerk)
    services.offer(dispute=mine, actor=clerk, mediator=mediator("周调解", user=account))
    browser = client_of(account)
    assert post(browser, f"{LIST}{foreign.code}/close/", {}).status_code in (403, 404)
    assert post(browser, f"{LIST}{mine.code}/decline/", {"reason": "与当事人是亲戚"}).status_code == 204
    assert browser.get(f"{LIST}{mine.code}/").status_code == 404
    assert Dispute.objects.get(pk=mine.pk).status == DisputeStatus.TO_ASSIGN
    assert post(client_of(leader()), f"{LIST}{mine.code}/offer/", {"mediator": 1}).status_code == 403


def test_visits_and_rounds_are_those_of_the_units_in_sight(client_of):
    clerk = officer()
    browser = client_of(clerk)
    address = "/api/v1/mediation/rounds/"
    body = {
        "held_on": today().isoformat(),
        "place": town().code,
        "unit": clerk.unit.code,
        "people": "王警官、周干部",
    }
    made = post(browser, address, body)
    assert made.status_code == 201
    assert browser.get(address).json()["results"] == [made.json()]
    assert post(browser, address, body | {"unit": officer().unit.code}).status_code == 422
    assert post(browser, address, body | {"held_on": "2999-01-01"}).status_code == 422
    settled = with_session(clerk)
    services.record_agreement(
        dispute=settled, actor=clerk, is_written=False, terms="双方各让一步", at_once=True
    )
    rows = browser.get("/api/v1/mediation/visits/").json()["results"]
    assert [row["dispute"] for row in rows] == [settled.code]
    assert browser.get(f"/api/v1/mediation/visits/{rows[0]['id']}/").json() == rows[0]
    for path in (address, "/api/v1/mediation/visits/"):
        assert client_of(officer()).get(path).json()["results"] == []
