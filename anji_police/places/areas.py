"""Township areas for as long as the bureau has not imported the official ones, and the outlines for the map base.

All shapes are in WGS-84 (EPSG:4326), longitude first.
"""

import math

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

from anji_police.geo import SRID
from anji_police.places.models import Place


def to_shapely(geometry: GEOSGeometry) -> BaseGeometry:
    return shapely.from_wkb(bytes(geometry.wkb))


def to_multipolygon(shape: BaseGeometry) -> MultiPolygon:
    """The polygons of `shape`; lines and points that an intersection leaves over are dropped."""
    polygons = [part for part in _parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    return MultiPolygon([GEOSGeometry(part.wkt, srid=SRID) for part in polygons], srid=SRID)


def _parts(shape: BaseGeometry):
    for part in getattr(shape, "geoms", [shape]):
        if hasattr(part, "geoms"):
            yield from _parts(part)
        else:
            yield part


def nearest_seat_areas(
    seats: dict[str, BaseGeometry], within: BaseGeometry, taken: BaseGeometry | None = None
) -> dict[str, BaseGeometry]:
    """Cut `within` (less `taken`) among the seats, each point to the nearest seat (Voronoi).

    Degrees of longitude are shrunk by the cosine of the latitude first, so that near means near on the ground: over one
    county the error of that is under 1 %.
    """
    if not seats:
        return {}
    if len(seats) == 1:
        cells = [within.envelope]
        stretch = 1.0
    else:
        stretch = math.cos(math.radians(within.centroid.y))
        flat = shapely.MultiPoint([scale(seat, stretch, 1, origin=(0, 0)) for seat in seats.values()])
        frame = scale(within.envelope.buffer(1), stretch, 1, origin=(0, 0))
        cells = list(shapely.voronoi_polygons(flat, extend_to=frame).geoms)
    cells = [scale(cell, 1 / stretch, 1, origin=(0, 0)) for cell in cells]
    free = within if taken is None else within.difference(taken)
    return {
        code: next(cell for cell in cells if cell.intersects(seat)).intersection(free)
        for code, seat in seats.items()
    }


def derive_township_areas(county_code: str) -> int:
    """Give every township without an official boundary the part of the county that is nearest to its seat.

    Official boundaries are never touched, and what they cover is left out. Returns how many areas were written; areas that
    are right already are not written again.
    """
    with transaction.atomic():
        county = Place.objects.select_for_update().get(code=county_code)
        townships = list(Place.objects.select_for_update().townships().filter(parent=county))
        official = [p for p in townships if p.area_source == Place.AreaSource.OFFICIAL]
        open_ones = [p for p in townships if p not in official and p.seat is not None]
        if county.area is None:
            return 0
        taken = shapely.union_all([to_shapely(p.area) for p in official]) if official else None
        seats = {p.code: to_shapely(p.seat) for p in open_ones}
        areas = nearest_seat_areas(seats, to_shapely(county.area), taken)
        changed = []
        for place in open_ones:
            area = to_multipolygon(areas[place.code])
            if area.empty:
                place.area, place.area_source = None, Place.AreaSource.NONE
            elif place.area is not None and place.area.equals_exact(area, 1e-9):
                continue
            else:
                place.area, place.area_source = area, Place.AreaSource.DERIVED
            changed.append(place)
        Place.objects.bulk_update(changed, ["area", "area_source"])
    return len(changed)


# About 60 m: less than one pixel at the zoom at which the whole county fills a screen.
_TOLERANCE = 0.0006


def outlines(places) -> dict[int, BaseGeometry]:
    """Simplified areas by primary key. Places that share a border still share it afterwards."""
    places = [place for place in places if place.area is not None]
    shapes = [to_shapely(place.area) for place in places]
    simple = shapely.coverage_simplify(shapes, _TOLERANCE) if shapes else []
    return {
        place.pk: shapely.set_precision(new if new.is_valid and not new.is_empty else old, 1e-5)
        for place, new, old in zip(places, simple, shapes, strict=True)
    }
