"""What the help desk is set up with: canned replies and routing rules."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import DomainError
from anji_police.helpdesk.models import CannedReply, RoutingRule
from anji_police.helpdesk.services.common import require
from anji_police.places.models import Place, Unit


def save_canned(
    *, actor: User, reply: CannedReply | None, title: str, category: str, body: str, is_active: bool = True
) -> CannedReply:
    """Add a canned reply, or change `reply`."""
    require(actor, "helpdesk.change_canned_reply")
    with transaction.atomic():
        held = (
            CannedReply.objects.select_for_update().get(pk=reply.pk) if reply and reply.pk else CannedReply()
        )
        held.title, held.category, held.body, held.is_active = (
            title.strip(),
            category,
            body.strip(),
            is_active,
        )
        held.save()
        audit.record(actor=actor, action="helpdesk.canned-reply.saved", subject=held, after={"title": title})
    return held


def add_routing_rule(*, actor: User, category: str, place: Place | None, unit: Unit) -> RoutingRule:
    """Send a category, in one township or everywhere, to `unit`. Raises DomainError where such a rule is in force."""
    require(actor, "helpdesk.change_routing_rule")
    try:
        with transaction.atomic():
            rule = RoutingRule.objects.create(category=category, place=place, unit=unit)
            audit.record(
                actor=actor,
                action="helpdesk.routing-rule.added",
                subject=rule,
                after={"category": category, "place": str(place or ""), "unit": unit.name},
            )
    except IntegrityError:
        raise DomainError(_("There is a rule for this already. End it first.")) from None
    return rule


def end_routing_rule(*, actor: User, rule: RoutingRule) -> None:
    """From now on the jurisdiction decides again."""
    require(actor, "helpdesk.change_routing_rule")
    with transaction.atomic():
        rule = RoutingRule.objects.select_for_update().get(pk=rule.pk)
        rule.is_active = False
        rule.save(update_fields=["is_active"])
        audit.record(actor=actor, action="helpdesk.routing-rule.ended", subject=rule)
