"""The API obeys the same sight, services and masks as the pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anji_police.accounts.models import ApiToken
from anji_police.api.authentication import digest
from anji_police.helpdesk.models import HelpRequest, Message
from tests.factories import administrator, chief, officer
from tests.helpdesk.factories import ANSWERS, in_progress, seed_rules, submitted, town

pytestmark = pytest.mark.django_db
LIST = "/api/v1/helpdesk/requests/"


def post(browser, path, body):
    return browser.post(path, body, content_type="application/json")


def test_the_list_is_what_the_queue_shows_in_keyset_pages(client_of):
    handler = officer()
    mine = [in_progress(handler, phone=f"1380000000{n}") for n in range(3)]
    in_progress(officer(), township=town("330523111", "天子湖镇"))
    browser = client_of(handler)
    first = browser.get(f"{LIST}?limit=2").json()
    second = browser.get(first["next"]).json()
    found = [row["reference"] for row in first["results"] + second["results"]]
    assert found == [r.reference for r in reversed(mine)]
    assert second["next"] is None
    assert first["results"][0]["unit"] == handler.unit.code
    assert browser.get(f"{LIST}?cursor=bogus").status_code == 422
    assert browser.get(f"{LIST}?limit=0").status_code == 422
    assert browser.get(f"{LIST}?category=fraud").json()["results"] == []


def test_the_list_costs_the_same_statements_for_any_number_of_rows(client_of):
    handler = officer()
    in_progress(handler)
    browser = client_of(handler)
    browser.get(LIST)
    with CaptureQueriesContext(connection) as few:
        browser.get(LIST)
    for n in range(6):
        in_progress(handler, phone=f"1380000000{n}")
    with CaptureQueriesContext(connection) as many:
        browser.get(LIST)
    assert len(many) == len(few)


def test_a_record_shows_masks_and_a_foreign_one_is_not_there(client_of):
    handler = officer()
    found = in_progress(handler)
    answer = client_of(handler).get(f"{LIST}{found.reference}/")
    assert answer.json()["reporter_phone"] == "138****5678"
    assert "13812345678" not in answer.content.decode()
    stranger = client_of(officer())
    assert stranger.get(f"{LIST}{found.reference}/").status_code == 404
    assert stranger.get(f"{LIST}{found.reference}/")["Content-Type"] == "application/problem+json"
    assert client_of(administrator()).get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 401


def test_acts_are_the_services_with_one_error_shape(client_of):
    handler = officer()
    boss = chief(unit=handler.unit)
    found = in_progress(handler)
    browser, path = client_of(handler), f"{LIST}{found.reference}/"
    assert post(browser, f"{path}accept/", {}).status_code == 409
    misspelt = post(browser, f"{path}note/", {"body": "备注", "kay": "1"})
    assert misspelt.status_code == 422
    assert set(misspelt.json()["errors"]) == {"kay"}
    for _again in range(2):
        assert post(browser, f"{path}note/", {"body": "备注", "key": "k1"}).status_code == 200
    assert Message.objects.filter(kind="note").count() == 1
    stale = post(browser, f"{path}answer/", {"body": "已办结", "key": "k2", "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert post(browser, f"{path}assign/", {"unit": handler.unit.code}).status_code == 403
    assert post(client_of(boss), f"{path}assign/", {"unit": "nowhere"}).status_code == 422
    assert post(client_of(boss), f"{path}assign/", {"unit": handler.unit.code}).status_code == 200
    assert browser.delete(path).status_code == 405


def test_a_request_can_be_entered_once_and_handed_to_a_field(client_of):
    seed_rules()
    handler = officer()
    town()
    body = {
        "token": "0123456789abcdef",
        "channel": "phone",
        "category": "dispute",
        "answers": ANSWERS,
        "description": "来电人称邻居围墙占路。",
        "contact": "none",
        "consent": False,
    }
    browser = client_of(handler)
    first, again = post(browser, LIST, body), post(browser, LIST, body)
    assert (first.status_code, first.json()) == (201, again.json())
    assert HelpRequest.objects.count() == 1
    mine = in_progress(handler)
    answer = post(browser, f"{LIST}{mine.reference}/route/", {"kind": "mediation.dispute"})
    assert answer.json()["code"].startswith("TJ")
    assert post(browser, f"{LIST}{mine.reference}/route/", {"kind": "nothing"}).status_code == 422


def test_a_token_signs_a_program_in_until_it_is_revoked_or_runs_out():
    handler = officer()
    token = ApiToken.objects.create(
        user=handler,
        name="接口",
        digest=digest("secret-token"),
        expires_at=timezone.now() + timedelta(days=1),
    )
    browser = Client(headers={"Authorization": "Bearer secret-token"})
    assert browser.get(LIST).status_code == 200
    assert Client(headers={"Authorization": "Bearer other"}).get(LIST).status_code == 401
    token.expires_at = timezone.now()
    token.save()
    assert browser.get(LIST).status_code == 401
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert browser.get(LIST).status_code == 200
    handler.is_active = False
    handler.save()
    assert browser.get(LIST).status_code == 401


def test_hostile_input_is_an_answer_and_never_a_fault(client_of):
    browser = client_of(officer())
    assert browser.get(f"{LIST}?q=%00").status_code == 400
    assert post(browser, LIST, "[" * 5000).status_code in (400, 422)
    assert post(browser, LIST, '{"a": "\\u0000"}').status_code == 400
    assert browser.get(f"{LIST}?received=9999-99").status_code == 200
    assert submitted().request.pk
