"""Acts around the match: what the parties declare, whom they do not want, and asking a pair."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.places.models import Place
from anji_police.workflow import services as workflow
from mediation.models import DISPATCH, OPEN, Assignment, Dispute, Mediator, Party, Rejection
from mediation.services.common import held, must_be, record, require
from mediation.services.dispatching import offer


def declare_origin(*, party: Party, actor: User, origin: Place | None, dialects: list[str] = ()) -> Party:
    """Record which origin and speech a party declares; both are the person's own word, and None and nothing are an answer."""
    require(actor, DISPATCH)
    if len(dialects) > 10 or any(len(word) > 20 for word in dialects):
        raise InvalidInput(fields={"dialects": [_("At most ten, of up to 20 characters each.")]})
    with transaction.atomic():
        dispute = held(party.dispute, actor)
        must_be(dispute, *OPEN)
        party = Party.objects.select_for_update(of=("self",)).get(pk=party.pk, dispute=dispute)
        party.origin, party.dialects = origin, list(dict.fromkeys(dialects))
        party.save(update_fields=["origin", "dialects"])
        workflow.save(dispute)
        record(actor, "origin-declared", dispute, after={"side": party.side})
    return party


def reject_mediator(*, dispute: Dispute, mediator: Mediator, actor: User, reason: str) -> Rejection:
    """The parties do not want a mediator (人民调解法 art. 23), who is not proposed for this dispute again."""
    require(actor, DISPATCH)
    if not 2 <= len(reason.strip()) <= 300:
        raise InvalidInput(fields={"reason": [_("Give the reason.")]})
    try:
        with transaction.atomic():
            dispute = held(dispute, actor)
            must_be(dispute, *OPEN)
            row = Rejection.objects.create(
                dispute=dispute, mediator=mediator, reason=reason.strip(), recorded_by=actor
            )
            workflow.save(dispute)
            record(
                actor,
                "mediator-rejected",
                dispute,
                after={"mediator": mediator.name},
                reason=reason.strip(),
            )
    except IntegrityError:
        raise DomainError(_("This is on record already.")) from None
    return row


def offer_pair(
    *, dispute: Dispute, actor: User, lead: Mediator, second: Mediator, version: int | None = None
) -> list[Assignment]:
    """Ask two mediators at once, one close to each side: `lead` leads, `second` assists. Both are asked, or nobody."""
    if lead.pk == second.pk:
        raise InvalidInput(fields={"second": [_("A pair is two people.")]})
    with transaction.atomic():
        first = offer(
            dispute=dispute, actor=actor, mediator=lead, version=version, match=Assignment.Match.PAIR
        )
        other = offer(
            dispute=dispute,
            actor=actor,
            mediator=second,
            role=Assignment.Role.ASSISTS,
            match=Assignment.Match.PAIR,
        )
    return [first, other]
