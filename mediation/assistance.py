"""The seam to the volunteers, who may assist a mediation (守源义警). The only place where this field asks them."""

from dataclasses import dataclass, replace
from datetime import date

from django.contrib.gis.geos import Point
from django.db.models import Q
from django.utils.translation import gettext as _

from anji_police.periods import today
from anji_police.places.models import Place
from mediation.models import Dispute
from mediation.services.assisting import are_parties
from volunteers import selectors
from volunteers.models import Assistance, Member

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

    @property
    def km(self) -> str:
        return "" if self.metres is None else f"{self.metres / 1000:.1f}"


def for_dispute(dispute: Dispute, user) -> list[Assistant]:
    """The volunteers whom `user` may ask to assist in `dispute`: no party, and nobody who was asked already. A volunteer out of the
    user's sight is named without a link."""
    parties = list(dispute.parties.select_related("origin"))
    asked = Assistance.objects.on(dispute).current()
    found = assistants(
        on=today(),
        origins=sorted({party.origin.code for party in parties if party.origin_id}),
        dialects=sorted({word for party in parties for word in party.dialects}),
        point=dispute.location or (dispute.place.seat if dispute.place_id else None),
        without=are_parties(dispute) | Q(pk__in=asked.values("member")),
    )
    seen = set(
        Member.objects.visible_to(user).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True)
    )
    return [row if row.pk in seen else replace(row, url="") for row in found]


def assistants(
    *, on: date, origins: list[str], dialects: list[str], point: Point | None, without: Q | None = None
) -> list[Assistant]:
    """The nearest to `point` (SRID 4326) of the volunteers who may serve on `on` and share one of `origins` (GB/T 2260 codes) or
    `dialects`, except `without`. Nobody without either."""
    places = list(Place.objects.filter(code__in=origins))
    if not places and not dialects:
        return []
    found = selectors.assistants(on=on, origins=places, dialects=dialects, point=point)
    found = (found.exclude(without) if without is not None else found)[:MOST]
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
