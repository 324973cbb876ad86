"""What of a track can be believed, and how far it went. One function, used wherever a track is measured.

Nothing is thrown away: each point that is not counted keeps the code of its reason. A gap is shown as a gap, never as a
straight line. `VERSION` rises with each change of the way of counting; a figure keeps the version that it was made by.
"""

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from anji_police.tracks.reading import RawPoint

VERSION = 1
EARTH_M = 6_371_008.8  # mean radius of the earth in metres (IUGG)
FUTURE = timedelta(minutes=2)  # what a phone's clock may be ahead


@dataclass(frozen=True)
class Limits:
    """From dated rules: metres, metres a second, seconds, a share of 1."""

    accuracy_m: float
    speed_mps: float
    gap_s: float
    step_m: float
    kept_share: float


@dataclass
class Verdict:
    """`reasons[n]` is "" for the n-th point when it counts, else why not. `legs`: indexes of counted points, cut at gaps.
    `doubts`: codes that make the track doubtful; none: it is trusted."""

    reasons: list[str]
    legs: list[list[int]] = field(default_factory=list)
    gaps: list[tuple[datetime, datetime]] = field(default_factory=list)
    distance_m: float = 0.0
    seconds: int = 0
    doubts: list[str] = field(default_factory=list)

    @property
    def is_trusted(self) -> bool:
        return not self.doubts

    @property
    def counted(self) -> Counter:
        return Counter(self.reasons)


def metres(one: RawPoint, other: RawPoint) -> float:
    """Great-circle distance (haversine)."""
    d_lat = math.radians(other.lat - one.lat)
    d_lon = math.radians(other.lon - one.lon)
    a = (
        math.sin(d_lat / 2) ** 2
        + math.cos(math.radians(one.lat)) * math.cos(math.radians(other.lat)) * math.sin(d_lon / 2) ** 2
    )
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(a)))


def judge(
    segments: list[list[RawPoint]],
    *,
    limits: Limits,
    now: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Verdict:
    """Judge the points of `segments`, numbered through; with `start` and `end` only those in the half-open [start, end) count.

    A track without times is measured along its lines but is doubtful ("no_time").
    """
    points = [point for segment in segments for point in segment]
    reasons = [_alone(point, limits, now, start, end) for point in points]
    timed = [n for n, point in enumerate(points) if point.at is not None]
    verdict = Verdict(reasons)
    if timed:
        for n, point in enumerate(points):
            if point.at is None and not reasons[n]:
                reasons[n] = "no_time"
        _in_order(points, reasons, limits)
        _cut_by_time(points, verdict, limits)
    else:
        first = 0
        for segment in segments:
            leg = [n for n in range(first, first + len(segment)) if not reasons[n]]
            first += len(segment)
            if leg:
                verdict.legs.append(leg)
    verdict.distance_m = sum(_along([points[n] for n in leg], limits) for leg in verdict.legs)
    verdict.doubts = _doubts(points, verdict, limits, bool(timed))
    return verdict


def _alone(point: RawPoint, limits: Limits, now, start, end) -> str:
    """Why a point does not count, as far as it can be told from itself."""
    if point.lon == 0 and point.lat == 0:
        return "zero"
    if point.at is not None:
        if point.at > now + FUTURE:
            return "future"
        if (start is not None and point.at < start) or (end is not None and point.at >= end):
            return "outside_time"
    if point.accuracy_m is not None and (point.accuracy_m > limits.accuracy_m or point.accuracy_m < 0):
        return "inaccurate"
    return ""


def _in_order(points: list[RawPoint], reasons: list[str], limits: Limits) -> None:
    """Mark repeated moments and leaps, going through the points by time.

    A leap is a point that could not be reached from the one before at `limits.speed_mps`. When the next agrees with the leap
    and not with the one before, the one before was wrong.
    """
    order = sorted((n for n in range(len(points)) if not reasons[n]), key=lambda n: (points[n].at, n))
    last: int | None = None
    for place, n in enumerate(order):
        if last is None:
            last = n
            continue
        if points[n].at == points[last].at:
            reasons[n] = "duplicate"
            continue
        if _too_fast(points[last], points[n], limits):
            following = order[place + 1 : place + 4]
            agrees = sum(not _too_fast(points[n], points[m], limits) for m in following)
            old = sum(not _too_fast(points[last], points[m], limits) for m in following)
            if agrees > old and agrees >= 2 and _lone(points, reasons, order, place):
                reasons[last] = "too_fast"
                last = n
            else:
                reasons[n] = "too_fast"
            continue
        last = n


def _lone(points, reasons, order, place) -> bool:
    """Whether the point before was the only one so far: nothing but itself spoke for it."""
    return sum(not reasons[m] for m in order[:place]) == 1


def _too_fast(one: RawPoint, other: RawPoint, limits: Limits) -> bool:
    seconds = abs((other.at - one.at).total_seconds()) or 1.0
    slack = (one.accuracy_m or 0) + (other.accuracy_m or 0)
    return max(0.0, metres(one, other) - slack) / seconds > limits.speed_mps


def _cut_by_time(points: list[RawPoint], verdict: Verdict, limits: Limits) -> None:
    order = sorted(
        (n for n, reason in enumerate(verdict.reasons) if not reason), key=lambda n: (points[n].at, n)
    )
    for n in order:
        leg = verdict.legs[-1] if verdict.legs else None
        if leg and (points[n].at - points[leg[-1]].at).total_seconds() <= limits.gap_s:
            leg.append(n)
            continue
        if leg:
            verdict.gaps.append((points[leg[-1]].at, points[n].at))
        verdict.legs.append([n])
    verdict.seconds = round(
        sum((points[leg[-1]].at - points[leg[0]].at).total_seconds() for leg in verdict.legs)
    )


def _along(leg: list[RawPoint], limits: Limits) -> float:
    """Metres from one resting place to the next. A phone that lies still wanders within its accuracy; only a move beyond it,
    and which the following point confirms, counts."""
    total, anchor = 0.0, leg[0] if leg else None
    for n, point in enumerate(leg[1:], start=1):
        reach = max(limits.step_m, (anchor.accuracy_m or 0) + (point.accuracy_m or 0))
        gone = metres(anchor, point)
        if gone <= reach:
            continue
        following = leg[n + 1] if n + 1 < len(leg) else None
        if following is not None and metres(anchor, following) <= reach:
            continue  # it came straight back: a spike
        total += gone
        anchor = point
    return total


def _doubts(points: list[RawPoint], verdict: Verdict, limits: Limits, timed: bool) -> list[str]:
    found = []
    if points and not timed:
        found.append("no_time")
    if any(point.is_mock for point in points):
        found.append("mock")
    asked = sum(reason != "outside_time" for reason in verdict.reasons)
    kept = sum(not reason for reason in verdict.reasons)
    if not kept:
        found.append("nothing_counts")
    elif kept < limits.kept_share * asked:
        found.append("many_dropped")
    if verdict.reasons.count("too_fast") > max(3, len(points) // 20):
        found.append("leaps")
    return found
