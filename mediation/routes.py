"""What mediation takes from the help desk and from other fields."""

from django.utils.translation import gettext_lazy as _

from anji_police import routing
from mediation import services
from mediation.models import Dispute, Party
from mediation.services import PartySpec

# The help desk's answers to what a dispute is about, in mediation's terms.
_TYPES = {
    "neighbours": Dispute.Type.NEIGHBOURS,
    "family": Dispute.Type.FAMILY,
    "wages": Dispute.Type.WAGES,
    "debt": Dispute.Type.DEBT,
    "land": Dispute.Type.LAND,
    "injury": Dispute.Type.INJURY,
    "consumer": Dispute.Type.CONSUMER,
}


@routing.takes("mediation.dispute", label=_("dispute mediation"), permission="mediation.register_dispute")
def take_dispute(*, handover: routing.Handover, actor) -> Dispute:
    """Register a dispute from a citizen's request or another field's record; who told of it is the applicant."""
    from_request = handover.source == routing.REQUEST
    return services.register(
        actor=actor,
        source=Dispute.Source.REQUEST if from_request else Dispute.Source.FIELD,
        source_code=handover.code,
        type=_TYPES.get(handover.about, Dispute.Type.OTHER),
        title=" ".join(handover.title.split())[:40].strip(),
        facts=handover.facts,
        unit=handover.unit or actor.unit,
        place=handover.place,
        location=handover.location,
        parties=[
            PartySpec(
                side=Party.Side.APPLICANT,
                name=handover.name or str(_("Anonymous applicant")),
                phone=handover.phone,
            ),
        ],
        is_demo=handover.is_demo,
    )
