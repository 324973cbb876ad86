"""Being there: check-in and check-out by place, by code or by the leader, and what time makes of it all."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.geo import metres_between
from anji_police.notifications import services as notifications
from anji_police.periods import Period, today
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from volunteers import qr
from volunteers.models import Attendance, Checkpoint, Shift, ShiftStatus, SignUp, SignUpStatus
from volunteers.models.people import SERVE
from volunteers.services import ledger
from volunteers.services.common import held, require, tell_member
from volunteers.services.signing import obstacle, only_self_or_run
from volunteers.services.tracking import end_track

CLOCK_SLACK = timedelta(minutes=2)  # how far a phone's clock may run ahead
Method = Attendance.Method


def _minutes(code: str) -> timedelta:
    return timedelta(minutes=float(rules.value(code)))


def _moment(at: datetime | None) -> datetime:
    """The moment that the phone says, if it can be: not in the future, and not older than an offline phone may keep it."""
    now = timezone.now()
    if at is None:
        return now
    if at > now + CLOCK_SLACK:
        raise DomainError(_("Your phone's clock runs ahead. Set it right, then try again."))
    if at < now - timedelta(hours=float(rules.value("volunteers.offline"))):
        raise DomainError(
            _("This is too long ago to be sent from the phone. Ask the team's leader to enter it.")
        )
    return min(at, now)


def _place(shift: Shift, method: str, point: Point | None, code: str) -> Checkpoint | None:
    """Check where the member is. Raises DomainError or InvalidInput when the place isn't shown; returns the scanned checkpoint."""
    if method == Method.QR:
        scanned = qr.read(code)
        if scanned.shift_id != shift.pk:
            raise DomainError(_("This code belongs to another shift."))
        return Checkpoint.objects.filter(pk=scanned.checkpoint_id, beat=shift.beat_id).first()
    if point is None:
        raise InvalidInput(
            fields={"point": [_("Your phone gave no position. Scan the code, or ask the team's leader.")]}
        )
    goals = [goal for goal in (shift.meeting_point, shift.beat.shape if shift.beat_id else None) if goal]
    metres = min(metres_between(point, goal) for goal in goals)
    if metres > int(rules.value("volunteers.distance")):
        raise DomainError(
            _("You are %(metres)d metres away. Check in there, scan the code, or ask the team's leader.")
            % {"metres": metres}
        )
    return None


def check_in(
    *,
    sign_up: SignUp,
    actor: User,
    method: str,
    at: datetime | None = None,
    point: Point | None = None,
    code: str = "",
    uid: UUID | None = None,
    reason: str = "",
) -> Attendance:
    """Check in (签到). The member oneself: within the time window, at the place or with its code. The leader or the police: for a
    member who can't, with a reason. `uid` names the act on the phone: sent twice it counts once. `at`: when it happened there.
    """
    require(actor, SERVE)
    if method not in Method.values:
        raise InvalidInput(fields={"method": [_("Choose one of the answers.")]})
    with transaction.atomic():
        row = held(sign_up, actor)
        own = only_self_or_run(actor, row)
        if uid and (known := Attendance.objects.filter(in_uid=uid).first()):
            if known.sign_up_id != row.pk:
                raise DomainError(_("This check-in was sent for another shift."))
            return known
        moment = _moment(at)
        shift = Shift.objects.select_related("beat").get(pk=row.shift_id)
        checkpoint = _check_own(shift, method, moment, point, code) if own else None
        if not own and method != Method.LEADER:
            raise NotAllowed(_("Only the member checks in by place or code."))
        if not own and not reason.strip():
            raise InvalidInput(fields={"reason": [_("Say why the member could not check in.")]})
        if not own and not shift.starts_at - _minutes("volunteers.early") <= moment < shift.ends_at:
            raise DomainError(_("The check-in lies outside of the shift."))
        if why := obstacle(row.member, shift):
            raise DomainError(why)
        if Attendance.objects.filter(sign_up=row).exists():
            raise DomainError(_("The check-in is recorded already."))
        missed = row.status == SignUpStatus.NO_SHOW
        late = own and missed
        workflow.move(
            record=row,
            to=SignUpStatus.IN,
            # A check-in that an offline phone sent after the no-show was noted; the leader sees when it came.
            actor=None if late else actor,
            reason=_("Sent later by the phone.") if late else reason,
            action="volunteers.sign-up.checked-in",
            after={"method": method},
        )
        try:
            with transaction.atomic():
                made = Attendance.objects.create(
                    sign_up=row,
                    in_at=moment,
                    in_method=method,
                    in_point=point,
                    in_uid=uid,
                    in_by=None if own else actor,
                    checkpoint=checkpoint,
                    note=reason.strip()[:300],
                )
        except IntegrityError:
            raise DomainError(_("The check-in is recorded already.")) from None
        if missed:
            ledger.take_back_no_show(row, actor)
    return made


