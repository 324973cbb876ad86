"""Sessions, agreement, performance, or failure."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import today
from anji_police.workflow import services as workflow
from mediation.models import (
    MEDIATE,
    Agreement,
    Appointment,
    Assignment,
    Committee,
    Dispute,
    DisputeStatus,
    Mediator,
    PerformanceItem,
    Session,
)
from mediation.services.common import (
    CONCLUDE,
    held,
    must_be,
    must_take_part,
    record,
    require,
    sync_due,
    tell_origin,
)
from mediation.services.dispatching import end_open_offers
from mediation.services.following import plan_after_conclusion

MAX_ITEMS = 50


def record_session(
    *,
    dispute: Dispute,
    actor: User,
    held_at,
    venue: str,
    text: str,
    mediators: list[Mediator],
    is_signed: bool,
    officer: User | None = None,
) -> Session:
    """Record a mediation session (调解记录). In public-security mediation an officer presides (程序规定 art. 178)."""
    require(actor, MEDIATE)
    faults: dict[str, list[str]] = {}
    if held_at > timezone.now():
        faults["held_at"] = [_("A session that is still to come can't be recorded.")]
    if not venue.strip():
        faults["venue"] = [_("Say where it was held.")]
    if len(text.strip()) < 5:
        faults["text"] = [_("Write the record in at least five characters.")]
    if not mediators:
        faults["mediators"] = [_("Name who mediated.")]
    if faults:
        raise InvalidInput(fields=faults)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor)
        must_be(dispute, DisputeStatus.MEDIATING)
        if dispute.track == Dispute.Track.PUBLIC_SECURITY and officer is None:
            raise InvalidInput(fields={"officer": [_("In public-security mediation an officer presides.")]})
        taking_part = set(
            dispute.assignments.filter(state=Assignment.State.ACCEPTED).values_list("mediator", flat=True)
        )
        if not {m.pk for m in mediators} <= taking_part:
            raise InvalidInput(fields={"mediators": [_("Only mediators of this dispute hold its sessions.")]})
        session = Session.objects.create(
            dispute=dispute,
            held_at=held_at,
            venue=venue.strip(),
            record=text.strip(),
            officer=officer,
            is_signed=is_signed,
            recorded_by=actor,
        )
        session.mediators.set(mediators)
        workflow.save(dispute)
        record(actor, "session-recorded", dispute, after={"held_at": held_at, "signed": is_signed})
    return session


def is_appointed(mediator: Mediator, on: date) -> Appointment | None:
    """The appointment by a committee that is in force on the day `on`; without one a mediator assists only."""
    return (
        Appointment.objects.filter(mediator=mediator, valid__contains=on).select_related("committee").first()
    )


def record_agreement(
    *,
    dispute: Dispute,
    actor: User,
    is_written: bool,
    terms: str,
    agreed_on: date | None = None,
    items: list[tuple[str, Decimal | None, date]] = (),
    signed_by: Mediator | None = None,
    committee: Committee | None = None,
) -> Agreement:
    """Record what the parties agreed (调解协议).

    Needs a signed session record, since the dispute was last opened. An earlier agreement is superseded. `items`: (what, amount in yuan or None, due day). A written agreement of people's mediation is
    signed by a mediator whom `committee` had appointed on that day and sealed by the committee (人民调解法 art. 29); an oral one
    is recorded (art. 28) and takes effect at once (art. 30).
    """
    require(actor, MEDIATE)
    agreed_on = agreed_on or today()
    if len(terms.strip()) < 5:
        raise InvalidInput(fields={"terms": [_("Write the terms in at least five characters.")]})
    if agreed_on > today():
        raise InvalidInput(fields={"agreed_on": [_("The day lies in the future.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor, as_lead=True)
        must_be(dispute, DisputeStatus.MEDIATING)
        if not _sessions_now(dispute).filter(is_signed=True).exists():
            raise DomainError(_("First record a session that the parties have signed."))
        if not is_written:
            signed_by = committee = None  # nobody signs what was said
        elif dispute.track == Dispute.Track.PEOPLE:
            _check_signature(signed_by, committee, agreed_on)
        _check_items(items)
        # That of before the dispute was opened again.
        Agreement.objects.filter(dispute=dispute, superseded_at=None).update(superseded_at=timezone.now())
        agreement = Agreement.objects.create(
            dispute=dispute,
            is_written=is_written,
            terms=terms.strip(),
            agreed_on=agreed_on,
            signed_by=signed_by,
            committee=committee,
        )
        PerformanceItem.objects.bulk_create(
            PerformanceItem(agreement=agreement, what=what.strip()[:200], amount_yuan=amount, due_on=due)
            for what, amount, due in items
        )
        dispute.outcome = Dispute.Outcome.WRITTEN if is_written else Dispute.Outcome.ORAL
        dispute.concluded_at = timezone.now()
        workflow.move(
            record=dispute,
            to=DisputeStatus.AGREED,
            actor=actor,
            action="mediation.dispute.agreed",
            fields=("outcome", "concluded_at"),
            after={"written": is_written},
        )
        workflow.meet_clock(dispute, CONCLUDE)
        end_open_offers(dispute)
        if not is_written:
            put_into_effect(dispute=dispute, actor=actor, on=agreed_on)
        sync_due(dispute)
        tell_origin(dispute, gettext_lazy("Both sides have reached an agreement."))
    return agreement


def _sessions_now(dispute: Dispute):
    """The sessions since the dispute was last opened again, or all."""
    opened = workflow.history(dispute).filter(from_state=DisputeStatus.CLOSED).last()
    return dispute.sessions.filter(recorded_at__gte=opened.at) if opened else dispute.sessions.all()


def _check_items(items) -> None:
    if len(items) > MAX_ITEMS or not all(what.strip() for what, _amount, _due in items):
        raise InvalidInput(
            fields={"items": [_("Name each thing to be performed, at most %(max)d.") % {"max": MAX_ITEMS}]}
        )


def _check_signature(signed_by: Mediator | None, committee: Committee | None, on: date) -> None:
    if signed_by is None or committee is None:
        raise InvalidInput(
            fields={
                "signed_by": [
                    _("A written agreement needs the mediator's signature and the committee's seal.")
                ]
            }
        )
    appointed = Appointment.objects.filter(
        mediator__in=Mediator.objects.active(on), mediator=signed_by, committee=committee, valid__contains=on
    ).exists()
    if not appointed:
        raise InvalidInput(
            fields={
                "signed_by": [
                    _("%(name)s was not appointed by this committee on %(day)s and can't sign as mediator.")
                    % {"name": signed_by.name, "day": on.isoformat()}
                ]
            }
        )


def put_into_effect(*, dispute: Dispute, actor: User, on: date | None = None) -> Dispute:
    """All have signed, and the committee has sealed: the agreement is in effect, and follow-up is planned by the grade."""
    require(actor, MEDIATE)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor, as_lead=True)
        must_be(dispute, DisputeStatus.AGREED)
        agreement = Agreement.objects.select_for_update().get(dispute=dispute, superseded_at=None)
        agreement.effective_on = on or today()
        agreement.save(update_fields=["effective_on"])
        workflow.move(
            record=dispute, to=DisputeStatus.EFFECTIVE, actor=actor, action="mediation.dispute.in-effect"
        )
        plan_after_conclusion(dispute)
    return dispute


def record_performance(
    *, dispute: Dispute, actor: User, done: dict[int, date] | None = None, failed_reason: str = ""
) -> Dispute:
    """Record which open items were performed (`done`: item key to day). When all are, the dispute is performed; with
    `failed_reason` it is marked as not performed. Raises InvalidInput when nothing is said, or of a foreign item."""
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
            items[key].done_on = day
            items[key].save(update_fields=["done_on"])
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
    return dispute


def conclude_failed(*, dispute: Dispute, actor: User, reason: str) -> Dispute:
    """End mediation without agreement (终止); the parties are told of arbitration, administrative and court ways (art. 26)."""
    require(actor, MEDIATE)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor, as_lead=True)
        must_be(dispute, DisputeStatus.MEDIATING)
        dispute.outcome, dispute.concluded_at = Dispute.Outcome.FAILED, timezone.now()
        workflow.move(
            record=dispute,
            to=DisputeStatus.FAILED,
            actor=actor,
            reason=reason,
            action="mediation.dispute.failed",
            fields=("outcome", "concluded_at"),
        )
        workflow.meet_clock(dispute, CONCLUDE)
        end_open_offers(dispute)
        plan_after_conclusion(dispute)
        sync_due(dispute)
    return dispute
