"""Phone numbers of parties for the mediators who have to call them."""

from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import NotAllowed
from mediation.models import CALL, OPEN, Party
from mediation.services.common import must_take_part, require


def number_to_call(*, party: Party, actor: User, reason: str) -> str:
    """The number to dial, for police who may see personal data and for who mediates; the access row comes first."""
    if actor.is_police:
        require(actor, "audit.reveal_personal_data")
        return audit.reveal(actor=actor, subject=party, fields=["phone"], reason=reason)["phone"]
    return reveal_phone(party=party, actor=actor, reason=reason)


def reveal_phone(*, party: Party, actor: User, reason: str) -> str:
    """The phone number of a party of an open dispute, for its lead or an assistant who has accepted. Police use audit:reveal.

    An access row with the reason is kept before the number leaves. Raises NotAllowed, or InvalidInput without a reason.
    """
    require(actor, CALL)
    must_take_part(party.dispute, actor)
    if party.dispute.status not in OPEN:
        raise NotAllowed(_("The dispute is closed."))
    return audit.reveal(actor=actor, subject=party, fields=["phone"], reason=reason)["phone"]
