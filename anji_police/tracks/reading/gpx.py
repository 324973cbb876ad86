"""GPX 1.0 and 1.1: track segments, else routes. Waypoints are places, not a way."""

from django.utils.translation import gettext as _

from anji_police.tracks.reading import RawPoint, Reading, instant, local, number, on_globe, parsed, refuse

# A receiver's usual error under open sky in metres, times its dilution of precision: a rough radius where no better one is told.
METRES_PER_HDOP = 5.0


def read(text: str) -> Reading:
    """The segments of a GPX text. Points without a usable position are counted as "bad_point" and left out."""
    root = parsed(text, tolerant=True)
    if local(root.tag) != "gpx":
        refuse(_("This is no GPX file."))
    found = Reading("gpx")
    parents = [e for e in root.iter() if local(e.tag) == "trkseg"] or [
        e for e in root.iter() if local(e.tag) == "rte"
    ]
    for parent in parents:
        points = (e for e in parent if local(e.tag) in ("trkpt", "rtept"))
        found.segments.append([p for p in (_point(e, found) for e in points) if p is not None])
    return found


def _point(element, found: Reading) -> RawPoint | None:
    lon, lat = number(element.get("lon")), number(element.get("lat"))
    if not on_globe(lon, lat):
        found.note("bad_point")
        return None
    told = {local(child.tag): child.text for child in element.iter() if child is not element}
    at, has_offset = instant(told.get("time"))
    if not has_offset:
        found.note("no_offset")
    dilution = number(told.get("hdop"))
    accuracy = number(told.get("accuracy"))
    if accuracy is None and dilution is not None:
        accuracy = dilution * METRES_PER_HDOP
    return RawPoint(lon, lat, at, accuracy, number(told.get("speed")))
