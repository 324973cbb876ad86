"""The outlines that every map of the portal stands on, as one GeoJSON document (RFC 7946)."""

import gzip
import hashlib
from typing import NamedTuple

import orjson
import shapely
from django.conf import settings
from django.core.cache import cache

from anji_police.places.areas import outlines
from anji_police.places.models import Place

_KEY = "places.base"
_SECONDS = 600  # a boundary that somebody imports is on every map ten minutes later


class Document(NamedTuple):
    plain: bytes
    gzipped: bytes
    etag: str


def base_map() -> Document:
    """County, neighbours and townships, simplified to about 60 m, five decimals (1 m). From the cache of the process."""
    document = cache.get(_KEY)
    if document is None:
        plain = orjson.dumps({"type": "FeatureCollection", "features": _features()})
        etag = f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"'
        document = Document(plain, gzip.compress(plain, mtime=0), etag)
        cache.set(_KEY, document, _SECONDS)
    return document


def forget() -> None:
    """Draw the map base anew at the next request to this process."""
    cache.delete(_KEY)


def _features() -> list[dict]:
    county = Place.objects.filter(code=settings.COUNTY_CODE, area__isnull=False).first()
    if county is None:
        return []
    townships = list(Place.objects.townships().filter(parent=county))
    neighbours = list(
        Place.objects.filter(level=Place.Level.COUNTY, area__isnull=False)
        .exclude(pk=county.pk)
        .order_by("code")
    )
    inner, outer = outlines(townships), outlines([county, *neighbours])
    if townships and len(inner) == len(townships):
        # The county's line is then the townships' outer line, so that nothing shows between them.
        outer[county.pk] = shapely.union_all(list(inner.values()), grid_size=1e-5)
    found = [_feature(place, "neighbour", outer[place.pk]) for place in neighbours]
    found.append(_feature(county, "county", outer[county.pk]))
    found += [_feature(place, "township", inner[place.pk]) for place in townships if place.pk in inner]
    return found


def _feature(place: Place, kind: str, shape) -> dict:
    seat = [round(place.seat.x, 5), round(place.seat.y, 5)] if place.seat else None
    return {
        "type": "Feature",
        "id": place.code,
        "properties": {
            "kind": kind,
            "code": place.code,
            "name": place.name,
            "area_source": place.area_source,
            "seat": seat,
        },
        "geometry": _rounded(shapely.geometry.mapping(shape)),
    }


def _rounded(geometry: dict) -> dict:
    def walk(item):
        return round(item, 5) if isinstance(item, float) else [walk(part) for part in item]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}
