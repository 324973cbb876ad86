"""Handing a dispute over, in and out: court, governance centre, 12345, another station; with receipt and answer."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.notifications import services as notifications
from anji_police.places.models import Unit
from anji_police.workflow import services as workflow
from mediation.models import OPEN, Dispute, Referral
from mediation.services.common import held, must_be, record, require, told
from mediation.services.grading import chief_of
from mediation.services.limits import OUTSIDE, RECEIPT, refresh_due

REFER = "mediation.refer_dispute"
_NAMED = (Referral.Body.COURT, Referral.Body.OUTSIDE, Referral.Body.DEPARTMENT)


@dataclass(frozen=True)
class ReferredBy:
    """Who referred a dispute to us, and its number there."""

    body: str
    reason: str
    body_name: str = ""
    number: str = ""


def note_referral_in(dispute: Dispute, actor: User, by: ReferredBy) -> Referral:
    """The row of a dispute that came by referral; received with its registration."""
    if by.body not in Referral.Body.values or by.body == Referral.Body.STATION:
        raise InvalidInput(fields={"referred_body": [_("Choose one of the answers.")]})
    return Referral.objects.create(
        dispute=dispute,
        direction=Referral.Direction.IN,
        body=by.body,
        body_name=by.body_name.strip()[:80],
        number=by.number.strip()[:40],
        reason=told(by.reason, "referred_reason", _("Give the reason.")),
        sent_by=actor,
        received_at=timezone.now(),
        receipt=dispute.code,
    )


def refer_out(
    *,
    dispute: Dispute,
    actor: User,
    body: str,
    reason: str,
    body_name: str = "",
    unit: Unit | None = None,
) -> Referral:
    """Refer a dispute on; it stays open with us until the receipt. What happened outside our area is moved within 24 hours
    (程序规定 art. 61)."""
    require(actor, REFER)
    if body not in Referral.Body.values:
        raise InvalidInput(fields={"body": [_("Choose one of the answers.")]})
    reason = told(reason, "reason", _("Give the reason."))
    if body in _NAMED:
        told(body_name, "body_name", _("Name who gets it."), least=2)
    if (body == Referral.Body.STATION) != (unit is not None):
        raise InvalidInput(fields={"unit": [_("Name the station that gets it.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_be(dispute, *OPEN)
        if unit is not None and (unit.pk == dispute.unit_id or unit.kind == Unit.Kind.DEPARTMENT):
            raise InvalidInput(fields={"unit": [_("Name another police station.")]})
        if dispute.referrals.filter(direction="out", answered_at=None).exists():
            raise DomainError(_("It is referred on already; wait for the answer."))
        row = Referral.objects.create(
            dispute=dispute,
            direction=Referral.Direction.OUT,
            body=body,
            body_name=body_name.strip()[:80],
            unit=unit,
            reason=reason,
            sent_by=actor,
        )
        if body in (Referral.Body.STATION, Referral.Body.OUTSIDE):
            workflow.meet_clock(dispute, OUTSIDE)
        workflow.start_clock(record=dispute, kind=RECEIPT, rule=RECEIPT, at=row.sent_at)
        refresh_due(dispute)
        workflow.save(dispute)
        record(actor, "referred", dispute, after={"body": body, "to": body_name or unit}, reason=reason)
        if unit is not None:
            notifications.tell_all(
                users=User.objects.police().filter(unit=unit),
                text=_("%(code)s is referred to your station. Confirm the receipt, or send it back.")
                % {"code": dispute.code},
                url=dispute.get_absolute_url(),
                key=f"mediation.referral:{row.pk}",
            )
    return row


def _of(referral: Referral, actor: User) -> tuple[Dispute, Referral]:
    dispute = held(referral.dispute, actor)
    row = Referral.objects.select_for_update(of=("self",)).select_related("unit").get(pk=referral.pk)
    if row.answered_at:
        raise DomainError(_("This referral was answered already."))
    return dispute, row


def _speaks_for(actor: User, row: Referral) -> bool:
    """The receiving station answers for itself; for a body outside, whoever of us heard from it."""
    return row.unit_id is None or Unit.objects.visible_to(actor).filter(pk=row.unit_id).exists()


def confirm_receipt(*, referral: Referral, actor: User, receipt: str = "") -> Referral:
    """The receiver has it. Another station takes the dispute over with this, and answers for it from now on."""
    require(actor, REFER)
    with transaction.atomic():
        dispute, row = _of(referral, actor)
        if not _speaks_for(actor, row):
            raise NotAllowed(_("The station that gets it confirms the receipt."))
        if row.received_at:
            raise DomainError(_("The receipt was confirmed already."))
        if row.unit_id is None:
            receipt = told(receipt, "receipt", _("Enter who confirmed it, or the number."), most=80)
        row.received_at, row.receipt = timezone.now(), receipt.strip()[:80] or actor.name
        workflow.meet_clock(dispute, RECEIPT)
        if row.unit_id is not None:
            row.answer, row.answered_at = _("taken over"), row.received_at
            dispute.unit = row.unit
            dispute.leader = chief_of(dispute) if dispute.leader_id else None
            dispute.follow_ups.open().update(assignee=None)
        row.save()
        workflow.save(dispute, "unit", "leader")
        refresh_due(dispute)
        record(actor, "referral-received", dispute, after={"receipt": row.receipt, "unit": dispute.unit.name})
    return row


def answer_referral(*, referral: Referral, actor: User, answer: str) -> Referral:
    """What became of it: the answer that we got, or, of a referral to us, the one that we gave. A station that answers without a
    receipt has sent it back."""
    require(actor, REFER)
    answer = told(answer, "answer", _("Say what became of it, in at least four characters."), least=4)
    with transaction.atomic():
        dispute, row = _of(referral, actor)
        if not _speaks_for(actor, row):
            raise NotAllowed(_("The station that gets it confirms the receipt."))
        row.answer, row.answered_at = answer, timezone.now()
        row.save(update_fields=["answer", "answered_at"])
        if row.direction == Referral.Direction.OUT:
            workflow.meet_clock(dispute, RECEIPT)
        workflow.save(dispute)
        refresh_due(dispute)
        record(actor, "referral-answered", dispute, after={"direction": row.direction}, reason=answer)
    return row
