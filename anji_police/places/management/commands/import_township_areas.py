"""Replaces derived township areas with official ones."""

import json
from pathlib import Path

from django.conf import settings
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from anji_police.audit import services as audit
from anji_police.geo import SRID, gcj02_to_wgs84
from anji_police.places import mapbase
from anji_police.places.areas import derive_township_areas
from anji_police.places.models import Place


class Command(BaseCommand):
    help = (
        "Import official township areas from a GeoJSON file; each feature has properties.code, the 9-digit GB/T 10114 code. "
        "Areas of townships that the file does not name are derived again around them."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--datum",
            choices=["wgs84", "cgcs2000", "gcj02"],
            default="wgs84",
            help="of the file; stored is WGS-84",
        )

    def handle(self, *, file: Path, datum: str, **options) -> None:
        try:
            features = json.loads(file.read_text(encoding="utf-8"))["features"]
        except (OSError, ValueError, KeyError, TypeError):
            raise CommandError(f"{file} is no readable GeoJSON feature collection.") from None
        with audit.acting(reason=f"official areas from {file.name}"), transaction.atomic():
            for feature in features:
                self._import(feature, datum, file.name)
            derive_township_areas(settings.COUNTY_CODE)
        mapbase.forget()
        self.stdout.write(f"{len(features)} official areas imported")

    def _import(self, feature: dict, datum: str, source: str) -> None:
        code = str((feature.get("properties") or {}).get("code", ""))
        place = Place.objects.townships().select_for_update().filter(code=code).first()
        if place is None:
            raise CommandError(f"There is no township with the code {code!r}; nothing was imported.")
        before = place.area_source
        place.area, place.area_source = _area(feature, datum, code), Place.AreaSource.OFFICIAL
        place.save(update_fields=["area", "area_source"])
        audit.record(
            actor=None,
            action="places.area.imported",
            subject=place,
            before={"source": before},
            after={"source": place.area_source, "file": source, "datum": datum},
        )


def _area(feature: dict, datum: str, code: str) -> MultiPolygon:
    geometry = feature.get("geometry") or {}
    try:
        if datum == "gcj02":
            geometry = {**geometry, "coordinates": _converted(geometry["coordinates"])}
        area = GEOSGeometry(json.dumps(geometry), srid=SRID)
    except (ValueError, KeyError, TypeError, GEOSException, GDALException):
        raise CommandError(f"The geometry of {code} cannot be read; nothing was imported.") from None
    if area.geom_type == "Polygon":
        area = MultiPolygon(area, srid=SRID)
    if area.geom_type != "MultiPolygon" or area.empty or not area.valid:
        raise CommandError(f"The geometry of {code} is no valid polygon; nothing was imported.")
    return area


def _converted(coordinates):
    if coordinates and isinstance(coordinates[0], (int, float)):
        return list(gcj02_to_wgs84(coordinates[0], coordinates[1]))
    return [_converted(part) for part in coordinates]
