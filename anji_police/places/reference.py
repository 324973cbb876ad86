"""Reference data of this app: divisions, outlines and seats, police units and their jurisdictions.

Entered by `manage.py load_reference`, as often as one likes: names and published outlines follow the files, official
boundaries stay, and units, which belong to the bureau once they are there, are only added, never changed.
"""

import csv
import datetime
import json

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from anji_police.audit.services import acting
from anji_police.geo import SRID
from anji_police.places import services
from anji_police.places.areas import derive_township_areas
from anji_police.places.models import Jurisdiction, Place, Unit

_LEVELS = [
    Place.Level.PROVINCE,
    Place.Level.PREFECTURE,
    Place.Level.COUNTY,
    Place.Level.TOWNSHIP,
    Place.Level.VILLAGE,
]
# The day from which the seeded jurisdictions count: older records than the portal's first imports there are none.
JURISDICTIONS_FROM = datetime.date(2020, 1, 1)


def load(stdout) -> None:
    with acting(reason="reference data"), transaction.atomic():
        divisions = load_divisions()
        outlines = load_outlines()
        seats = load_seats()
        derived = derive_township_areas(settings.COUNTY_CODE)
        units = load_units()
    stdout.write(
        f"places: {divisions} divisions, {outlines} outlines, {seats} seats and {derived} derived areas written; "
        f"{units} units added"
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (settings.DATA_DIR / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_divisions() -> int:
    """Names and parents of all divisions; returns how many rows were new or different."""
    rows = {row["code"]: row for row in _rows("china_divisions.csv") + _rows("anji_divisions.csv")}
    written = 0
    keys = dict(Place.objects.values_list("code", "pk"))
    for level in _LEVELS:
        known = {
            p.code: (p.name, p.parent_id)
            for p in Place.objects.filter(level=level).only("code", "name", "parent")
        }
        places = [
            Place(code=row["code"], name=row["name"], level=level, parent_id=keys.get(row["parent_code"]))
            for row in rows.values()
            if row["level"] == level
        ]
        changed = [place for place in places if known.get(place.code) != (place.name, place.parent_id)]
        Place.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "parent"],
            batch_size=1000,
        )
        written += len(changed)
        keys.update(Place.objects.filter(level=level).values_list("code", "pk"))
    return written


def load_outlines() -> int:
    """Published outlines of the county and its neighbours; an official boundary is left alone."""
    features = []
    for path in (settings.BOUNDARY_FILE, settings.DATA_DIR / "neighbour_boundaries.geojson"):
        features += json.loads(path.read_text(encoding="utf-8"))["features"]
    written = 0
    for feature in features:
        place = Place.objects.get(code=feature["properties"]["code"])
        area = GEOSGeometry(json.dumps(feature["geometry"]), srid=SRID)
        area = area if isinstance(area, MultiPolygon) else MultiPolygon(area, srid=SRID)
        if place.area_source == Place.AreaSource.OFFICIAL or (
            place.area is not None and place.area.equals_exact(area)
        ):
            continue
        place.area, place.area_source = area, Place.AreaSource.PUBLISHED
        place.save(update_fields=["area", "area_source"])
        written += 1
    return written


def load_seats() -> int:
    """Approximate seats of the townships; one that somebody set since is left alone."""
    written = 0
    for row in _rows("anji_township_seats.csv"):
        seat = Point(float(row["longitude"]), float(row["latitude"]), srid=SRID)
        written += Place.objects.filter(code=row["code"], seat__isnull=True).update(seat=seat)
    return written


def load_units() -> int:
    """The bureau and its units, with their townships; returns how many were added. Existing units keep what they are."""
    added = 0
    for row in _rows("police_units.csv"):
        if Unit.objects.filter(code=row["code"]).exists():
            continue
        parent = Unit.objects.get(code=row["parent_code"]) if row["parent_code"] else None
        place_codes = row["townships"].split()
        seat = Place.objects.get(code=place_codes[0]).seat if place_codes else None
        unit = services.create_unit(
            actor=None,
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            kind=row["kind"],
            parent=parent,
            seat=seat,
        )
        added += 1
        for place in Place.objects.filter(code__in=place_codes):
            if not Jurisdiction.objects.filter(place=place).exists():
                Jurisdiction.objects.create(unit=unit, place=place, valid=DateRange(JURISDICTIONS_FROM, None))
    return added
