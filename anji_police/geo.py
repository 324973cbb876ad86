"""Coordinates. Stored: WGS-84 (EPSG:4326), longitude first. GCJ-02, which Chinese maps show, is converted at the edge."""

import math

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import connection
from django.utils.translation import gettext as _

from anji_police.errors import InvalidInput

SRID = 4326
_AXIS = 6378245.0  # Krasovsky 1940 semi-major axis in metres, as GCJ-02 uses it
_ECCENTRICITY = 0.00669342162296594323  # first eccentricity squared of the same ellipsoid
# Outside this box GCJ-02 is the same as WGS-84.
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)


def _wave(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 105.0, lat - 35.0
    common = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + common
    d_lat += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    d_lat += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + common
    d_lon += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    d_lon += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    return d_lon, d_lat


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Degrees in, degrees out; the identity outside China."""
    west, south, east, north = _CHINA
    if not (west <= lon <= east and south <= lat <= north):
        return lon, lat
    d_lon, d_lat = _wave(lon, lat)
    phi = math.radians(lat)
    magic = 1 - _ECCENTRICITY * math.sin(phi) ** 2
    root = math.sqrt(magic)
    d_lat = math.degrees(d_lat / (_AXIS * (1 - _ECCENTRICITY) / (magic * root)))
    d_lon = math.degrees(d_lon / (_AXIS / root * math.cos(phi)))
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The inverse of wgs84_to_gcj02() by iteration; the error is under 0.01 m."""
    guess_lon, guess_lat = lon, lat
    for _round in range(10):
        shown_lon, shown_lat = wgs84_to_gcj02(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - shown_lon, guess_lat + lat - shown_lat
        if abs(lon - shown_lon) < 1e-9 and abs(lat - shown_lat) < 1e-9:
            break
    return guess_lon, guess_lat


def point(lon: float, lat: float, *, datum: str = "wgs84") -> Point:
    """A point in SRID 4326 from degrees in `datum` ("wgs84", "cgcs2000" or "gcj02").

    Raises InvalidInput for a value that is no number or lies off the globe.
    """
    try:
        lon, lat = float(lon), float(lat)
    except (TypeError, ValueError):
        raise InvalidInput(_("The coordinates are not numbers.")) from None
    if not (math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInput(_("The coordinates lie off the globe."))
    if datum == "gcj02":
        lon, lat = gcj02_to_wgs84(lon, lat)
    return Point(round(lon, 7), round(lat, 7), srid=SRID)


def metres_between(one: GEOSGeometry, other: GEOSGeometry) -> float:
    """The shortest way over the ground between two shapes in SRID 4326, in metres; 0 for a point within an area."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Distance(%s::geometry::geography, %s::geometry::geography)",
            [one.hexewkb.decode(), other.hexewkb.decode()],
        )
        return cursor.fetchone()[0]
