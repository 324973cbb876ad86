"""After the shift: the leader settles, an officer who is not the leader approves, the member may object."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.notifications import services as notifications
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from anji_police.workflow.models import TransitionEntry
from volunteers.models import Appeal, Attendance, Shift, ShiftStatus, SignUp, SignUpStatus
from volunteers.models.people import SERVE
from volunteers.models.shifts import APPROVE_HOURS, FINAL, SETTLE_SHIFT
from volunteers.services import ledger
from volunteers.services.common import held, is_self, leads, may_run, must_be, record, require, tell_member


def settle_shift(*, shift: Shift, actor: User, claims: dict[int, tuple[int, str]] | None = None) -> Shift:
    """The leader puts down what each attendance claims (key of the sign-up -> minutes, reason); without a word it is what the clock
    gives. A claim that differs needs a reason. Everybody must have checked out.
    """
    require(actor, SETTLE_SHIFT)
    claims = claims or {}
    with transaction.atomic():
        shift = held(shift, actor)
        may_run(actor, shift.team)
        must_be(shift, ShiftStatus.TO_SETTLE)
        rows = list(
            SignUp.objects.select_for_update(of=("self",))
            .select_related("member", "shift__team", "attendance")
            .filter(shift=shift, status__in=[SignUpStatus.IN, SignUpStatus.OUT])
            .order_by("id")
        )
        absent = [row.member.name for row in rows if row.status == SignUpStatus.IN]
        if absent:
            raise DomainError(_("Enter the check-out of %(names)s first.") % {"names": "、".join(absent)})
        for row in rows:
            _claim(row, actor, claims.get(row.pk))
        shift.settled_by = actor
        workflow.save(shift, "settled_by")
        record(actor, "shift.settlement-made", shift, after={"rows": len(rows)})
        _finish(shift)
        if rows and shift.team.liaison_id:
            notifications.tell(
                user=shift.team.liaison,
                text=_("Hours of “%(shift)s” wait for approval.") % {"shift": shift},
                url=shift.get_absolute_url(),
                key=f"volunteers.to-approve:{shift.pk}",
            )
    return shift


def _claim(row: SignUp, actor: User, claim: tuple[int, str] | None) -> None:
    found: Attendance = row.attendance
    credit = ledger.computed(found)
    minutes, reason = claim if claim is not None else (credit.minutes, "")
    if not 0 <= minutes <= 24 * 60:
        raise InvalidInput(fields={"minutes": [_("Enter 0 to 1440 minutes.")]})
    if minutes != credit.minutes and not reason.strip():
        raise InvalidInput(
            fields={
                "reason": [
                    _("Say why %(name)s is to get other minutes than the clock gives.")
                    % {"name": row.member.name}
                ]
            }
        )
    found.claimed_minutes, found.claim_reason = minutes, reason.strip()[:300]
    found.save(update_fields=["claimed_minutes", "claim_reason"])
    workflow.move(
        record=row,
        to=SignUpStatus.PENDING,
        actor=actor,
        action="volunteers.sign-up.settled",
        after={"claimed": minutes, "computed": credit.minutes},
    )


def _finish(shift: Shift) -> None:
    """The shift is settled when nothing of it waits any more. `shift` is under lock."""
    if shift.status == ShiftStatus.TO_SETTLE and not shift.sign_ups.exclude(status__in=FINAL).exists():
        workflow.move(record=shift, to=ShiftStatus.SETTLED, actor=None, action="volunteers.shift.settled")


def _may_approve(row: SignUp, actor: User) -> None:
    """Two people for each hour: who led the team, settled the shift or served in it does not approve it."""
    require(actor, APPROVE_HOURS)
    if not actor.is_police:
        raise NotAllowed(_("An officer approves hours."))
    if is_self(actor, row.member) or leads(actor, row.shift.team) or row.shift.settled_by_id == actor.pk:
        raise NotAllowed(_("Somebody else approves this: who leads, settled or served does not."))


def approve_hours(*, sign_up: SignUp, actor: User, minutes: int | None = None, reason: str = "") -> SignUp:
    """Approve what was claimed, or `minutes` with a reason (核减、核增). Booked once, in the first open month."""
    with transaction.atomic():
        row = held(sign_up, actor)
        _may_approve(row, actor)
        must_be(row, SignUpStatus.PENDING)
        found = Attendance.objects.select_for_update().get(sign_up=row)
        credit = ledger.computed(found)
        claimed = found.claimed_minutes or 0
        given = claimed if minutes is None else minutes
        if not 0 <= given <= 24 * 60:
            raise InvalidInput(fields={"minutes": [_("Enter 0 to 1440 minutes.")]})
        changed = given != claimed
        workflow.move(
            record=row,
            to=SignUpStatus.ADJUSTED if changed else SignUpStatus.APPROVED,
            actor=actor,
            reason=reason,
            action="volunteers.sign-up.hours-approved",
            after={"claimed": claimed, "computed": credit.minutes, "approved": given},
        )
        ledger.book_service(
            found,
            minutes=given,
            night_minutes=min(credit.night_minutes, given),
            computed_minutes=credit.minutes,
            actor=actor,
            reason=reason or found.claim_reason,
        )
        if changed:
            _tell_change(row, _("Your hours of “%(shift)s” were changed: %(reason)s"), reason)
        _finish(workflow.lock(row.shift))
    return row


def reject_hours(*, sign_up: SignUp, actor: User, reason: str) -> SignUp:
    """Refuse what was claimed; nothing is booked, and the member may object."""
    with transaction.atomic():
        row = held(sign_up, actor)
        _may_approve(row, actor)
        workflow.move(
            record=row,
            to=SignUpStatus.REJECTED,
            actor=actor,
            reason=reason,
            action="volunteers.sign-up.hours-rejected",
        )
        _tell_change(row, _("Your hours of “%(shift)s” were not accepted: %(reason)s"), reason)
        _finish(workflow.lock(row.shift))
    return row


def _tell_change(row: SignUp, text: str, reason: str, what: str = "hours") -> None:
    tell_member(
        row.member,
        text % {"shift": row.shift, "reason": reason},
        url=row.shift.get_absolute_url(),
        key=f"volunteers.{what}:{row.pk}:{row.version}",
    )


def appeal_until(row: SignUp):
    """Until when the member may object to the row's state."""
    last = TransitionEntry.objects.filter(
        subject_type=row._meta.label_lower, subject_id=row.pk, to_state=row.status
    ).last()
    return rules.due_after("volunteers.appeal", last.at if last else row.status_since)


