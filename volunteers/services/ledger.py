"""The two ledgers: hours and points. Entries are only added; a month that is closed takes none."""

from datetime import date

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import SHANGHAI, Period, add_months, today
from anji_police.workflow import rules
from volunteers import hours
from volunteers.models import (
    Attendance,
    HoursEntry,
    Incident,
    Member,
    MonthClose,
    PointsEntry,
    Shift,
    SignUp,
)
from volunteers.services.common import record, require

_MONTH_LOCK = 7_331_004  # shared by bookings, exclusive for a month's close
RULE = "volunteers.rule_appeal"


def _lock_months(*, shared: bool = True) -> None:
    with connection.cursor() as cursor:
        name = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        cursor.execute(f"SELECT {name}(%s)", [_MONTH_LOCK])


def booking_month(day: date) -> date:
    """The month in which something of `day` is booked: its own, or the first open one after it."""
    _lock_months()
    month = day.replace(day=1)
    closed = set(MonthClose.objects.filter(month__gte=month).values_list("month", flat=True))
    while month in closed:
        month = add_months(month, 1)
    return month


def span_of(attendance: Attendance, shift: Shift) -> hours.Span | None:
    """The part of an attendance that lies within its shift; None when nothing does."""
    if attendance.out_at is None:
        return None
    start, end = max(attendance.in_at, shift.starts_at), min(attendance.out_at, shift.ends_at)
    return (start, end) if end > start else None


def computed(attendance: Attendance) -> hours.Credit:
    """What the clock gives for one attendance, beside those of the same member that are booked already."""
    shift = attendance.sign_up.shift
    span = span_of(attendance, shift)
    if span is None:
        return hours.Credit(0, 0)
    near = Attendance.objects.filter(
        sign_up__member_id=attendance.sign_up.member_id,
        hours__kind=HoursEntry.Kind.SERVICE,
        in_at__lt=span[1] + hours.DAY,
        out_at__gt=span[0] - hours.DAY,
    ).exclude(pk=attendance.pk)
    booked = [s for a in near.select_related("sign_up__shift") if (s := span_of(a, a.sign_up.shift))]
    limits = hours.Limits.on(shift.starts_at.astimezone(SHANGHAI).date())
    return hours.credits([span], limits, booked)[0]


def book_service(
    attendance: Attendance,
    *,
    minutes: int,
    night_minutes: int,
    computed_minutes: int,
    actor: User | None,
    reason: str = "",
) -> HoursEntry:
    """Book the approved minutes of an attendance, once, and their points. In the approval's transaction."""
    row = attendance.sign_up
    served_on = attendance.in_at.astimezone(SHANGHAI).date()
    month = booking_month(served_on)
    entry = HoursEntry.objects.create(
        member_id=row.member_id,
        team_id=row.shift.team_id,
        attendance=attendance,
        claimed_minutes=attendance.claimed_minutes or 0,
        computed_minutes=computed_minutes,
        minutes=minutes,
        night_minutes=night_minutes,
        served_on=served_on,
        month=month,
        reason=reason[:300],
        entered_by=actor,
    )
    rate = int(rules.value("volunteers.points_per_hour", served_on))
    bonus = int(rules.value("volunteers.night_bonus", served_on))
    book_points(
        row.member,
        row.shift.team_id,
        PointsEntry.Kind.SERVICE,
        minutes * rate // 60,
        month,
        f"attendance:{attendance.pk}",
    )
    night = night_minutes * rate * bonus // 6000
    if night:
        book_points(
            row.member, row.shift.team_id, PointsEntry.Kind.NIGHT, night, month, f"attendance:{attendance.pk}"
        )
    return entry


def book_points(
    member: Member,
    team_id: int,
    kind: str,
    points: int,
    month: date,
    source: str,
    *,
    actor=None,
    reason: str = "",
) -> PointsEntry:
    """One entry of the points ledger. `source` names what it is for; the same kind for the same source is refused."""
    return PointsEntry.objects.create(
        member=member,
        team_id=team_id,
        kind=kind,
        points=points,
        month=month,
        source=source,
        entered_by=actor,
        reason=reason[:300],
    )


