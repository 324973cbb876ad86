"""Judicial confirmation (司法确认): the parties' joint application within thirty days of the agreement's effect."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import midnight, today
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from mediation.models import Agreement, Dispute, DisputeStatus, JudicialConfirmation
from mediation.models.life import CONFIRM as FILE
from mediation.services.common import held, must_be, must_take_part, record, require, told
from mediation.services.limits import CONFIRM, CONFIRM_WARNING, refresh_due

_STATES = (DisputeStatus.EFFECTIVE, DisputeStatus.UNPERFORMED, DisputeStatus.PERFORMED)


def begin_countdown(dispute: Dispute, agreement: Agreement) -> None:
    """The thirty days run from the day of effect; a warning comes before their end. For people's mediation only."""
    if dispute.track != Dispute.Track.PEOPLE:
        return
    start = midnight(agreement.effective_on)
    for kind in (CONFIRM, CONFIRM_WARNING):
        workflow.start_clock(record=dispute, kind=kind, rule=kind, at=start)
    refresh_due(dispute)


def last_moment(agreement: Agreement):
    """Until when the parties can apply, by the rule of the day of effect."""
    return rules.due_after(CONFIRM, midnight(agreement.effective_on))


def apply_for_confirmation(
    *,
    dispute: Dispute,
    actor: User,
    court: str,
    agreed_by: list[int],
    about_identity: bool,
    applied_on: date | None = None,
) -> JudicialConfirmation:
    """File the parties' application. All of them apply together (人民调解法 art. 33), in time, with a written agreement; whether a
    marriage, adoption or other identity relation stands can't be confirmed (确认规定 art. 4)."""
    require(actor, FILE)
    court = told(court, "court", _("Name the court."), least=2, most=60)
    applied_on = applied_on or today()
    if applied_on > today():
        raise InvalidInput(fields={"applied_on": [_("The day lies in the future.")]})
    if about_identity is not False:
        raise InvalidInput(
            fields={
                "about_identity": [
                    _(
                        "The court does not confirm what a marriage, an adoption or another identity relation is."
                    )
                ]
            }
        )
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor)
        if dispute.track != Dispute.Track.PEOPLE:
            raise DomainError(_("Only agreements of people's mediation are confirmed by the court."))
        must_be(dispute, *_STATES)
        agreement = Agreement.objects.select_for_update().get(dispute=dispute, superseded_at=None)
        if not agreement.is_written:
            raise DomainError(_("The court confirms a written agreement only."))
        if applied_on < agreement.effective_on:
            raise InvalidInput(fields={"applied_on": [_("The agreement was not in effect on that day.")]})
        if midnight(applied_on) >= last_moment(agreement):
            raise DomainError(_("The thirty days for an application are over."))
        if set(agreed_by) != set(dispute.parties.values_list("pk", flat=True)):
            raise InvalidInput(fields={"agreed_by": [_("All parties apply together.")]})
        if agreement.confirmations.filter(status__in=["applied", "accepted", "confirmed"]).exists():
            raise DomainError(_("An application for this agreement is filed already."))
        row = JudicialConfirmation.objects.create(
            dispute=dispute, agreement=agreement, court=court, applied_on=applied_on, filed_by=actor
        )
        workflow.begin(record=row, actor=actor)
        workflow.cancel_clocks(dispute, CONFIRM_WARNING)
        workflow.meet_clock(dispute, CONFIRM)
        refresh_due(dispute)
        workflow.save(dispute)
        record(actor, "confirmation-applied", dispute, after={"court": court, "on": applied_on})
    return row


def record_court(
    *,
    confirmation: JudicialConfirmation,
    actor: User,
    to: str,
    on: date | None = None,
    number: str = "",
    reason: str = "",
) -> JudicialConfirmation:
    """What the court, or the parties, did: accepted, confirmed, rejected or withdrawn."""
    require(actor, FILE)
    on = on or today()
    if on > today():
        raise InvalidInput(fields={"on": [_("The day lies in the future.")]})
    if to not in JudicialConfirmation.Status.values:
        raise InvalidInput(fields={"to": [_("Choose one of the answers.")]})
    if to == "confirmed" and not number.strip():
        raise InvalidInput(fields={"number": [_("Enter the number of the decision.")]})
    if to in ("rejected", "withdrawn") and not reason.strip():
        raise InvalidInput(fields={"reason": [_("Give the reason.")]})
    with transaction.atomic():
        dispute = held(confirmation.dispute, actor)
        must_take_part(dispute, actor)
        row = workflow.held(confirmation, actor)
        if on < (row.accepted_on or row.applied_on):
            raise InvalidInput(fields={"on": [_("The day lies before the step before it.")]})
        row.decision_number = number.strip()[:60]
        field = "accepted_on" if to == "accepted" else "decided_on"
        setattr(row, field, on)
        workflow.move(
            record=row,
            to=to,
            actor=actor,
            reason=reason,
            action="mediation.confirmation.moved",
            fields=(field, "decision_number"),
        )
        workflow.save(dispute)
        record(actor, f"confirmation-{to}", dispute, after={"on": on, "number": number}, reason=reason)
    return row


def court_days(row: JudicialConfirmation) -> list[tuple[str, date]]:
    """The days by which the court has to act, by both texts: three days to accept; fifteen and ten more by the older text, thirty by
    the Civil Procedure Law, which prevails."""
    from datetime import timedelta

    def after(code: str, start: date) -> date:
        return (
            (rules.due_after(code, midnight(start)) - timedelta(seconds=1)).astimezone(rules.SHANGHAI).date()
        )

    found = [(_("Court accepts by"), after("mediation.court_accept", row.applied_on))]
    if row.accepted_on:
        first = after("mediation.court_decide", row.accepted_on)
        found += [
            (_("Court decides by (rules on confirmation)"), first),
            (_("With the extension"), after("mediation.court_extension", first)),
            (
                _("Court decides by (Civil Procedure Law)"),
                after("mediation.court_decide_law", row.accepted_on),
            ),
        ]
    return found
