"""What the agreement binds to, and the ways that are left when it is not kept."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import today
from anji_police.workflow import services as workflow
from mediation.models import MEDIATE, Dispute, DisputeStatus, Party, PerformanceItem, PoliceCase
from mediation.services import public_security
from mediation.services.common import held, must_be, must_take_part, record, require, sync_due, tell_origin

ROUTES = gettext_lazy(
    "The agreement was not kept. You can apply to the court for enforcement if the court has confirmed it, or sue."
)


def record_performance(
    *,
    dispute: Dispute,
    actor: User,
    done: dict[int, date] | None = None,
    failed_reason: str = "",
    proof: str = "",
) -> Dispute:
    """Record which open items were performed (`done`: item key to day). When all are, the dispute is performed; with
    `failed_reason` it is marked as not performed, and the ways that are left have to be told. `proof`: what shows it, such as the
    number of a receipt. Raises InvalidInput when nothing is said, or of a foreign item."""
    require(actor, MEDIATE)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor, as_lead=True)
        must_be(dispute, DisputeStatus.EFFECTIVE, DisputeStatus.UNPERFORMED)
        items = {
            item.pk: item
            for item in PerformanceItem.objects.select_for_update(of=("self",)).filter(
                agreement__dispute=dispute, agreement__superseded_at=None
            )
        }
        if not done and not failed_reason.strip() and not all(item.done_on for item in items.values()):
            raise InvalidInput(fields={"items": [_("Tick what was performed, or say why it was not.")]})
        for key, day in (done or {}).items():
            if key not in items:
                raise InvalidInput(fields={"items": [_("This item does not belong to the agreement.")]})
            if items[key].done_on:
                raise InvalidInput(fields={"items": [_("This item was recorded as performed already.")]})
            if day > today():
                raise InvalidInput(fields={"items": [_("The day lies in the future.")]})
            items[key].done_on, items[key].proof = day, proof.strip()[:200]
            items[key].save(update_fields=["done_on", "proof"])
        if failed_reason.strip():
            target, reason = DisputeStatus.UNPERFORMED, failed_reason
        elif all(item.done_on for item in items.values()):
            target, reason = DisputeStatus.PERFORMED, ""
        else:
            target, reason = dispute.status, ""
        if done:
            record(actor, "performance-recorded", dispute, after={"items": len(done)})
        if target == dispute.status:
            workflow.save(dispute)
        else:
            workflow.move(
                record=dispute, to=target, actor=actor, reason=reason, action=f"mediation.dispute.{target}"
            )
            if target == DisputeStatus.UNPERFORMED:
                public_security.open_case(dispute, PoliceCase.Cause.UNPERFORMED)
                tell_origin(dispute, ROUTES)
            else:
                public_security.performed_after_all(dispute, actor)
            sync_due(dispute)
    return dispute


def tell_routes(*, dispute: Dispute, actor: User, form: str) -> Dispute:
    """Record that the parties were told the ways that are left: arbitration, the authority, the court (art. 26)."""
    require(actor, MEDIATE)
    if form not in Party.Form.values:
        raise InvalidInput(fields={"form": [_("Say how they were told.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor, as_lead=True)
        must_be(dispute, DisputeStatus.FAILED, DisputeStatus.UNPERFORMED, DisputeStatus.REFUSED)
        if dispute.routes_told_at:
            raise DomainError(_("This was recorded already."))
        dispute.routes_told_at, dispute.routes_told_form = timezone.now(), form
        workflow.save(dispute, "routes_told_at", "routes_told_form")
        record(actor, "routes-told", dispute, after={"form": form})
    return dispute


def overdue_items(user, on: date | None = None):
    """Items in sight of `user` that are due and not performed, of agreements that stand, longest overdue first."""
    return (
        PerformanceItem.objects.filter(
            agreement__superseded_at=None,
            agreement__dispute__in=Dispute.objects.visible_to(user).filter(
                status__in=[DisputeStatus.EFFECTIVE, DisputeStatus.UNPERFORMED]
            ),
            done_on=None,
            due_on__lt=on or today(),
        )
        .select_related("agreement__dispute__unit", "agreement__dispute__mediator")
        .order_by("due_on", "id")
    )
