"""Closing a dispute, and opening it again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.accounts.models import User
from anji_police.errors import DomainError
from anji_police.workflow import services as workflow
from mediation.models import CLOSE, REOPEN, Assignment, Dispute, DisputeStatus, Party
from mediation.services.common import held, must_be, require, sync_due, tell_origin
from volunteers import services as volunteers


def close(*, dispute: Dispute, actor: User, reason: str = "") -> Dispute:
    """Close a dispute (结案): its follow-up visits are recorded or waived with a reason. The citizen gets the answer."""
    require(actor, CLOSE)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_be(dispute, *ENDED)
        if why := what_hinders(dispute):
            raise DomainError(why)
        dispute.closed_at = timezone.now()
        unperformed = dispute.status == DisputeStatus.UNPERFORMED
        workflow.move(
            record=dispute,
            to=DisputeStatus.CLOSED,
            actor=actor,
            reason=reason,
            action="mediation.dispute.closed",
            fields=("closed_at",),
        )
        dispute.assignments.filter(state__in=[Assignment.State.OFFERED, Assignment.State.ACCEPTED]).update(
            state=Assignment.State.ENDED
        )
        volunteers.end_all_in(dispute)
        workflow.cancel_clocks(dispute)
        sync_due(dispute)
        tell_origin(dispute, _answer(dispute, unperformed), closed=True)
    return dispute


ENDED = (
    DisputeStatus.PERFORMED,
    DisputeStatus.UNPERFORMED,
    DisputeStatus.FAILED,
    DisputeStatus.REFUSED,
)


def what_hinders(dispute: Dispute) -> str:
    """What has to be done before an ended dispute can be closed, or ""."""
    if dispute.tasks.filter(answered_at=None).exists():
        return _("The police have not answered the task yet.")
    if dispute.cases.filter(decided_on=None).exists():
        return _("The public-security case is still open. Record its decision first.")
    if dispute.follow_ups.open().exists():
        return _("Record the planned follow-up visit first, or waive it with a reason.")
    if dispute.status in ("failed", "unperformed") and dispute.routes_told_at is None:
        return _("First record that the parties were told the ways that are left.")
    if dispute.confirmations.filter(status__in=["applied", "accepted"]).exists():
        return _("The court has not decided on the confirmation yet.")
    if dispute.referrals.filter(direction="out", answered_at=None).exists():
        return _("The referral has not been answered yet.")
    if dispute.referrals.filter(direction="in", answered_at=None).exists():
        return _("First answer who referred the dispute to us.")
    return ""


def _answer(dispute: Dispute, unperformed: bool) -> str:
    if unperformed:
        return gettext_lazy(
            "An agreement was reached but not kept. You can apply to the court for its enforcement or sue."
        )
    return {
        Dispute.Outcome.WRITTEN: gettext_lazy(
            "The dispute was settled by a written agreement, which has been kept."
        ),
        Dispute.Outcome.ORAL: gettext_lazy(
            "The dispute was settled by an agreement by word of mouth, which has been kept."
        ),
        Dispute.Outcome.FAILED: gettext_lazy(
            "No agreement could be reached. You can go to arbitration, to the authority, or to court."
        ),
        Dispute.Outcome.REFUSED: gettext_lazy(
            "The matter was not mediated. You can go to arbitration, to the authority, or to court."
        ),
    }[dispute.outcome]


def reopen(*, dispute: Dispute, actor: User, reason: str) -> Dispute:
    """Open a closed dispute again: breach, recurrence, or a new call of the same parties. What was recorded stays.

    After a refusal the parties are asked again, as nobody mediates without their consent (人民调解法 art. 17); else the dispute
    waits for a mediator. It has no outcome until mediation ends once more.
    """
    require(actor, REOPEN)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_be(dispute, DisputeStatus.CLOSED)
        refused = dispute.outcome == Dispute.Outcome.REFUSED
        if refused:
            _ask_again(dispute)
        dispute.mediator = dispute.closed_at = dispute.concluded_at = None
        dispute.routes_told_at, dispute.routes_told_form = None, ""
        dispute.outcome = ""
        workflow.move(
            record=dispute,
            to=DisputeStatus.CONSULTING if refused else DisputeStatus.TO_ASSIGN,
            actor=actor,
            reason=reason,
            action="mediation.dispute.reopened",
            fields=(
                "mediator",
                "closed_at",
                "concluded_at",
                "outcome",
                "routes_told_at",
                "routes_told_form",
            ),
        )
        tell_origin(dispute, gettext_lazy("The dispute has been taken up again."))
    return dispute


def _ask_again(dispute: Dispute) -> None:
    """Take back the refusals. When no party had refused, the police did, and all are asked again."""
    refusals = dispute.parties.filter(consent=Party.Consent.REFUSED)
    (refusals if refusals.exists() else dispute.parties).update(
        consent=Party.Consent.UNASKED, consent_form="", consent_at=None
    )
