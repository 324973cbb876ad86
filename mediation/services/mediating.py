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
    PoliceCase,
    Session,
)
from mediation.services import confirming, grading, public_security
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
from mediation.services.grading import plan_visit
from mediation.services.performing import record_performance

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
    guardian: str = "",
    again_because: str = "",
    others_present: str = "",
) -> Session:
    """Record a mediation session (调解记录). In public-security mediation the guards of its own hold, see public_security."""
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
        if dispute.appraisals.filter(ended_at=None).exists():
            raise DomainError(_("An appraisal is being made. Record its end first."))
        earlier = _sessions_now(dispute).count()
        public_security.check_session(
            dispute,
            earlier=earlier,
            officer=officer,
            held_at=held_at,
            guardian=guardian,
            again_because=again_because,
        )
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
            attempt=earlier + 1,
            guardian=guardian,
            again_because=again_because if earlier else "",
            others_present=others_present.strip()[:200],
            recorded_by=actor,
        )
        session.mediators.set(mediators)
        public_security.after_session(dispute, session)
        grading.seen(dispute)
        sync_due(dispute)
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
    facts: str = "",
    matters: str = "",
    method: str = "",
    presider: User | None = None,
    others_present: str = "",
    incident_at=None,
    incident_place: str = "",
    at_once: bool = False,
) -> Agreement:
    """Record what the parties agreed (调解协议).

    Needs a signed session record, since the dispute was last opened. An earlier agreement is superseded. `items`: (what, amount in
    yuan or None, due day). A written agreement has facts, terms, items with their days and the way of performance. In people's
    mediation it is signed by a mediator whom `committee` had appointed on that day and sealed by the committee (人民调解法 art. 29);
    an oral one is recorded (art. 28) and takes effect at once (art. 30). In public-security mediation it is written and has what
    程序规定 art. 184 wants. `at_once`: all was performed on the spot.
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
        whole = {
            "facts": (facts.strip() or dispute.facts)[:5000],
            "matters": matters.strip(),
            "method": method.strip()[:200],
            "presider": presider,
            "others_present": others_present.strip()[:200],
            "incident_at": incident_at,
            "incident_place": incident_place.strip()[:100],
        }
        if public_security.is_public_security(dispute):
            public_security.check_agreement(dispute, whole | {"is_written": is_written})
        elif is_written:
            _check_signature(dispute, signed_by, committee, agreed_on)
        if not is_written:
            signed_by = committee = None  # nobody signs what was said
        elif not whole["method"] or not items:
            _must_be_whole(whole, items)
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
            **whole,
        )
        PerformanceItem.objects.bulk_create(
            PerformanceItem(
                agreement=agreement,
                what=what.strip()[:200],
                amount_yuan=amount,
                due_on=due,
                done_on=agreed_on if at_once else None,
                proof=_("performed on the spot") if at_once else "",
            )
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
        if not is_written or at_once:
            dispute = put_into_effect(dispute=dispute, actor=actor, on=agreed_on)
        if at_once:
            dispute = record_performance(dispute=dispute, actor=actor)
        sync_due(dispute)
        tell_origin(dispute, gettext_lazy("Both sides have reached an agreement."))
    return agreement


def _sessions_now(dispute: Dispute):
    """The sessions since the dispute was last opened again, or all."""
    opened = workflow.history(dispute).filter(from_state=DisputeStatus.CLOSED).last()
    return dispute.sessions.filter(recorded_at__gte=opened.at) if opened else dispute.sessions.all()


def _must_be_whole(whole: dict, items) -> None:
    faults = {}
    if not whole["method"]:
        faults["method"] = [_("Say how it is to be performed.")]
    if not items:
        faults["items"] = [_("Name what is to be performed, and by when.")]
    raise InvalidInput(fields=faults)


def _check_items(items) -> None:
    if len(items) > MAX_ITEMS or not all(what.strip() for what, _amount, _due in items):
        raise InvalidInput(
            fields={"items": [_("Name each thing to be performed, at most %(max)d.") % {"max": MAX_ITEMS}]}
        )


def _check_signature(
    dispute: Dispute, signed_by: Mediator | None, committee: Committee | None, on: date
) -> None:
    """One who took part signs as mediator, appointed by the committee that seals, on that day (人民调解法 art. 29)."""
    if signed_by is None or committee is None:
        raise InvalidInput(
            fields={
                "signed_by": [
                    _("A written agreement needs the mediator's signature and the committee's seal.")
                ]
            }
        )
    took_part = dispute.assignments.filter(mediator=signed_by, state=Assignment.State.ACCEPTED)
    if not took_part.exists():
        raise InvalidInput(
            fields={
                "signed_by": [
                    _("%(name)s does not mediate this dispute and can't sign.") % {"name": signed_by.name}
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
        confirming.begin_countdown(dispute, agreement)
        plan_visit(dispute, first=True)
        sync_due(dispute)
    return dispute


def conclude_failed(*, dispute: Dispute, actor: User, reason: str) -> Dispute:
    """End mediation without agreement (终止); the parties are told of arbitration, administrative and court ways (art. 26). In
    public-security mediation the case goes on and its time begins."""
    require(actor, MEDIATE)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor, as_lead=True)
        must_be(dispute, DisputeStatus.MEDIATING)
        end_without_agreement(dispute, actor, reason, cause=PoliceCase.Cause.FAILED)
    return dispute


def end_without_agreement(dispute: Dispute, actor: User, reason: str, *, cause: str) -> None:
    """The end itself; the caller holds the dispute under lock."""
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
    public_security.open_case(dispute, cause)
    plan_visit(dispute, first=True)
    sync_due(dispute)
