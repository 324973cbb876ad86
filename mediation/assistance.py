"""The seam to the volunteers, who may assist a mediation (守源义警). The only place where this field knows of them."""

from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec

from django.contrib.gis.geos import Point


@dataclass(frozen=True)
class Assistant:
    """A volunteer who could assist: who, of which team, and why, in words. `pk` is the volunteer's key in its own field."""

    pk: int
    name: str
    team: str
    reason: str
    url: str = ""
    metres: float | None = None


def assistants(*, on: date, origins: list[str], dialects: list[str], point: Point | None) -> list[Assistant]:
    """Volunteers who are active on `on` and share one of `origins` (GB/T 2260 codes) or `dialects`, the nearest to `point`
    (SRID 4326) first. Nobody while the field of volunteers is not installed."""
    if find_spec("volunteers") is None:
        return []
    found = import_module("volunteers.selectors").assistants(
        on=on, origins=origins, dialects=dialects, point=point
    )
    return [
        Assistant(
            row.pk, row.name, row.team, row.reason, getattr(row, "url", ""), getattr(row, "metres", None)
        )
        for row in found
    ]
