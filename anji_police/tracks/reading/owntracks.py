"""OwnTracks: its JSON of locations, one message or a list, and the recorder's .rec lines."""

import json
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from anji_police.tracks.reading import RawPoint, Reading, number, on_globe, refuse


def read(content: bytes) -> Reading:
    """The locations of a JSON text, in the order of the file. Other messages (lwt, transition, waypoint) are passed over.
    Raises InvalidInput."""
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        refuse(_("The file is no valid JSON. Export the track again."))
        raise AssertionError from None
    if isinstance(data, dict):
        inner = next(
            (data[key] for key in ("data", "locations", "points") if isinstance(data.get(key), list)), None
        )
        data = inner if inner is not None else [data]
    return _gather(data)


def looks_like_rec(text: str) -> bool:
    return any(_rec(line) is not None for line in text.splitlines()[:5])


def read_rec(text: str) -> Reading:
    """Lines of time, kind and JSON, split by tabs, as the recorder stores them."""
    return _gather([found for line in text.splitlines() if (found := _rec(line)) is not None])


def _rec(line: str):
    parts = line.split("\t")
    if len(parts) < 3 or not parts[-1].lstrip().startswith("{"):
        return None
    try:
        return json.loads(parts[-1])
    except (ValueError, RecursionError):
        return None


def _gather(messages: list) -> Reading:
    found = Reading("owntracks")
    segment = []
    for message in messages:
        if not isinstance(message, dict) or message.get("_type", "location") != "location":
            found.note("other_message")
            continue
        lon, lat = number(message.get("lon")), number(message.get("lat"))
        if not on_globe(lon, lat):
            found.note("bad_point")
            continue
        speed = number(message.get("vel"))  # kilometres an hour
        segment.append(
            RawPoint(
                lon,
                lat,
                _seconds(message.get("tst")),
                number(message.get("acc")),
                None if speed is None else speed / 3.6,
                bool(message.get("mock")),
            )
        )
    found.segments = [segment]
    return found


def _seconds(value) -> datetime | None:
    """Seconds since 1970, which some clients write as text."""
    seconds = number(value)
    if seconds is None or not 0 < seconds < 32_503_680_000:  # the year 3000
        return None
    return datetime.fromtimestamp(seconds, UTC)
