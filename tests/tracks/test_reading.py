"""Files of other makers are read, or refused with a reason to act on."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anji_police.errors import InvalidInput
from anji_police.tracks import reading
from tests.tracks import files

pytestmark = pytest.mark.usefixtures("english")
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def test_offsets_sub_seconds_marks_and_several_segments():
    found = reading.read(files.OFFSETS)
    assert [len(s) for s in found.segments] == [2, 2]
    one, two, three, four = found.points
    assert one.at == NOON - timedelta(seconds=1.877)
    assert two.at == NOON + timedelta(seconds=60.5)
    assert three.at == NOON + timedelta(seconds=120.123456)
    assert four.at == NOON + timedelta(minutes=3)
    assert (one.accuracy_m, two.accuracy_m) == (6.0, 8.0)
    assert found.notes == {"no_offset": 1, "bad_point": 1}


def test_a_track_without_times_is_taken_and_says_so():
    found = reading.read(files.gpx([(119.55, 30.65, None), (119.55, 30.66, None)], [(119.56, 30.66, None)]))
    assert [len(s) for s in found.segments] == [2, 1]
    assert found.notes == {"no_time": 3}
    assert {p.at for p in found.points} == {None}


def test_a_route_is_taken_where_there_is_no_track():
    found = reading.read(
        b'<gpx><rte><rtept lat="30.6" lon="119.5"/><rtept lat="30.7" lon="119.5"/></rte></gpx>'
    )
    assert len(found.points) == 2


def test_bare_html_and_an_undeclared_prefix_do_not_cost_the_track():
    found = reading.read(files.HTML_KML)
    assert [p.at for p in found.points] == [NOON + timedelta(minutes=n) for n in range(3)]
    assert [p.lat for p in found.points] == [30.650, 30.651, 30.652]


def test_every_track_of_a_multi_track_and_no_times_where_their_number_differs():
    found = reading.read(files.MULTI_KML)
    assert [[p.at for p in s] for s in found.segments] == [[NOON, NOON + timedelta(minutes=1)], [None, None]]
    assert found.notes == {"times_differ": 1, "no_time": 2}


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (files.LINE_KML, 3),
        (files.GBK_KML, 2),
        (files.kmz(files.LINE_KML), 3),
        (files.kmz(files.HTML_KML, "夜巡.kml"), 3),
        (files.OWNTRACKS, 3),
        (files.REC, 2),
        (files.LINE_KML.decode().encode("utf-16"), 3),
    ],
)
def test_what_is_read(content, count):
    assert len(reading.read(content).points) == count


def test_owntracks_times_as_text_and_speeds_in_kilometres():
    found = reading.read(files.OWNTRACKS)
    assert found.points[0].at == datetime(2026, 11, 3, 12, tzinfo=UTC)
    assert found.points[0].speed_mps == pytest.approx(4 / 3.6)
    assert found.notes == {"other_message": 1}


def test_ten_thousand_points():
    points = [
        (119.5 + n / 1e5, 30.6, f"2026-11-03T{12 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z")
        for n in range(10_000)
    ]
    assert len(reading.read(files.gpx(points)).points) == 10_000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (files.BOMB, "entities"),
        (files.OUTSIDE_ENTITY, "entities"),
        (files.OFFSETS[:400], "well-formed"),
        (b"<gpx><trk><trkseg></trkseg></trk></gpx>", "no position"),
        (b'<gpx><wpt lat="30" lon="119"/></gpx>', "no position"),
        (
            b'<gpx><trk><trkseg><trkpt lat="91" lon="119"/><trkpt lat="nan" lon="1"/></trkseg></trk></gpx>',
            "no position",
        ),
        (b"%PDF-1.7 hello", "no track file"),
        (b"<html><body>not found</body></html>", "no track file"),
        (b'{"type": "FeatureCollection"', "valid JSON"),
        (b"[" * 100_000, "valid JSON"),
        (b"PK\x03\x04 torn", "archive"),
        (files.kmz(b"", "readme.txt"), "no KML"),
        (files.kmz(b"<kml>" + b" " * (reading.MAX_BYTES + 10)), "unpacks to more"),
        (b"<gpx>" + b" " * reading.MAX_BYTES + b"</gpx>", "larger than"),
    ],
)
def test_what_is_refused_says_why(content, reason):
    with pytest.raises(InvalidInput, match=reason) as refused:
        reading.read(content)
    assert "file" in refused.value.fields


@given(st.binary(max_size=300))
@example(b"<gpx xmlns='a'><trkpt/></gpx>")
@example(b"{}")
@example(b'[null, 1, {"lat": "x"}]')
@example(b"\xff\xfe<\x00")
def test_no_file_is_an_error_of_ours(content):
    for start in (b"", b"<gpx>", b"<kml>", b"{", b"PK\x03\x04", b"["):
        with contextlib.suppress(InvalidInput):
            reading.read(start + content)
