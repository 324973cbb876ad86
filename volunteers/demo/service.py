"""Invented shifts, past and coming, who came, and what was booked for it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Sum

from anji_police.periods import SHANGHAI, add_months, today
from volunteers import hours
from volunteers.demo.world import BATCH, World
from volunteers.models import Attendance, HoursEntry, Member, MonthClose, PointsEntry, Shift, SignUp, Team

_SLOTS = (
    ("晚间巡防", 19, 2, "patrol", "none", ""),
    ("晚间巡防", 19, 2, "patrol", "none", ""),
    ("反诈宣讲", 9, 2, "fraud_talk", "none", ""),
    ("文明交通劝导", 7, 2, "traffic", "none", ""),
    ("河道巡查", 14, 3, "river", "water", "水边作业，穿救生衣、两人同行"),
    ("深夜巡逻", 22, 5, "patrol", "night", "夜间巡逻，结伴而行、穿反光背心"),
)


def add_history(world: World, months: int) -> dict[str, int]:
    """Shifts of the last `months` months, about one a month for each team, settled up to ten days ago."""
    dice, shifts = world.dice, []
    first = add_months(today().replace(day=1), -months)
    span = (today() - first).days
    for team in world.teams:
        for day in sorted(
            dice.sample(range(span), k=min(span, max(1, round(months * dice.choice([0.4, 0.8, 1.0, 1.4])))))
        ):
            shifts.append(_shift(world, team, first + timedelta(days=day)))
    shifts = [s for s in shifts if s.ends_at < world.now]
    Shift.objects.bulk_create(shifts, batch_size=BATCH)
    rows = [row for shift in shifts for row in _sign_ups(world, shift)]
    SignUp.objects.bulk_create(rows, batch_size=BATCH)
    attendances = [
        _attendance(world, row)
        for row in rows
        if row.status in ("approved", "adjusted", "pending", "rejected")
    ]
    Attendance.objects.bulk_create(attendances, batch_size=BATCH)
    booked = _book(world, attendances)
    return {"shifts": len(shifts), "sign_ups": len(rows), "hours": booked}


def _shift(world: World, team: Team, day: date) -> Shift:
    title, hour, length, duty, risk, notice = world.dice.choice(_SLOTS)
    start = datetime.combine(day, time(hour), tzinfo=SHANGHAI)
    recent = day > today() - timedelta(days=10)
    cancelled = world.dice.random() < 0.04
    return Shift(
        team=team,
        beat=world.beats.get(team.pk),
        title=title,
        duty=duty,
        starts_at=start,
        ends_at=start + timedelta(hours=length),
        slots=world.dice.randint(3, 5),
        meeting_text="警务站前集合",
        meeting_point=world.seats[team.pk],
        risk=risk,
        risk_notice=notice,
        status="cancelled" if cancelled else "to_settle" if recent else "settled",
        is_demo=True,
    )


def _sign_ups(world: World, shift: Shift) -> Iterator[SignUp]:
    dice = world.dice
    able = [
        m
        for m in world.members[shift.team_id]
        if m.joined_on <= shift.starts_at.date() and (m.left_on is None or m.left_on > shift.starts_at.date())
    ]
    for member in dice.sample(able, k=min(len(able), dice.randint(2, shift.slots))):
        if shift.status == "cancelled":
            status = "cancelled"
        elif shift.status == "to_settle":
            status = "pending"
        else:
            status = dice.choices(["approved", "adjusted", "rejected", "leave", "no_show"], [90, 2, 1, 4, 3])[
                0
            ]
        yield SignUp(
            shift=shift,
            member=member,
            status=status,
            during=DateTimeTZRange(shift.starts_at, shift.ends_at, "[)"),
            signed_at=shift.starts_at - timedelta(days=3),
            is_demo=True,
        )


def _attendance(world: World, row: SignUp) -> Attendance:
    dice, shift = world.dice, row.shift
    start = shift.starts_at + timedelta(minutes=dice.randint(-12, 10))
    end = shift.ends_at + timedelta(minutes=dice.randint(-15, 12))
    span = (max(start, shift.starts_at), min(end, shift.ends_at))
    row.credit = hours.credits([span], world.limits)[0]
    method = dice.choices(["gps", "qr"], [7, 3])[0]
    return Attendance(
        sign_up=row,
        in_at=start,
        in_method=method,
        in_point=shift.meeting_point,
        in_received_at=start,
        out_at=end,
        out_method=method,
        out_point=shift.meeting_point,
        out_received_at=end,
        claimed_minutes=row.credit.minutes,
    )


def _book(world: World, attendances: list[Attendance]) -> int:
    entries, points = [], []
    for attendance in attendances:
        row = attendance.sign_up
        if row.status not in ("approved", "adjusted"):
            continue
        credit = row.credit
        minutes = credit.minutes if row.status == "approved" else credit.minutes * 3 // 4
        night = min(credit.night_minutes, minutes)
        day = attendance.in_at.astimezone(SHANGHAI).date()
        common = {"member": row.member, "team": row.shift.team, "month": day.replace(day=1)}
        entries.append(
            HoursEntry(
                attendance=attendance,
                claimed_minutes=credit.minutes,
                computed_minutes=credit.minutes,
                minutes=minutes,
                night_minutes=night,
                served_on=day,
                reason="" if row.status == "approved" else "按实际在岗核减",
                **common,
            )
        )
        source = f"attendance:{attendance.pk}"
        points.append(PointsEntry(kind="service", points=minutes * world.rate // 60, source=source, **common))
        bonus = night * world.rate * world.bonus // 6000
        if bonus:
            points.append(PointsEntry(kind="night", points=bonus, source=source, **common))
    HoursEntry.objects.bulk_create(entries, batch_size=BATCH)
    PointsEntry.objects.bulk_create(points, batch_size=BATCH)
    return len(entries)


def add_coming(world: World) -> None:
    """Shifts of the next two weeks, and one that begins soon for the demonstration volunteer."""
    shifts = []
    for team in world.teams:
        shift = _shift(world, team, today() + timedelta(days=world.dice.randint(1, 14)))
        shift.status = "open"
        shifts.append(shift)
    own = Member.objects.filter(user__username="volunteer", user__is_demo=True).select_related("team").first()
    soon = None
    if own is not None and own.team_id in world.seats:
        soon = _shift(world, own.team, today())
        soon.title, soon.duty, soon.risk, soon.risk_notice = "晚间巡防", "patrol", "none", ""
        soon.starts_at = (world.now + timedelta(minutes=20)).replace(second=0, microsecond=0)
        soon.ends_at, soon.status = soon.starts_at + timedelta(hours=2), "open"
        shifts.append(soon)
    Shift.objects.bulk_create(shifts, batch_size=BATCH)
    rows = []
    for shift in shifts:
        able = [
            m
            for m in world.members[shift.team_id]
            if m.status == "active" and (own is None or m.pk != own.pk)
        ]
        chosen = world.dice.sample(able, k=min(len(able), world.dice.randint(0, shift.slots - 1)))
        if shift is soon:
            chosen = [*chosen[: shift.slots - 1], own]
        rows += [
            SignUp(
                shift=shift,
                member=member,
                status="confirmed",
                during=DateTimeTZRange(shift.starts_at, shift.ends_at, "[)"),
                is_demo=True,
            )
            for member in chosen
        ]
    SignUp.objects.bulk_create(rows, batch_size=BATCH)


def close_months(months: int) -> None:
    """All months but the last and the running one are closed, with the sums of their ledgers."""
    this = today().replace(day=1)
    sums = {
        row["month"]: row
        for row in HoursEntry.objects.order_by().values("month").annotate(n=Count("pk"), t=Sum("minutes"))
    }
    points = dict(PointsEntry.objects.order_by().values_list("month").annotate(Sum("points")))
    wanted = [add_months(this, -n) for n in range(2, months + 1)]
    known = set(MonthClose.objects.values_list("month", flat=True))
    MonthClose.objects.bulk_create(
        MonthClose(
            month=month,
            hours_entries=sums.get(month, {}).get("n", 0),
            minutes=sums.get(month, {}).get("t") or 0,
            points=points.get(month, 0),
        )
        for month in wanted
        if month not in known
    )