def book_no_show(row: SignUp, shift: Shift) -> None:
    """The penalty of a no-show: points of the planned time by the rule's share. It never touches hours."""
    day = shift.starts_at.astimezone(SHANGHAI).date()
    planned = int((shift.ends_at - shift.starts_at).total_seconds() // 60)
    rate, share = (
        int(rules.value("volunteers.points_per_hour", day)),
        int(rules.value("volunteers.no_show_penalty", day)),
    )
    source = f"sign-up:{row.pk}"
    if not PointsEntry.objects.filter(kind=PointsEntry.Kind.NO_SHOW, source=source).exists():
        book_points(
            row.member,
            shift.team_id,
            PointsEntry.Kind.NO_SHOW,
            -(planned * rate * share // 6000),
            booking_month(day),
            source,
        )


def take_back_no_show(row: SignUp, actor: User | None, reason: str = "") -> None:
    """Undo the penalty of a no-show that was none, by an entry of its own, once."""
    entry = PointsEntry.objects.filter(kind=PointsEntry.Kind.NO_SHOW, source=f"sign-up:{row.pk}").first()
    source = f"no-show-back:{row.pk}"
    if entry is None or PointsEntry.objects.filter(kind=PointsEntry.Kind.ADJUSTMENT, source=source).exists():
        return
    book_points(
        entry.member,
        entry.team_id,
        PointsEntry.Kind.ADJUSTMENT,
        -entry.points,
        booking_month(today()),
        source,
        actor=actor,
        reason=reason or _("Was there after all"),
    )


def book_lead(incident: Incident, actor: User) -> None:
    """Points for a useful lead (有效线索), once for each incident of a member."""
    source = f"incident:{incident.pk}"
    if (
        incident.member_id is None
        or PointsEntry.objects.filter(kind=PointsEntry.Kind.LEAD, source=source).exists()
    ):
        return
    book_points(
        incident.member,
        incident.member.team_id,
        PointsEntry.Kind.LEAD,
        int(rules.value("volunteers.points_lead")),
        booking_month(today()),
        source,
        actor=actor,
    )


def adjust_hours(*, attendance: Attendance, actor: User, minutes: int, reason: str) -> HoursEntry:
    """Set what an attendance counts for to `minutes`, by an entry over the difference that is booked in the open month; entries of
    closed months stay. By a chief or the duty desk, never for oneself."""
    require(actor, RULE)
    if not reason.strip():
        raise InvalidInput(fields={"reason": [_("Give the reason.")]})
    if not 0 <= minutes <= 24 * 60:
        raise InvalidInput(fields={"minutes": [_("Enter 0 to 1440 minutes.")]})
    with transaction.atomic():
        attendance = (
            Attendance.objects.select_for_update(of=("self",))
            .select_related("sign_up__shift__team", "sign_up__member")
            .get(pk=attendance.pk)
        )
        row = attendance.sign_up
        if not SignUp.objects.visible_to(actor).filter(pk=row.pk).exists():
            raise DomainError(_("This is not yours any more."))
        entries = list(attendance.hours.all())
        now_minutes, now_night = sum(e.minutes for e in entries), sum(e.night_minutes for e in entries)
        if minutes == now_minutes:
            raise DomainError(_("It counts for that already."))
        credit = computed(attendance)
        night = min(credit.night_minutes, minutes)
        month = booking_month(attendance.in_at.astimezone(SHANGHAI).date())
        entry = HoursEntry.objects.create(
            kind=HoursEntry.Kind.ADJUSTMENT,
            member=row.member,
            team=row.shift.team,
            attendance=attendance,
            claimed_minutes=attendance.claimed_minutes or 0,
            computed_minutes=credit.minutes,
            minutes=minutes - now_minutes,
            night_minutes=night - now_night,
            served_on=attendance.in_at.astimezone(SHANGHAI).date(),
            month=month,
            reason=reason.strip()[:300],
            entered_by=actor,
        )
        rate = int(rules.value("volunteers.points_per_hour", entry.served_on))
        bonus = int(rules.value("volunteers.night_bonus", entry.served_on))
        difference = (minutes * rate // 60 + night * rate * bonus // 6000) - (
            now_minutes * rate // 60 + now_night * rate * bonus // 6000
        )
        if difference:
            book_points(
                row.member,
                row.shift.team_id,
                PointsEntry.Kind.ADJUSTMENT,
                difference,
                month,
                f"hours:{entry.pk}",
                actor=actor,
                reason=reason,
            )
        record(
            actor,
            "hours.adjusted",
            row,
            before={"minutes": now_minutes},
            after={"minutes": minutes},
            reason=reason.strip(),
        )
    return entry


def balance(member: Member) -> int:
    """The member's points now: the sum of the ledger."""
    return PointsEntry.objects.filter(member=member).aggregate(total=Sum("points"))["total"] or 0


def redeem_points(*, member: Member, actor: User, points: int, reason: str, uid) -> PointsEntry:
    """Redeem points. `uid` names the act, so that a double tap books once. Raises DomainError beyond the balance."""
    require(actor, "volunteers.change_member")
    if points < 1 or not reason.strip():
        raise InvalidInput(fields={"reason": [_("Say for what, and how many points.")]})
    with transaction.atomic():
        member = Member.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=member.pk)
        source = f"redeem:{uid}"
        known = PointsEntry.objects.filter(kind=PointsEntry.Kind.REDEMPTION, source=source).first()
        if known:
            return known
        if member.user_id == actor.pk:
            raise DomainError(_("Somebody else has to decide about yourself."))
        if balance(member) < points:
            raise DomainError(_("There are only %(points)d points.") % {"points": balance(member)})
        entry = book_points(
            member,
            member.team_id,
            PointsEntry.Kind.REDEMPTION,
            -points,
            booking_month(today()),
            source,
            actor=actor,
            reason=reason.strip(),
        )
        record(actor, "points.redeemed", member, after={"points": points}, reason=reason.strip())
    return entry


def close_month(*, month: date, actor: User | None) -> MonthClose:
    """Close the hours and points of a month that is over; closing it again changes nothing. What is approved later is booked in the
    month that runs, corrections are entries of their own."""
    if actor is not None:
        require(actor, "volunteers.close_month")
    month = month.replace(day=1)
    if Period.month(f"{month:%Y-%m}").end > timezone.now():
        raise DomainError(_("%(month)s is not over yet.") % {"month": f"{month:%Y-%m}"})
    with transaction.atomic():
        _lock_months(shared=False)
        known = MonthClose.objects.filter(month=month).first()
        if known:
            return known
        entries = HoursEntry.objects.filter(month=month)
        found = MonthClose.objects.create(
            month=month,
            closed_by=actor,
            hours_entries=entries.count(),
            minutes=entries.aggregate(t=Sum("minutes"))["t"] or 0,
            points=PointsEntry.objects.filter(month=month).aggregate(t=Sum("points"))["t"] or 0,
        )
        record(actor, "month.closed", found, after={"entries": found.hours_entries, "minutes": found.minutes})
    return found
