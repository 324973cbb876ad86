"""The seam to the volunteers, who may assist a mediation (守源义警). The only place where this field asks them."""

from dataclasses import dataclass
from datetime import date

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from anji_police.places.models import Place
from volunteers import selectors

MOST = 5


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
    """The nearest to `point` (SRID 4326) of the volunteers who may serve on `on` and share one of `origins` (GB/T 2260 codes) or
    `dialects`. Nobody without either."""
    places = list(Place.objects.filter(code__in=origins))
    if not places and not dialects:
        return []
    found = selectors.assistants(on=on, origins=places, dialects=dialects, point=point)[:MOST]
    return [
        Assistant(
            row.pk,
            row.name,
            str(row.team),
            _reason(row, places, dialects),
            row.get_absolute_url(),
            None if row.distance is None else row.distance.m,
        )
        for row in found
    ]


def _reason(member, places: list[Place], dialects: list[str]) -> str:
    shared = [word for word in member.dialects if word in dialects]
    if member.origin_id in {place.pk for place in places}:
        return _("comes from %(place)s, too") % {"place": member.origin}
    return _("speaks %(dialects)s, too") % {"dialects": "、".join(shared)}
