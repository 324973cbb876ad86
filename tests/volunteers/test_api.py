"""The API: the same rules, sight and filters as the pages, and the phone's queue."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from anji_police.periods import today
from tests.access.examples.volunteers import photo_file
from tests.factories import officer
from tests.volunteers import factories as make
from volunteers import services
from volunteers.models import Attendance, Incident, Shift

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


def url(name: str, *args) -> str:
    return reverse(f"api:volunteers:{name}", args=args)


@pytest.fixture
def clerk():
    return make.clerk()


@pytest.fixture
def home(clerk):
    return make.team(clerk)


@pytest.fixture
def who(clerk, home):
    return make.member(clerk, home, phone="13900001111")


def test_a_shift_is_planned_opened_joined_and_called_off(client_of, clerk, home, who):
    police, own = client_of(clerk), client_of(who.user)
    start = make.at(today() + timedelta(days=3), 19)
    body = {
        "team": home.pk, "title": "夜巡", "starts_at": start.isoformat(), "slots": 1, "lon": 119.61, "lat": 30.625,
        "ends_at": (start + timedelta(hours=2)).isoformat(),
    }  # fmt: skip
    made = police.post(url("shift-list"), body, **JSON)
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert own.post(url("shift-sign-up", key), {}, **JSON).status_code == 404  # a draft
    assert police.post(url("shift-open", key), **JSON).json()["status"] == "open"
    assert own.post(url("shift-sign-up", key), {}, **JSON).json()["status"] == "confirmed"
    assert own.post(url("shift-sign-up", key), {}, **JSON).status_code == 409
    other = make.member(clerk, home, "旁人")
    assert police.post(url("shift-sign-up", key), {"member": other.pk}, **JSON).json()["status"] == "waiting"
    assert own.post(url("shift-cancel", key), {"reason": "不去"}, **JSON).status_code == 403
    assert police.post(url("shift-cancel", key), {"reason": "台风"}, **JSON).json()["status"] == "cancelled"
    assert police.post(url("shift-list"), body | {"nonsense": 1}, **JSON).json()["errors"].keys() == {
        "nonsense"
    }
    assert police.post(url("shift-list"), body | {"team": 10**9}, **JSON).status_code == 422


def test_a_phone_sends_check_in_and_out_as_its_queue_does(client_of, clerk, home, who):
    row = make.signed(make.opened(clerk, home, timezone.now() + timedelta(minutes=5)), who)
    own, uid = client_of(who.user), str(uuid.uuid4())
    form = {"method": "gps", "lon": "119.61", "lat": "30.625", "at": timezone.now().isoformat(), "uid": uid}
    for _again in range(3):
        answer = own.post(url("signup-check-in", row.pk), form)  # multipart, as a browser's FormData
        assert answer.status_code == 200, answer.content
        assert answer.json()["uid"] == uid
    assert Attendance.objects.count() == 1
    far = own.post(url("signup-check-out", row.pk), form | {"lon": "119.9", "uid": str(uuid.uuid4())})
    assert far.status_code == 409
    assert far["Content-Type"] == "application/problem+json"
    late = own.post(url("signup-check-in", row.pk), form | {"uid": str(uuid.uuid4())})
    assert late.status_code == 409
    bad = own.post(url("signup-check-in", row.pk), form | {"uid": "x", "lon": "east"})
    assert bad.status_code == 422
    assert set(bad.json()["errors"]) == {"uid", "lon"}
    assert client_of(officer()).post(url("signup-check-in", row.pk), form).status_code == 404


def test_a_phone_sends_a_report_with_a_photo_once(client_of, who):
    own, uid = client_of(who.user), str(uuid.uuid4())
    form = {
        "uid": uid, "kind": "safety", "facts": "路灯不亮，有人摔倒", "lon": "119.61", "lat": "30.625",
        "seen_at": timezone.now().isoformat(),
    }  # fmt: skip
    for _again in range(3):
        answer = own.post(url("incident-list"), form | {"photos": photo_file()})
        assert answer.status_code == 201, answer.content
        assert answer.json()["uid"] == uid
    incident = Incident.objects.get()
    assert incident.photos.count() == 1
    assert own.post(url("incident-list"), form | {"facts": "换了内容的另一条"}).status_code == 409
    assert Incident.objects.count() == 1


def test_an_incident_goes_its_way(client_of, clerk, who):
    incident = services.report(
        actor=who.user, uid=uuid.uuid4(), kind="safety", facts="路灯不亮，有人摔倒", location_text="村口"
    )
    police, code = client_of(clerk), incident.code
    assert police.post(url("incident-receive", code), **JSON).json()["status"] == "received"
    assert (
        police.post(url("incident-handle", code), {"handling": "已修"}, **JSON).json()["status"] == "handled"
    )
    told = police.post(url("incident-feed-back", code), {"feedback": "已修好"}, **JSON)
    assert told.json()["status"] == "fed_back"
    assert police.post(url("incident-close", code), **JSON).json()["status"] == "closed"
    assert client_of(who.user).get(url("incident-detail", code)).json()["feedback"] == "已修好"


def test_numbers_come_masked_and_others_members_not_at_all(client_of, clerk, home, who):
    make.member(clerk, home, "旁人")
    rows = client_of(clerk).get(url("member-list")).json()["results"]
    assert {r["phone"] for r in rows} == {"139****1111", ""}
    assert len(client_of(who.user).get(url("member-list")).json()["results"]) == 1
    assert client_of(officer()).get(url("member-list")).json()["results"] == []
    found = client_of(clerk).get(url("member-list"), {"q": "139-0000-1111"}).json()["results"]
    assert [r["id"] for r in found] == [who.pk]


def test_a_beat_is_a_geojson_feature(client_of, clerk):
    beat = make.beat(clerk)
    feature = client_of(clerk).get(url("beat-detail", beat.pk)).json()
    assert feature["type"] == "Feature"
    assert feature["geometry"]["type"] == "Polygon"
    assert feature["properties"]["checkpoints"][0]["point"] == [make.HERE.x, make.HERE.y]


@pytest.mark.parametrize(
    "name", ["team-list", "member-list", "shift-list", "signup-list", "incident-list", "beat-list"]
)
def test_a_list_takes_the_same_statements_for_many_rows(client_of, clerk, home, name):
    def more(first: int, last: int) -> None:
        for number in range(first, last):
            who = make.member(clerk, home, f"人{number}")
            make.beat(clerk, f"巡区{number}")
            make.team(clerk, f"义警{number}队")
            make.signed(make.opened(clerk, home, make.at(today() + timedelta(days=number + 2), 10)), who)
            services.report(
                actor=who.user,
                uid=uuid.uuid4(),
                kind="safety",
                facts="路灯不亮，有人摔倒",
                location_text="村口",
            )

    more(0, 2)
    browser = client_of(clerk)
    browser.get(url(name))

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            found = browser.get(url(name)).json()["results"]
            assert len(found["features"] if name == "beat-list" else found) >= 2
        return len(caught)

    few = statements()
    more(2, 7)
    assert statements() == few
    assert Shift.objects.count() == 7
