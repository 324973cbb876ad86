"""Which volunteers (守源义警) could assist in a dispute, and why."""

from dataclasses import dataclass

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
    """A volunteer who could assist: who, of which team, and why, in words. `pk` is the volunteer's key in its own field; `url` is
    empty for who is out of the reader's sight."""

    pk: int
    name: str
    team: str
    reason: str
    url: str
    metres: float | None

    @property
    def km(self) -> str:
        return "" if self.metres is None else f"{self.metres / 1000:.1f}"


def for_dispute(dispute: Dispute, user) -> list[Assistant]:
    """The nearest of the volunteers whom `user` may ask to assist in `dispute`: who may serve today and shares an origin or a dialect
    with a party, is no party, and was not asked already. Nobody while no party has declared either."""
    parties = list(dispute.parties.select_related("origin"))
    origins = list({party.origin for party in parties if party.origin_id})
    dialects = sorted({word for party in parties for word in party.dialects})
    if not origins and not dialects:
        return []
    asked = Assistance.objects.on(dispute).current().values("member")
    point = dispute.location or (dispute.place.seat if dispute.place_id else None)
    ready = selectors.assistants(on=today(), origins=origins, dialects=dialects, point=point)
    found = list(ready.exclude(are_parties(dispute) | Q(pk__in=asked))[:MOST])
    seen = set(
        Member.objects.visible_to(user).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True)
    )
    return [
        Assistant(
            row.pk,
            row.name,
            str(row.team),
            _reason(row, origins, dialects),
            row.get_absolute_url() if row.pk in seen else "",
            None if row.distance is None else row.distance.m,
        )
        for row in found
    ]


def _reason(member: Member, origins: list[Place], dialects: list[str]) -> str:
    if member.origin in origins:
        return _("comes from %(place)s, too") % {"place": member.origin}
    shared = [word for word in member.dialects if word in dialects]
    return _("speaks %(dialects)s, too") % {"dialects": "、".join(shared)}
