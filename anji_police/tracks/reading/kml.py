"""KML and KMZ: gx:Track and gx:MultiTrack with times, else the longest thing drawn as lines, without."""

from anji_police.tracks.reading import RawPoint, Reading, instant, local, number, on_globe


def read(root) -> Reading:
    """The segments below the root element of a KML text. Points without a usable position are counted as "bad_point"."""
    found = Reading("kml")
    tracks = [e for e in root.iter() if local(e.tag) == "Track"]
    if tracks:
        found.segments = [_track(e, found) for e in tracks]
    else:
        lines = [e for e in root.iter() if local(e.tag) == "LineString"]
        found.segments = [_line(e, found) for e in lines]
    return found


def _track(element, found: Reading) -> list[RawPoint]:
    """The n-th time belongs to the n-th place. Where a maker wrote other numbers of them, no time is trusted."""
    whens = [e.text for e in element if local(e.tag) == "when"]
    places = [(e.text or "").split() for e in element if local(e.tag) == "coord"]
    if len(whens) != len(places):
        found.note("times_differ")
        whens = [None] * len(places)
    segment = []
    for when, place in zip(whens, places, strict=True):
        at, has_offset = instant(when)
        if not has_offset:
            found.note("no_offset")
        point = _placed(place, at, found)
        if point is not None:
            segment.append(point)
    return segment


def _line(element, found: Reading) -> list[RawPoint]:
    text = "".join(e.text or "" for e in element.iter() if local(e.tag) == "coordinates")
    points = (_placed(place.split(","), None, found) for place in text.replace(", ", ",").split())
    return [point for point in points if point is not None]


def _placed(place: list[str], at, found: Reading) -> RawPoint | None:
    lon, lat = (number(place[0]), number(place[1])) if len(place) >= 2 else (None, None)
    if not on_globe(lon, lat):
        found.note("bad_point")
        return None
    return RawPoint(lon, lat, at)
