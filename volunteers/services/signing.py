"""Signing up, the wait-list, and leave. Locks are taken in one order: member, shift, sign-up."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, NotAllowed
from anji_police.periods import SHANGHAI
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from volunteers import hours
from volunteers.models import (
    SEATED,
    Member,
    MemberStatus,
    Qualification,
    Shift,
    ShiftStatus,
    SignUp,
    SignUpStatus,
    TeamStatus,
)
from volunteers.models.people import SERVE
from volunteers.models.shifts import PLAN_SHIFT
from volunteers.services.common import (
    held,
    is_self,
    may_run,
    may_speak,
    must_be,
    record,
    require,
    tell_member,
)

NO_SHOW_WINDOW = timedelta(days=90)


def obstacle(member: Member, shift: Shift) -> str:
    """Why the member may not serve in the shift, in words; empty when nothing stands against it."""
    day = shift.starts_at.astimezone(SHANGHAI).date()
    if member.status != MemberStatus.ACTIVE:
        return _("Only active members serve.")
    if member.team_id != shift.team_id:
        return _("This shift is another team's.")
    if not _holds(member, Qualification.Kind.TRAINING, day):
        return _("The training is not in force on that day.")
    if not shift.is_risky:
        return ""
    if member.is_minor(day):
        return _("Minors take no part in risky service (浙江省志愿服务条例 art. 9).")
    if not _holds(member, Qualification.Kind.INSURANCE, day):
        return _("The accident insurance is not in force on that day, which this shift demands.")
    if not _holds(member, Qualification.Kind.COMMITMENT, day):
        return _("The signed commitment is not in force on that day, which this shift demands.")
    return ""


def _holds(member: Member, kind: str, day) -> bool:
    return member.qualifications.filter(kind=kind, valid__contains=day).exists()


def _check_rest(member: Member, shift: Shift) -> None:
    """Raises DomainError when the shift leaves too little rest, or makes any 24 hours too long. `member` is under lock."""
    rest = timedelta(hours=float(rules.value("volunteers.rest")))
    limits = hours.Limits.on(shift.starts_at.astimezone(SHANGHAI).date())
    span = (shift.starts_at, shift.ends_at)
    near = (shift.starts_at - 2 * hours.DAY, shift.ends_at + 2 * hours.DAY)
    others = [
        (during.lower, during.upper)
        for during in SignUp.objects.live()
        .filter(member=member, during__overlap=near)
        .exclude(shift=shift)
        .values_list("during", flat=True)
    ]
    if any(start < span[1] and span[0] < end for start, end in others):
        raise DomainError(_("You have signed up for another shift at this time."))
    for other in others:
        gap = max(span[0] - other[1], other[0] - span[1])
        if gap < rest and (hours.is_night_shift(span, limits) or hours.is_night_shift(other, limits)):
            raise DomainError(
                _("Between this shift and the one at %(time)s lie less than %(hours)d hours of rest.")
                % {
                    "time": f"{timezone.localtime(other[0]):%m-%d %H:%M}",
                    "hours": rest.total_seconds() // 3600,
                }
            )
    if hours.busiest_day([*others, span]) > limits.cap:
        raise DomainError(
            _("With this shift, 24 hours would hold more than %(hours)d hours of service.")
            % {"hours": limits.cap.total_seconds() // 3600}
        )


def _check_no_shows(member: Member) -> None:
    since = timezone.now() - NO_SHOW_WINDOW
    count = SignUp.objects.filter(
        member=member, status=SignUpStatus.NO_SHOW, shift__starts_at__gte=since
    ).count()
    if count >= int(rules.value("volunteers.no_shows_allowed")):
        raise DomainError(
            _("After %(count)d no-shows the team's leader signs you up, or you appeal against them.")
            % {"count": count}
        )


def sign_up(*, shift: Shift, member: Member, actor: User) -> SignUp:
    """Sign a member up (报名): a place while there is one, else the end of the wait-list. Nobody is ever signed up against the
    own will: by the member, or by leader or police on the member's word.

    Raises DomainError with the reason when it can't be.
    """
    require(actor, SERVE)
    try:
        with transaction.atomic():
            member = Member.objects.select_for_update(of=("self",)).select_related("team").get(pk=member.pk)
            may_speak(actor, member)
            shift = held(shift, actor)
            must_be(shift, ShiftStatus.OPEN, ShiftStatus.FULL)
            if shift.team.status != TeamStatus.APPROVED:
                raise DomainError(_("The team is not approved."))
            if shift.starts_at <= timezone.now():
                raise DomainError(_("The shift has begun already."))
            if SignUp.objects.live().filter(shift=shift, member=member).exists():
                raise DomainError(_("You have signed up for this shift already."))
            if why := obstacle(member, shift):
                raise DomainError(why)
            if is_self(actor, member):
                _check_no_shows(member)
            _check_rest(member, shift)
            free = shift.slots - shift.sign_ups.filter(status__in=SEATED).count()
            status = _seat(shift) if free > 0 else SignUpStatus.WAITING
            row = SignUp.objects.create(
                shift=shift,
                member=member,
                status=status,
                during=DateTimeTZRange(shift.starts_at, shift.ends_at, "[)"),
                is_demo=shift.is_demo,
            )
            workflow.begin(record=row, actor=actor)
            record(actor, "sign-up.made", row, after={"status": status})
            if free == 1 and shift.status == ShiftStatus.OPEN:
                workflow.move(record=shift, to=ShiftStatus.FULL, actor=None)
    except IntegrityError:  # the database's own promise, should a check above ever miss something
        raise DomainError(_("You have signed up for another shift at this time.")) from None
    return row


def _seat(shift: Shift) -> str:
    return SignUpStatus.SIGNED if shift.leader_confirms else SignUpStatus.CONFIRMED


def confirm(*, sign_up: SignUp, actor: User) -> SignUp:
    """The leader confirms a place."""
    require(actor, PLAN_SHIFT)
    with transaction.atomic():
        row = held(sign_up, actor)
        may_run(actor, row.shift.team)
        workflow.move(
            record=row, to=SignUpStatus.CONFIRMED, actor=actor, action="volunteers.sign-up.confirmed"
        )
        tell_member(
            row.member,
            _("Your place in “%(shift)s” is confirmed.") % {"shift": row.shift},
            url=row.shift.get_absolute_url(),
            key=f"volunteers.confirmed:{row.pk}",
        )
    return row


def take_leave(*, sign_up: SignUp, actor: User, reason: str = "") -> SignUp:
    """Give a place back (请假) in time; later only the leader or the police record it, with a reason. The first on the
    wait-list moves up."""
    require(actor, SERVE)
    with transaction.atomic():
        shift = workflow.lock(sign_up.shift)
        row = held(sign_up, actor)
        may_speak(actor, row.member)
        by_rule = shift.starts_at - timedelta(hours=float(rules.value("volunteers.leave")))
        if row.status != SignUpStatus.WAITING and timezone.now() > by_rule:
            may = not is_self(actor, row.member)
            if not may:
                raise DomainError(
                    _("Leave is taken until %(time)s. Call the team's leader now.")
                    % {"time": f"{timezone.localtime(by_rule):%m-%d %H:%M}"}
                )
            if not reason.strip():
                raise DomainError(_("So late the leave needs a reason."))
        _give_back(shift, row, actor, reason)
    return row


def _give_back(shift: Shift, row: SignUp, actor: User | None, reason: str) -> None:
    """`shift` and `row` are under lock."""
    workflow.move(
        record=row, to=SignUpStatus.LEAVE, actor=actor, reason=reason, action="volunteers.sign-up.leave-taken"
    )
    fill_up(shift)


def fill_up(shift: Shift) -> list[SignUp]:
    """Move the wait-list up into free places, in the order of signing up. `shift` is under lock."""
    moved: list[SignUp] = []
    if shift.status not in (ShiftStatus.OPEN, ShiftStatus.FULL):
        return moved
    free = shift.slots - shift.sign_ups.filter(status__in=SEATED).count()
    waiting = (
        SignUp.objects.select_for_update(of=("self",))
        .select_related("member__user", "member__team")
        .filter(shift=shift, status=SignUpStatus.WAITING)
        .order_by("id")
    )
    for row in waiting:
        if free <= 0:
            break
        if obstacle(row.member, shift):
            continue  # keeps the place in the list: the insurance may be renewed in time
        workflow.move(record=row, to=_seat(shift), actor=None, action="volunteers.sign-up.moved-up")
        tell_member(
            row.member,
            _("A place became free: you are in “%(shift)s” now.") % {"shift": shift},
            url=shift.get_absolute_url(),
            key=f"volunteers.moved-up:{row.pk}:{row.version}",
        )
        moved.append(row)
        free -= 1
    wanted = ShiftStatus.OPEN if free > 0 else ShiftStatus.FULL
    if shift.status != wanted:
        workflow.move(record=shift, to=wanted, actor=None)
    return moved


def release_coming(member: Member, reason: str) -> int:
    """Give all coming places of a member back, whom the caller holds under lock; returns how many."""
    coming = SignUp.objects.filter(
        member=member, status__in=["signed", "waiting", "confirmed"], shift__starts_at__gt=timezone.now()
    )
    count = 0
    for shift in Shift.objects.filter(pk__in=coming.values("shift")).order_by("pk"):
        shift = workflow.lock(shift)
        row = (
            SignUp.objects.select_for_update(of=("self",))
            .filter(shift=shift, member=member, status__in=["signed", "waiting", "confirmed"])
            .first()
        )
        if row is not None:
            _give_back(shift, row, None, reason)
            count += 1
    return count


def only_self_or_run(actor: User, row: SignUp) -> bool:
    """True when `actor` acts for oneself, False when as leader or police. Raises NotAllowed for anybody else."""
    if is_self(actor, row.member):
        return True
    try:
        may_run(actor, row.shift.team)
    except NotAllowed:
        raise NotAllowed(_("This is another volunteer's shift.")) from None
    return False
