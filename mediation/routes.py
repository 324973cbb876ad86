"""Requests of citizens that mediation takes."""

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
def take_dispute(*, request, actor) -> Dispute:
    """Register a dispute from a help-desk request; its sender is the applicant."""
    name = request.reporter_name.reveal() or str(_("Anonymous applicant"))
    return services.register(
        actor=actor,
        source=Dispute.Source.REQUEST,
        source_code=request.reference,
        type=_TYPES.get(request.answers.get("about", ""), Dispute.Type.OTHER),
        title=" ".join(request.description.split())[:40].strip(),
        facts=request.description,
        unit=request.unit or actor.unit,
        place=request.village or request.township,
        location=request.location,
        parties=[
            PartySpec(side=Party.Side.APPLICANT, name=name, phone=request.reporter_phone.reveal()),
        ],
        is_demo=request.is_demo,
    )