def file_appeal(*, sign_up: SignUp, actor: User, text: str) -> Appeal:
    """The member objects to a no-show, or to hours that were changed or refused, within the days of the rule."""
    require(actor, SERVE)
    if len(text.strip()) < 5:
        raise InvalidInput(fields={"text": [_("Explain in at least five characters.")]})
    with transaction.atomic():
        row = held(sign_up, actor)
        if not is_self(actor, row.member):
            raise NotAllowed(_("Only the member objects."))
        must_be(row, SignUpStatus.NO_SHOW, SignUpStatus.REJECTED, SignUpStatus.ADJUSTED)
        if timezone.now() >= appeal_until(row):
            raise DomainError(_("The time for an objection is over."))
        if Appeal.objects.filter(sign_up=row).exists():
            raise DomainError(_("There is an objection already."))
        made = Appeal.objects.create(sign_up=row, text=text.strip()[:500])
        record(actor, "appeal.filed", row)
        if row.shift.team.liaison_id:
            notifications.tell(
                user=row.shift.team.liaison,
                text=_("%(name)s objects to “%(shift)s”.") % {"name": row.member.name, "shift": row.shift},
                url=row.shift.get_absolute_url(),
                key=f"volunteers.appeal:{made.pk}",
            )
    return made


def rule_on_appeal(
    *, appeal: Appeal, actor: User, upheld: bool, ruling: str, minutes: int | None = None
) -> Appeal:
    """A chief or the duty desk rules, never who decided before. Upheld: the penalty is taken back, hours are corrected."""
    require(actor, ledger.RULE)
    if not ruling.strip():
        raise InvalidInput(fields={"ruling": [_("Give the reason.")]})
    with transaction.atomic():
        row = held(appeal.sign_up, actor)
        found = Appeal.objects.select_for_update().get(pk=appeal.pk)
        if found.upheld is not None:
            raise DomainError(_("This objection was ruled on already."))
        before = TransitionEntry.objects.filter(
            subject_type=row._meta.label_lower, subject_id=row.pk, to_state=row.status
        ).last()
        if is_self(actor, row.member) or (before and before.actor_id == actor.pk):
            raise NotAllowed(_("Somebody else rules on this objection."))
        attendance = Attendance.objects.filter(sign_up=row).first()
        if upheld and attendance is not None and minutes is None:
            raise InvalidInput(fields={"minutes": [_("Say how many minutes count now.")]})
        found.upheld, found.ruling, found.ruled_by = upheld, ruling.strip()[:300], actor
        found.ruled_at, found.minutes = timezone.now(), minutes if upheld and attendance else None
        found.save()
        if upheld and row.status == SignUpStatus.NO_SHOW:
            ledger.take_back_no_show(row, actor, ruling)
        if upheld and attendance is not None:
            if attendance.hours.exists():
                if sum(e.minutes for e in attendance.hours.all()) != minutes:
                    ledger.adjust_hours(attendance=attendance, actor=actor, minutes=minutes, reason=ruling)
            else:
                credit = ledger.computed(attendance)
                ledger.book_service(
                    attendance,
                    minutes=minutes,
                    night_minutes=min(credit.night_minutes, minutes),
                    computed_minutes=credit.minutes,
                    actor=actor,
                    reason=ruling,
                )
        record(
            actor,
            "appeal.ruled",
            row,
            after={"upheld": upheld, "minutes": found.minutes},
            reason=ruling.strip(),
        )
        _tell_change(
            row,
            _("Your objection about “%(shift)s” was ruled on: %(reason)s"),
            ruling,
            "ruling",
        )
    return found
