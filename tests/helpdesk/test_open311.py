"""Open311 GeoReport v2, as its specification writes it."""

import re
from xml.etree import ElementTree

import pytest

from anji_police import geo
from anji_police.helpdesk import services
from anji_police.helpdesk.models import HelpRequest
from anji_police.workflow.models import Rule
from tests.factories import officer
from tests.helpdesk.factories import in_progress, seed_rules, station_of, submitted, town

pytestmark = pytest.mark.django_db
BASE = "/open311/v2/"
DUMPING = {"category": "ecology", "answers": {"kind": "dumping", "ongoing": "yes"}}
FORM = {
    "service_code": "ecology",
    "attribute[kind]": "dumping",
    "attribute[ongoing]": "yes",
    "lat": "30.62512",
    "long": "119.61034",
    "description": "王小明13812345678看见有人往河里倒垃圾",
}


def test_services_are_the_public_categories_only(client):
    seed_rules()
    found = client.get(f"{BASE}services.json").json()
    assert [s["service_code"] for s in found] == ["hazard", "ecology", "road_safety"]
    assert set(found[0]) == {
        "service_code",
        "service_name",
        "description",
        "metadata",
        "type",
        "keywords",
        "group",
    }
    tree = ElementTree.fromstring(client.get(f"{BASE}services.xml").content)
    assert tree.tag == "services"
    assert [s.findtext("service_code") for s in tree.findall("service")] == [
        "hazard",
        "ecology",
        "road_safety",
    ]
    assert tree.find("service").findtext("metadata") == "true"


def test_a_definition_carries_the_questions(client):
    found = client.get(f"{BASE}services/ecology.json").json()
    assert found["service_code"] == "ecology"
    first = found["attributes"][0]
    assert (first["code"], first["datatype"], first["required"], first["variable"]) == (
        "kind",
        "singlevaluelist",
        True,
        True,
    )
    assert {"key": "dumping"}.items() <= first["values"][1].items()
    tree = ElementTree.fromstring(client.get(f"{BASE}services/ecology.xml").content)
    assert tree.tag == "service_definition"
    assert tree.find("attributes/attribute/values/value/key").text == "water"
    assert client.get(f"{BASE}services/dispute.json").status_code == 404


def test_discovery_names_both_formats(client):
    found = client.get(f"{BASE}discovery.json").json()
    assert found["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    assert found["endpoints"][0]["url"].endswith("/open311/v2")


def test_a_report_is_received_once_and_its_notice_opens_the_own_page(client):
    seed_rules()
    station_of(town())
    key = {"HTTP_IDEMPOTENCY_KEY": "a-key-of-an-app-0001"}
    first = client.post(f"{BASE}requests.json", FORM, **key)
    again = client.post(f"{BASE}requests.json", FORM, **key)
    assert first.status_code == 201
    assert first.json() == again.json()
    assert set(first.json()[0]) == {"service_request_id", "service_notice", "account_id"}
    reference = first.json()[0]["service_request_id"]
    secret = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", first.json()[0]["service_notice"]).group()
    found = services.open_with_secret(reference=reference, secret=secret)
    assert (found.channel, found.location.coords) == ("open311", (119.61034, 30.62512))
    assert HelpRequest.objects.count() == 1
    changed = client.post(f"{BASE}requests.json", FORM | {"description": "是另外一件完全不同的事"}, **key)
    assert changed.status_code == 409
    tree = ElementTree.fromstring(client.post(f"{BASE}requests.xml", FORM).content)
    assert tree.tag == "service_requests"
    assert tree.find("request/service_request_id").text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"service_code": ""}, 400),
        ({"service_code": "dispute"}, 404),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "x"}, 400),
        ({"lat": "nan"}, 400),
        ({"attribute[kind]": ""}, 400),
        ({"description": ""}, 400),
        ({"jurisdiction_id": "chicago"}, 404),
        ({"phone": "abc"}, 400),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_kept(client, change, status):
    seed_rules()
    answer = client.post(f"{BASE}requests.json", FORM | change)
    assert answer.status_code == status
    assert answer.json()[0]["code"] == status
    assert answer.json()[0]["description"]
    assert not HelpRequest.objects.exists()
    tree = ElementTree.fromstring(client.post(f"{BASE}requests.xml", FORM | change).content)
    assert tree.tag == "errors"
    assert tree.find("error/code").text == str(status)


def test_an_emergency_is_told_to_call_and_the_limit_holds(client):
    seed_rules()
    hazard = FORM | {"service_code": "hazard", "attribute[danger]": "yes", "attribute[kind]": "fire"}
    assert "110" in client.post(f"{BASE}requests.json", hazard).json()[0]["description"]
    Rule.objects.filter(code="helpdesk.per_address_hour").update(value=0)
    assert client.post(f"{BASE}requests.json", FORM).status_code == 429


def test_the_world_sees_no_words_no_names_and_no_exact_place(client):
    handler = officer()
    open_one = in_progress(
        handler,
        **DUMPING,
        description="王小明13812345678看见有人倒垃圾",
        location=geo.point(119.61034, 30.62512),
    )
    private = in_progress(handler)
    done = in_progress(handler, **DUMPING)
    services.answer(request=done, actor=handler, body="已清理", key="1")
    gone = submitted(**DUMPING).request
    services.withdraw(request=gone)
    answer = client.get(f"{BASE}requests.json")
    rows = {row["service_request_id"]: row for row in answer.json()}
    assert set(rows) == {open_one.reference, done.reference}
    row = rows[open_one.reference]
    assert (row["status"], row["lat"], row["long"], row["address"]) == ("open", 30.625, 119.61, "孝源街道")
    text = answer.content.decode() + client.get(f"{BASE}requests.xml").content.decode()
    for hidden in ("王小明", "1381234", "倒垃圾看见", "30.62512", private.reference, "已清理", handler.name):
        assert hidden not in text
    assert [r["service_request_id"] for r in client.get(f"{BASE}requests.json?status=closed").json()] == [
        done.reference
    ]
    assert client.get(f"{BASE}requests.json?service_code=hazard").json() == []
    assert client.get(f"{BASE}requests.json?start_date=yesterday").status_code == 400
    late = {"start_date": "2001-01-01T00:00:00+08:00", "end_date": "2001-02-01T00:00:00Z"}
    assert client.get(f"{BASE}requests.json", late).json() == []


def test_one_request_by_its_number_and_by_the_alias(client):
    found = in_progress(officer(), **DUMPING)
    for path in ("requests", "request"):
        rows = client.get(f"{BASE}{path}/{found.reference}.json").json()
        assert [row["service_request_id"] for row in rows] == [found.reference]
    private = in_progress(officer(unit=found.unit))
    assert client.get(f"{BASE}requests/{private.reference}.json").status_code == 404
    assert client.get(f"{BASE}requests/000000-000000.xml").status_code == 404