def _check_own(shift: Shift, method: str, moment: datetime, point, code: str) -> Checkpoint | None:
    if method == Method.LEADER:
        raise NotAllowed(_("Only the team's leader or the police check somebody in by hand."))
    opens, closes = (
        shift.starts_at - _minutes("volunteers.early"),
        shift.starts_at + _minutes("volunteers.grace"),
    )
    if shift.status == ShiftStatus.CANCELLED:
        raise DomainError(_("The shift is cancelled."))
    if moment < opens:
        raise DomainError(
            _("Check-in opens at %(time)s.") % {"time": f"{timezone.localtime(opens):%m-%d %H:%M}"}
        )
    if moment >= min(closes, shift.ends_at):
        raise DomainError(
            _("Check-in closed at %(time)s. Ask the team's leader to check you in.")
            % {"time": f"{timezone.localtime(closes):%m-%d %H:%M}"}
        )
    return _place(shift, method, point, code)


def check_out(
    *,
    sign_up: SignUp,
    actor: User,
    method: str,
    at: datetime | None = None,
    point: Point | None = None,
    code: str = "",
    uid: UUID | None = None,
    reason: str = "",
) -> Attendance:
    """Check out (签退), by the same rules as check_in(). Whoever goes early checks out early; what lies after the shift's end does
    not count."""
    require(actor, SERVE)
    if method not in Method.values:
        raise InvalidInput(fields={"method": [_("Choose one of the answers.")]})
    with transaction.atomic():
        row = held(sign_up, actor)
        own = only_self_or_run(actor, row)
        if uid and (known := Attendance.objects.filter(out_uid=uid).first()):
            if known.sign_up_id != row.pk:
                raise DomainError(_("This check-out was sent for another shift."))
            return known
        moment = _moment(at)
        shift = Shift.objects.select_related("beat").get(pk=row.shift_id)
        found = Attendance.objects.select_for_update().filter(sign_up=row).first()
        if found is None or row.status != SignUpStatus.IN:
            raise DomainError(_("There is no open check-in."))
        if own:
            if method == Method.LEADER:
                raise NotAllowed(_("Only the team's leader or the police check somebody out by hand."))
            if moment > shift.ends_at + _minutes("volunteers.check_out"):
                raise DomainError(_("The time for check-out is over. Ask the team's leader to enter it."))
            _place(shift, method, point, code)
        elif method != Method.LEADER:
            raise NotAllowed(_("Only the member checks out by place or code."))
        elif not reason.strip():
            raise InvalidInput(fields={"reason": [_("Say why the member could not check out.")]})
        if moment <= found.in_at:
            raise DomainError(_("The check-out comes after the check-in."))
        if moment - found.in_at > timedelta(days=1):
            raise DomainError(_("An attendance lasts at most 24 hours."))
        found.out_at, found.out_method, found.out_point = moment, method, point
        found.out_uid, found.out_by, found.out_received_at = uid, None if own else actor, timezone.now()
        found.note = "；".join(filter(None, [found.note, reason.strip()]))[:300]
        found.save()
        end_track(found)
        workflow.move(
            record=row,
            to=SignUpStatus.OUT,
            actor=actor,
            reason=reason,
            action="volunteers.sign-up.checked-out",
            after={"method": method},
        )
    return found


# -- what time does -------------------------------------------------------------------------------------------------


