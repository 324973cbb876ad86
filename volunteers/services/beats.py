"""Beats and their checkpoints."""

import json

from django.contrib.gis.geos import GEOSException, GEOSGeometry, Point
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import InvalidInput, NotAllowed
from anji_police.geo import SRID
from anji_police.places.models import Unit
from volunteers.models import Beat, Checkpoint, Team
from volunteers.models.people import oversees
from volunteers.models.shifts import PLAN_SHIFT
from volunteers.services.common import record, require

# Generously around the county: a beat elsewhere is a slip, such as latitude and longitude in the wrong order.
_AROUND = (118.5, 30.0, 120.5, 31.3)
MAX_POINTS = 5000


def shape_from(text: str) -> GEOSGeometry:
    """A polygon or a line from GeoJSON (a geometry or a feature), WGS-84, longitude first. Raises InvalidInput in words."""

    def refuse(words: str):
        raise InvalidInput(fields={"shape": [words]})

    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        refuse(_("This can't be read as GeoJSON."))
    if isinstance(found, dict) and found.get("type") == "FeatureCollection":
        features = found.get("features")
        found = features[0] if isinstance(features, list) and len(features) == 1 else None
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    if not isinstance(found, dict) or found.get("type") not in ("Polygon", "LineString"):
        refuse(_("A beat is one area (Polygon) or one route (LineString)."))
    try:
        shape = GEOSGeometry(json.dumps(found), srid=SRID)
    except (GEOSException, ValueError, TypeError, RecursionError):
        refuse(_("This can't be read as GeoJSON."))
    except Exception as error:  # GDAL has exceptions of its own for what it can't read
        if type(error).__module__.startswith("django.contrib.gis"):
            refuse(_("This can't be read as GeoJSON."))
        raise
    if shape.empty or not shape.valid or shape.num_coords > MAX_POINTS:
        refuse(_("The shape is empty, crosses itself or has too many points."))
    if shape.hasz:
        shape = _flat(shape)
    west, south, east, north = _AROUND
    xmin, ymin, xmax, ymax = shape.extent
    if not (west <= xmin and xmax <= east and south <= ymin and ymax <= north):
        refuse(_("The shape does not lie in the county. Longitude comes first, in WGS-84."))
    return shape


def _flat(shape: GEOSGeometry) -> GEOSGeometry:
    """Without heights."""
    plain = json.loads(shape.geojson)

    def cut(level):
        return level[:2] if level and isinstance(level[0], (int, float)) else [cut(part) for part in level]

    plain["coordinates"] = cut(plain["coordinates"])
    return GEOSGeometry(json.dumps(plain), srid=SRID)


def add_beat(
    *,
    actor: User,
    name: str,
    unit: Unit,
    shape: GEOSGeometry,
    team: Team | None = None,
    checkpoints: list[tuple[str, Point]] = (),
    is_demo: bool = False,
) -> Beat:
    """Enter a beat with its checkpoints in order. By the police; `shape` is a polygon or a line in SRID 4326."""
    require(actor, PLAN_SHIFT)
    if not actor.is_police:
        raise NotAllowed(_("The police station draws the beats."))
    faults = {}
    if not 2 <= len(name.strip()) <= 60:
        faults["name"] = [_("Give it a name of 2 to 60 characters.")]
    if not oversees(actor) and not Unit.objects.visible_to(actor).filter(pk=unit.pk).exists():
        faults["unit"] = [_("Choose a unit of your own.")]
    if team is not None and team.unit_id != unit.pk:
        faults["team"] = [_("The team belongs to another unit.")]
    if len(checkpoints) > 50:
        faults["checkpoints"] = [_("A beat has at most 50 checkpoints.")]
    if faults:
        raise InvalidInput(fields=faults)
    try:
        with transaction.atomic():
            beat = Beat.objects.create(name=name.strip(), unit=unit, team=team, shape=shape, is_demo=is_demo)
            Checkpoint.objects.bulk_create(
                Checkpoint(beat=beat, number=number, name=label.strip()[:60], point=point)
                for number, (label, point) in enumerate(checkpoints, start=1)
            )
            record(actor, "beat.added", beat, after={"unit": unit.name, "checkpoints": len(checkpoints)})
    except IntegrityError:
        raise InvalidInput(fields={"name": [_("There is a beat of this name already.")]}) from None
    return beat
