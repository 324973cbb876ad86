"""Points are kept once, only from the time of duty, and only as long as the rule says; the figures stay."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.gis.geos import LineString, Point, Polygon
from django.db import IntegrityError, transaction

from anji_police.errors import DomainError, InvalidInput
from anji_police.tracks import selectors, services
from anji_police.tracks.models import Track, TrackPoint
from anji_police.tracks.reading import RawPoint
from tests.factories import officer
from tests.helpdesk.factories import seed_rules
from tests.tracks import files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
START = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _evening():
    with time_machine.travel(START + timedelta(hours=6), tick=False):
        seed_rules()
        yield


def step(n: int) -> RawPoint:
    """Every ten seconds ten metres to the north."""
    return RawPoint(119.55, 30.65 + n * 10 / 111_195, START + timedelta(seconds=10 * n), 5)


def begun(**facts) -> Track:
    return services.begin(actor=officer(), consented_at=START, starts_at=START, **facts)


def numbered(*steps: int):
    return [(n, step(n)) for n in steps]


def test_without_consent_nothing_is_recorded():
    with pytest.raises(DomainError, match="Consent"):
        services.begin(actor=officer(), consented_at=None, starts_at=START)
    with pytest.raises(DomainError, match="Consent"):
        services.import_file(
            actor=officer(), content=files.OFFSETS, name="", consented_at=None, starts_at=START, ends_at=START
        )
    assert not Track.objects.exists()


def test_points_sent_twice_and_out_of_order_are_kept_once():
    track = begun()
    assert services.add_points(track=track, points=numbered(*range(20, 40))) == 20
    assert services.add_points(track=track, points=numbered(*range(30))) == 20
    assert services.add_points(track=track, points=numbered(*range(40))) == 0
    track = services.end(track=track, ends_at=START + timedelta(seconds=400))
    assert (track.state, track.points_kept, track.seconds) == (Track.State.TRUSTED, 40, 390)
    assert track.distance_m == pytest.approx(390, abs=20)


def test_what_lies_outside_the_duty_is_counted_and_not_kept():
    track = begun()
    assert services.add_points(track=track, points=numbered(*range(5))) == 5
    early = RawPoint(119.5, 30.6, START - timedelta(seconds=1), 5)
    assert services.add_points(track=track, points=[(7, early), (8, RawPoint(119.5, 30.6))]) == 0
    track = services.end(track=track, ends_at=START + timedelta(seconds=30))
    assert [p.number for p in track.points.all()] == [0, 1, 2]
    assert track.notes == {"outside_time": 2}


def test_late_points_of_a_phone_that_was_offline_change_the_figures_of_the_duty_only():
    track = begun()
    services.add_points(track=track, points=numbered(*range(10)))
    track = services.end(track=track, ends_at=START + timedelta(seconds=200))
    assert services.add_points(track=track, points=numbered(*range(10, 40))) == 10
    track.refresh_from_db()
    assert (track.points_kept, track.seconds) == (20, 190)


def test_ending_twice_keeps_the_first_end():
    track = begun()
    services.end(track=track, ends_at=START + timedelta(seconds=100))
    track = services.end(track=track, ends_at=START + timedelta(seconds=900))
    assert track.ends_at == START + timedelta(seconds=100)
    assert (track.state, track.doubts) == (Track.State.DOUBTFUL, ["nothing_counts"])


def test_a_forgotten_check_out_does_not_record_for_days():
    track = services.end(track=begun(), ends_at=START + timedelta(days=3))
    assert track.ends_at == START + services.MAX_SPAN


def imported(content: bytes = files.OFFSETS, **facts) -> Track:
    return services.import_file(
        actor=officer(),
        content=content,
        name="a.gpx",
        consented_at=START,
        **({"starts_at": START, "ends_at": START + timedelta(hours=2)} | facts),
    )


def test_a_file_keeps_only_what_falls_into_the_duty():
    track = imported()
    assert (track.points_seen, track.points_kept, track.state) == (3, 3, Track.State.TRUSTED)
    assert track.notes == {"no_offset": 1, "bad_point": 1, "outside_time": 1}
    assert len(track.file_sha256) == 64


def test_a_file_of_another_day_is_refused_whole():
    with pytest.raises(InvalidInput, match="falls into the time of duty, 2026-11-04 20:00"):
        imported(starts_at=START + timedelta(days=1), ends_at=START + timedelta(days=1, hours=1))
    assert not Track.objects.exists()


def test_a_file_without_times_is_measured_and_doubted_until_a_person_rules():
    track = imported(files.LINE_KML)
    assert (track.state, track.doubts) == (Track.State.DOUBTFUL, ["no_time"])
    assert track.distance_m == pytest.approx(222, abs=3)
    chief = officer()
    with pytest.raises(InvalidInput):
        services.rule_on(track=track, actor=chief, trusted=True, reason=" ")
    track = services.rule_on(track=track, actor=chief, trusted=True, reason="与照片一致")
    assert (track.state, track.ruled_by) == (Track.State.TRUSTED, chief)
    with pytest.raises(DomainError, match="doubtful"):
        services.rule_on(track=track, actor=chief, trusted=False, reason="再想")


def test_positions_go_after_six_months_and_the_figures_stay():
    track = imported()
    before = (track.distance_m, track.seconds, track.points_kept)
    young = imported(starts_at=START, ends_at=START + timedelta(hours=1))
    assert services.purge() == 0
    with time_machine.travel(datetime(2027, 5, 4, 12, tzinfo=UTC), tick=False):
        Track.objects.filter(pk=young.pk).update(ends_at=datetime(2027, 1, 1, tzinfo=UTC))
        assert services.purge() == 1
        assert services.purge() == 0
    track.refresh_from_db()
    assert (track.distance_m, track.seconds, track.points_kept) == before
    assert track.line is None
    assert {p.track_id for p in TrackPoint.objects.all()} == {young.pk}
    with pytest.raises(DomainError, match="closed"):
        services.add_points(track=track, points=numbered(1))


def test_no_positions_are_left_in_the_row_history_of_a_purged_track():
    imported()
    from django.apps import apps

    event = apps.get_model("tracks", "TrackEvent")
    assert event.objects.exists()
    assert "line" not in {f.name for f in event._meta.get_fields()}


def test_how_much_of_a_beat_was_reached():
    track = services.end(
        track=(track := begun(), services.add_points(track=track, points=numbered(*range(100))))[0],
        ends_at=START + timedelta(hours=1),
    )
    top = 30.65 + 990 / 111_195
    beside = LineString((119.5502, 30.65), (119.5502, top), srid=4326)  # 19 m east
    assert selectors.coverage(track, beside, 30) == pytest.approx(1, abs=0.01)
    longer = LineString((119.55, 30.65), (119.55, 30.65 + 2 * 990 / 111_195), srid=4326)
    assert selectors.coverage(track, longer, 30) == pytest.approx(0.515, abs=0.01)
    square = Polygon.from_bbox((119.549, 30.65, 119.551, top))
    square.srid = 4326
    assert 0.25 < selectors.coverage(track, square, 30) < 0.40
    near, far = Point(119.5502, 30.652, srid=4326), Point(119.552, 30.652, srid=4326)
    assert selectors.reached(track, [near, far], 30) == [True, False]


def test_the_database_refuses_a_track_that_ends_before_it_starts():
    track = begun()
    with pytest.raises(IntegrityError), transaction.atomic():
        Track.objects.filter(pk=track.pk).update(ends_at=START - timedelta(seconds=1))
