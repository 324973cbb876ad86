"""A track's length can't be blown up, gaps stay gaps, and every point that does not count says why."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anji_police.tracks.quality import Limits, judge, metres
from anji_police.tracks.reading import RawPoint

LIMITS = Limits(accuracy_m=50, speed_mps=25 / 3.6, gap_s=300, step_m=15, kept_share=0.7)
START = datetime(2026, 11, 3, 12, tzinfo=UTC)
NOW = START + timedelta(hours=12)
DEGREE_M = 111_195.08  # a degree of latitude on the mean sphere


def at(seconds: float, north_m: float = 0, accuracy: float | None = 5, **facts) -> RawPoint:
    return RawPoint(119.55, 30.65 + north_m / DEGREE_M, START + timedelta(seconds=seconds), accuracy, **facts)


def walked(points, **facts):
    return judge([points], limits=LIMITS, now=NOW, **facts)


def test_a_walk_has_its_length_and_time():
    verdict = walked([at(n * 10, n * 14) for n in range(101)])
    assert verdict.distance_m == pytest.approx(1400, abs=30)
    assert (verdict.seconds, verdict.doubts, verdict.gaps) == (1000, [], [])


def test_a_phone_that_lies_still_goes_nowhere():
    dice = random.Random(7)
    points = [
        RawPoint(
            119.55 + dice.gauss(0, 10) / 95_000,
            30.65 + dice.gauss(0, 10) / DEGREE_M,
            START + timedelta(seconds=15 * n),
            20,
        )
        for n in range(1440)
    ]
    plain = sum(metres(a, b) for a, b in itertools.pairwise(points))
    assert plain > 20_000  # what adding up the points would say after six hours on a table
    assert walked(points).distance_m < 400


def test_a_gap_is_no_straight_line():
    verdict = walked(
        [at(n * 10, n * 10) for n in range(31)] + [at(4000 + n * 10, 5000 + n * 10) for n in range(31)]
    )
    assert verdict.distance_m == pytest.approx(600, abs=40)
    assert verdict.gaps == [(START + timedelta(seconds=300), START + timedelta(seconds=4000))]
    assert verdict.seconds == 600


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        (RawPoint(0, 0, START + timedelta(seconds=15)), "zero"),
        (at(15, 20, accuracy=400), "inaccurate"),
        (at(15, 20, accuracy=-1), "inaccurate"),
        (at(20, 20), "duplicate"),
        (at(15, 3000), "too_fast"),
        (RawPoint(119.55, 30.65, NOW + timedelta(minutes=3)), "future"),
        (at(-1), "outside_time"),
        (at(3600), "outside_time"),
        (RawPoint(119.55, 30.65), "no_time"),
    ],
)
def test_each_point_that_does_not_count_says_why(point, reason):
    points = [at(n * 10, n * 10) for n in range(12)]
    verdict = walked(
        [*points, point], start=START, end=START + timedelta(hours=1) if reason == "outside_time" else None
    )
    assert verdict.reasons == [""] * 12 + [reason]
    assert verdict.distance_m == pytest.approx(110, abs=20)


def test_a_first_point_from_yesterdays_place_is_the_wrong_one():
    verdict = walked([at(0, 20_000), *(at(10 + n * 10, n * 10) for n in range(10))])
    assert verdict.reasons == ["too_fast"] + [""] * 10


def test_a_spike_and_back_is_not_walked():
    verdict = walked([at(n * 10, 60 if n == 5 else 0) for n in range(12)])
    assert verdict.distance_m == 0


def test_no_times_no_trust_but_a_length():
    points = [RawPoint(119.55, 30.65 + n * 20 / DEGREE_M) for n in range(11)]
    verdict = judge([points[:6], points[6:]], limits=LIMITS, now=NOW)
    assert verdict.doubts == ["no_time"]
    assert verdict.distance_m == pytest.approx(180, abs=1)  # the step between two segments is none of the way
    assert verdict.seconds == 0


def test_what_makes_a_track_doubtful():
    assert walked([at(n * 10, n * 10, is_mock=n == 3) for n in range(9)]).doubts == ["mock"]
    assert walked([at(n * 10, n * 10, accuracy=400 if n % 2 else 5) for n in range(9)]).doubts == [
        "many_dropped"
    ]
    assert walked([at(0, 0, accuracy=900)]).doubts == ["nothing_counts"]
    assert "leaps" in walked([at(n * 10, 5000 * (n % 2)) for n in range(30)]).doubts


@given(
    st.lists(
        st.tuples(st.floats(0, 7200), st.floats(-3000, 3000), st.floats(0, 200), st.floats(-3000, 3000)),
        min_size=1,
        max_size=60,
    )
)
def test_no_track_is_longer_than_its_time_allows(rows):
    points = [
        RawPoint(119.55 + east / 95_000, 30.65 + north / DEGREE_M, START + timedelta(seconds=s), accuracy)
        for s, north, accuracy, east in rows
    ]
    verdict = walked(points)
    slack = sum(2 * 50 for _ in points)
    assert verdict.distance_m <= verdict.seconds * LIMITS.speed_mps + slack
    assert verdict.seconds <= 7200
    assert len(verdict.reasons) == len(points)
    counted = sorted(n for leg in verdict.legs for n in leg)
    assert counted == [n for n, reason in enumerate(verdict.reasons) if not reason]
    order = random.Random(1).sample(range(len(points)), len(points))
    again = walked([points[n] for n in order])
    if len({p.at for p in points}) == len(points):
        assert again.distance_m == pytest.approx(verdict.distance_m)