def sweep(limit: int = 200) -> int:
    """Let time do its part: start shifts, note no-shows after the grace, end shifts. Running it twice, or late, changes nothing.
    Returns how many shifts moved."""
    return (
        _each(_due_to_start(), _start, limit)
        + _each(_due_for_no_show(), _note_no_shows, limit)
        + _each(_due_to_end(), _end, limit)
    )


def _due_to_start():
    return Shift.objects.filter(
        status__in=[ShiftStatus.OPEN, ShiftStatus.FULL], starts_at__lte=timezone.now()
    )


def _due_for_no_show():
    missing = SignUp.objects.filter(
        status__in=[SignUpStatus.SIGNED, SignUpStatus.CONFIRMED],
        shift__status__in=[ShiftStatus.RUNNING, ShiftStatus.TO_SETTLE],
        shift__starts_at__lte=timezone.now() - _minutes("volunteers.grace"),
    )
    return Shift.objects.filter(pk__in=missing.values("shift"))


def _due_to_end():
    return Shift.objects.filter(status=ShiftStatus.RUNNING, ends_at__lte=timezone.now())


def _each(shifts, act, limit: int) -> int:
    count = 0
    for key in list(shifts.order_by("pk").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            shift = shifts.select_for_update(skip_locked=True, of=("self",)).filter(pk=key).first()
            if shift is not None:
                act(shift)
                count += 1
    return count


def _start(shift: Shift) -> None:
    workflow.move(record=shift, to=ShiftStatus.RUNNING, actor=None, action="volunteers.shift.started")
    waiting = SignUp.objects.select_for_update(of=("self",)).filter(shift=shift, status=SignUpStatus.WAITING)
    for row in waiting.order_by("id"):
        workflow.move(record=row, to=SignUpStatus.CANCELLED, actor=None, reason=_("No place became free."))


def _note_no_shows(shift: Shift) -> None:
    missing = (
        SignUp.objects.select_for_update(of=("self",))
        .select_related("member__user", "member__team")
        .filter(shift=shift, status__in=[SignUpStatus.SIGNED, SignUpStatus.CONFIRMED])
    )
    for row in missing.order_by("id"):
        workflow.move(
            record=row, to=SignUpStatus.NO_SHOW, actor=None, action="volunteers.sign-up.no-show-noted"
        )
        ledger.book_no_show(row, shift)
        tell_member(
            row.member,
            _("No check-in was seen for “%(shift)s”. If you were there, tell the leader or appeal.")
            % {"shift": shift},
            url=shift.get_absolute_url(),
            key=f"volunteers.no-show:{row.pk}",
        )


def _end(shift: Shift) -> None:
    workflow.move(record=shift, to=ShiftStatus.TO_SETTLE, actor=None, action="volunteers.shift.ended")
    if not shift.sign_ups.exclude(status__in=["leave", "cancelled", "no_show"]).exists():
        workflow.move(record=shift, to=ShiftStatus.SETTLED, actor=None, action="volunteers.shift.settled")
        return
    leader = shift.team.leader
    people = [u for u in (leader.user if leader else None, shift.team.liaison) if u is not None]
    notifications.tell_all(
        users=people,
        text=_("The shift “%(shift)s” is over. Settle it.") % {"shift": shift},
        url=shift.get_absolute_url(),
        key=f"volunteers.to-settle:{shift.pk}",
    )


def remind() -> int:
    """Tell those who hold a place in a shift of tomorrow, each once; returns how many."""
    tomorrow = today() + timedelta(days=1)
    rows = (
        SignUp.objects.filter(
            status__in=[SignUpStatus.SIGNED, SignUpStatus.CONFIRMED],
            shift__status__in=[ShiftStatus.OPEN, ShiftStatus.FULL],
        )
        .filter(shift__in=Shift.objects.starting_in(Period.days(tomorrow, tomorrow)))
        .select_related("shift", "member__user")
    )
    count = 0
    for row in rows.order_by("id"):
        tell_member(
            row.member,
            _("Tomorrow: %(shift)s. Take leave in time if you can't come.") % {"shift": row.shift},
            url=row.shift.get_absolute_url(),
            key=f"volunteers.tomorrow:{row.pk}",
        )
        count += 1
    return count
