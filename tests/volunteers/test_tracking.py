"""The way on duty: with consent, between check-in and check-out, and without any say in the hours."""

import json
import uuid
from datetime import UTC, date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.tracks import services as tracks
from anji_police.tracks.models import Track, TrackPoint
from anji_police.tracks.reading import RawPoint
from tests.tracks.files import gpx
from tests.volunteers import factories as make
from volunteers import services
from volunteers.models import Attendance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = date(2026, 3, 10)
IN, OUT = make.at(DAY, 19), make.at(DAY, 21)


@pytest.fixture
def clock():
    with time_machine.travel(make.at(DAY, 8), tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(clock):
    return make.clerk()


@pytest.fixture
def row(clock, clerk):
    """On duty since 19:00, on a beat with one checkpoint."""
    home = make.team(clerk)
    who = make.member(clerk, home)
    shift = make.opened(clerk, home, IN, beat=make.beat(clerk))
    row = make.signed(shift, who)
    clock.move_to(IN)
    services.check_in(sign_up=row, actor=who.user, method="gps", point=make.HERE, uid=uuid.uuid4())
    row.refresh_from_db()
    return row


def consenting(row):
    services.consent_to_tracks(member=row.member, actor=row.member.user, given=True)
    row.member.refresh_from_db()
    return row


def step(n: int) -> tuple[int, RawPoint]:
    """Every ten seconds ten metres to the north, from 40 m south of the checkpoint."""
    north = (n * 10 - 40) / 111_195
    return n, RawPoint(make.HERE.x, make.HERE.y + north, IN + timedelta(seconds=10 * n), 5)


def sent(row, *numbers) -> int:
    return services.add_points(sign_up=row, actor=row.member.user, points=[step(n) for n in numbers])


def out(row, clock):
    clock.move_to(OUT)
    services.check_out(sign_up=row, actor=row.member.user, method="gps", point=make.HERE, uid=uuid.uuid4())
    row.refresh_from_db()


def test_without_consent_the_duty_counts_and_nothing_is_recorded(row, clock):
    clock.move_to(OUT)
    with pytest.raises(DomainError, match="Consent"):
        sent(row, 0, 1)
    assert not Track.objects.exists()
    out(row, clock)
    assert row.attendance.out_at == OUT


def test_only_the_volunteer_consents_and_may_take_it_back(row, clerk):
    with pytest.raises(NotAllowed):
        services.consent_to_tracks(member=row.member, actor=clerk, given=True)
    consenting(row)
    assert row.member.track_consent_at
    services.consent_to_tracks(member=row.member, actor=row.member.user, given=False)
    row.member.refresh_from_db()
    with pytest.raises(DomainError, match="Consent"):
        sent(row, 0, 1)


def test_the_way_ends_with_the_check_out_and_says_what_of_the_beat_was_reached(row, clock):
    consenting(row)
    clock.move_to(OUT)
    assert sent(row, *range(60)) == 60
    assert sent(row, *range(60)) == 0
    out(row, clock)
    found = Attendance.objects.get(sign_up=row)
    assert (found.track.state, found.track.seconds) == (Track.State.TRUSTED, 590)
    assert found.track.distance_m == pytest.approx(590, abs=20)
    assert 0 < found.covered < 0.2  # a strip of 60 m through an area of a square kilometre
    assert found.checkpoints_reached == 1
    late = [(999_999, RawPoint(make.HERE.x, make.HERE.y, OUT + timedelta(minutes=1), 5))]
    assert services.add_points(sign_up=row, actor=row.member.user, points=late) == 0
    assert TrackPoint.objects.count() == 60


def test_points_that_come_after_the_check_out_still_count(row, clock):
    consenting(row)
    out(row, clock)
    assert sent(row, *range(30)) == 30
    found = Attendance.objects.get(sign_up=row)
    assert (found.track.state, found.track.points_kept) == (Track.State.TRUSTED, 30)
    assert found.covered > 0


def test_neither_leader_nor_police_send_positions_for_somebody(row, clerk):
    consenting(row)
    with pytest.raises(NotAllowed):
        services.add_points(sign_up=row, actor=clerk, points=[step(1)])


def file_of(count: int = 40, *, day: date = DAY) -> bytes:
    start = make.at(day, 19).astimezone(UTC)
    return gpx(
        [
            (
                make.HERE.x,
                make.HERE.y + n * 10 / 111_195,
                f"{start + timedelta(seconds=10 * n):%Y-%m-%dT%H:%M:%SZ}",
            )
            for n in range(count)
        ]
    )


def test_a_file_of_another_device_after_the_check_out_once(row, clock):
    consenting(row)
    add = {"sign_up": row, "actor": row.member.user, "name": "a.gpx"}
    with pytest.raises(DomainError, match="Check out first"):
        services.import_track(**add, content=file_of())
    out(row, clock)
    with pytest.raises(InvalidInput, match="falls into the time of duty"):
        services.import_track(**add, content=file_of(day=date(2026, 3, 9)))
    track = services.import_track(**add, content=file_of())
    assert (track.source, track.state, track.points_kept) == ("gpx", Track.State.TRUSTED, 40)
    with pytest.raises(DomainError, match="a track already"):
        services.import_track(**add, content=file_of())


def test_a_doubtful_track_is_ruled_on_by_somebody_else(row, clock, clerk):
    consenting(row)
    out(row, clock)
    content = gpx([(make.HERE.x, make.HERE.y + n / 10_000, None) for n in range(9)])
    track = services.import_track(sign_up=row, actor=row.member.user, content=content, name="")
    assert track.doubts == ["no_time"]
    with pytest.raises(NotAllowed):
        services.rule_on_track(sign_up=row, actor=row.member.user, trusted=True, reason="是真的")
    ruled = services.rule_on_track(sign_up=row, actor=clerk, trusted=True, reason="与照片一致")
    assert ruled.state == Track.State.TRUSTED


def test_figures_stay_when_the_positions_are_deleted(row, clock):
    consenting(row)
    clock.move_to(OUT)
    sent(row, *range(60))
    out(row, clock)
    before = Attendance.objects.select_related("track").get(sign_up=row)
    clock.move_to(make.at(date(2026, 10, 1), 8))
    assert tracks.purge() == 1
    after = Attendance.objects.select_related("track").get(sign_up=row)
    assert (after.covered, after.checkpoints_reached, after.track.distance_m) == (
        before.covered,
        before.checkpoints_reached,
        before.track.distance_m,
    )
    assert not TrackPoint.objects.exists()


def test_the_phone_sends_a_form_and_gets_its_own_number_back(row, clock, client_of):
    consenting(row)
    clock.move_to(OUT)
    uid = str(uuid.uuid4())
    points = [
        {"n": n, "at": p.at.isoformat(), "lon": p.lon, "lat": p.lat, "acc": 5, "speed": None}
        for n, p in map(step, range(5))
    ]
    address = reverse("api:volunteers:signup-points", args=[row.pk])
    phone = client_of(row.member.user)
    for _twice in range(2):
        answer = phone.post(address, {"uid": uid, "points": json.dumps(points)})
        assert (answer.status_code, answer.json()["uid"]) == (200, uid)
    assert TrackPoint.objects.count() == 5
    for bad in ("[", "{}", "[]", json.dumps([{"n": 1}])):
        assert phone.post(address, {"uid": uid, "points": bad}).status_code == 422


def test_the_pages_ask_for_consent_record_while_on_duty_and_tell_the_leader(row, clock, clerk, client_of):
    phone, desk = client_of(row.member.user), client_of(clerk)
    page = phone.get(reverse("volunteers:me")).content.decode()
    assert "data-record" not in page
    assert phone.post(reverse("volunteers:track-consent"), {"given": "yes"}).status_code == 302
    assert "data-record" in phone.get(reverse("volunteers:me")).content.decode()
    row.member.refresh_from_db()
    out(row, clock)
    upload = SimpleUploadedFile("a.gpx", file_of(), "application/gpx+xml")
    assert desk.post(reverse("volunteers:sign-up-track", args=[row.pk]), {"file": upload}).status_code == 302
    shown = desk.get(row.shift.get_absolute_url()).content.decode()
    assert "0.4 km" in shown
    broken = SimpleUploadedFile("b.gpx", b"<gpx", "application/gpx+xml")
    assert desk.post(reverse("volunteers:sign-up-track", args=[row.pk]), {"file": broken}).status_code in (
        409,
        422,
    )
    assert timezone.now() == OUT
