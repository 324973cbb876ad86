"""How long somebody served, and how much of it at night. The one place where this is computed.

Spans are half-open [start, end) and aware. Two attendances that overlap are never counted twice: each minute belongs to the one
that began first. What comes over the cap of any 24 hours is cut from the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from anji_police.periods import SHANGHAI
from anji_police.workflow import rules

Span = tuple[datetime, datetime]
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Limits:
    """The rules of the day: hours of the clock between which it is night, and the cap of any 24 hours."""

    night_from: int
    night_to: int
    cap: timedelta

    @classmethod
    def on(cls, day) -> "Limits":
        return cls(
            int(rules.value("volunteers.night_from", day)),
            int(rules.value("volunteers.night_to", day)),
            timedelta(hours=float(rules.value("volunteers.daily_cap", day))),
        )


@dataclass(frozen=True)
class Credit:
    """What one span counts for, in whole minutes, rounded down."""

    minutes: int
    night_minutes: int


def _less(span: Span, taken: Sequence[Span]) -> list[Span]:
    """The parts of `span` that no span of `taken` covers."""
    left = [span]
    for start, end in taken:
        rest = []
        for a, b in left:
            if end <= a or b <= start:
                rest.append((a, b))
                continue
            if a < start:
                rest.append((a, start))
            if end < b:
                rest.append((end, b))
        left = rest
    return left


def busiest_day(spans: Sequence[Span]) -> timedelta:
    """The most that any 24 hours hold of planned `spans`, none of which overlap."""
    most = timedelta()
    for since in [moment for start, end in spans for moment in (start, end - DAY)]:
        inside = sum(
            (
                min(end, since + DAY) - max(start, since)
                for start, end in spans
                if end > since and start < since + DAY
            ),
            timedelta(),
        )
        most = max(most, inside)
    return most


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans that do not overlap, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _within_cap(part: Span, kept: Sequence[Span], cap: timedelta) -> Span | None:
    """`part` cut from its end so that, together with `kept`, no 24 hours hold more than `cap`."""
    start, end = part
    if busiest_day([*kept, part]) <= cap:
        return part
    low, high = start, end
    while high - low > timedelta(milliseconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if busiest_day([*kept, (start, middle)]) <= cap else (low, middle)
    return (start, low) if low > start else None


def night_seconds(span: Span, limits: Limits) -> float:
    """The part of `span` that lies at night, in seconds."""
    start, end = (moment.astimezone(SHANGHAI) for moment in span)
    day, total = start.date() - timedelta(days=1), 0.0
    while day <= end.date():
        first = datetime.combine(day, time(limits.night_from), tzinfo=SHANGHAI)
        hours = (limits.night_to - limits.night_from) % 24
        overlap = min(end, first + timedelta(hours=hours)) - max(start, first)
        total += max(overlap.total_seconds(), 0.0)
        day += timedelta(days=1)
    return total


def credits(spans: Iterable[Span], limits: Limits, booked: Sequence[Span] = ()) -> list[Credit]:
    """What each of one member's `spans` counts for, in the order given. Their sum is never more than the time that passed.

    `booked` was counted before and stays as it is: nothing of it is counted again.
    """
    wanted = list(spans)
    order = sorted(range(len(wanted)), key=lambda n: (wanted[n][0], n))
    taken = list(booked)  # whole spans, so that a minute over the cap does not come back in another one
    kept = merged(booked)
    found: dict[int, Credit] = {}
    for number in order:
        seconds = night = 0.0
        for part in _less(wanted[number], taken):
            counted = _within_cap(part, kept, limits.cap)
            if counted is None:
                continue
            kept.append(counted)
            seconds += (counted[1] - counted[0]).total_seconds()
            night += night_seconds(counted, limits)
        taken.append(wanted[number])
        minutes = int(round(seconds, 1) // 60)
        found[number] = Credit(minutes, min(int(round(night, 1) // 60), minutes))
    return [found[number] for number in range(len(wanted))]


def is_night_shift(span: Span, limits: Limits) -> bool:
    """Whether a planned shift needs rest around it: it goes over midnight or reaches into the night."""
    start, end = (moment.astimezone(SHANGHAI) for moment in span)
    over = start.date() != (end - timedelta(microseconds=1)).date()
    return over or night_seconds(span, limits) > 0
