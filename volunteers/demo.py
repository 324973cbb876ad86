"""Invented teams, people and three years of service, for demonstration: seeded, marked, and put in by bulk.

Nothing of it is about anybody: names are put together from lists, numbers come from ranges that are not given out. Rows are written as
they would stand after their acts; the acts themselves are tested elsewhere.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.gis.geos import Point, Polygon
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Sum
from django.utils import timezone

from anji_police.accounts.models import User, UserRole
from anji_police.accounts.roles import Role, kind_of
from anji_police.geo import SRID
from anji_police.periods import SHANGHAI, add_months, today
from anji_police.places.models import Jurisdiction, Place, Unit
from anji_police.workflow import rules
from anji_police.workflow.models import Deadline
from volunteers import hours
from volunteers.models import (
    Attendance,
    Beat,
    Checkpoint,
    HoursEntry,
    Incident,
    Member,
    MonthClose,
    PointsEntry,
    Qualification,
    Shift,
    SignUp,
    Team,
)

SEED = 330523
TEAMS = 207  # as the bureau counts them
MONTHS = 36
BATCH = 2000
_SURNAMES = "王李张陈沈潘方金施周吴郑章俞徐朱许汪余蒋"
_GIVEN = "守义建国明芳水根月仙德胜阿龙小兰志强丽华永福美琴国良春燕海平秀英文斌晓东正才启贵"
_ORIGINS = (
    "330523",
    "330523",
    "330523",
    "341524",
    "341822",
    "530627",
    "411528",
    "360423",
    "522428",
    "330522",
)
_DIALECTS = {
    "33": ["吴语"],
    "34": ["江淮官话"],
    "53": ["西南官话"],
    "41": ["中原官话"],
    "36": ["赣语"],
    "52": ["西南官话"],
}
_FACTS = (
    ("safety", "路灯不亮，行人夜间通行有隐患"),
    ("safety", "河边护栏松动，需尽快加固"),
    ("dispute", "两户人家因停车位争执，已劝开"),
    ("dispute", "租客与房东为押金发生口角"),
    ("fraud", "老人反映接到冒充客服的电话，尚未转账"),
    ("ecology", "溪边发现倾倒的建筑垃圾"),
    ("traffic", "路口电动自行车逆行较多，建议加强劝导"),
    ("help", "走失老人在广场徘徊，已陪同等候家属"),
    ("other", "巡防中发现消防通道被杂物占用"),
)


@dataclass
class World:
    """What the rows hang on."""

    dice: random.Random
    limits: hours.Limits
    rate: int
    bonus: int
    now: datetime
    teams: list[Team]
    members: dict[int, list[Member]]  # by team
    beats: dict[int, Beat]
    seats: dict[int, Point]
    users: list[User]


def make(*, seed: int = SEED, teams: int = TEAMS, months: int = MONTHS) -> dict[str, int]:
    """Make it all in one transaction; returns how many of each. The same seed on the same day gives the same people."""
    dice = random.Random(seed)  # noqa: S311  invented data, no secret
    day = today()
    with transaction.atomic():
        with (
            connection.cursor() as cursor
        ):  # else every statement carries the keys to be checked of all before it
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        found = World(
            dice,
            hours.Limits.on(day),
            int(rules.value("volunteers.points_per_hour")),
            int(rules.value("volunteers.night_bonus")),
            timezone.now(),
            *_people(dice, teams),
        )
        counts = {"teams": len(found.teams), "members": sum(map(len, found.members.values()))}
        counts |= _history(found, months)
        counts["incidents"] = _incidents(found, months)
        _coming(found)
        _close_months(months)
    return counts


def _names(dice: random.Random) -> Iterator[str]:
    while True:
        yield dice.choice(_SURNAMES) + "".join(dice.choices(_GIVEN, k=2))


def _people(dice: random.Random, wanted: int):
    villages = list(Place.objects.villages().select_related("parent"))
    dice.shuffle(villages)
    answering = {
        j.place_id: j.unit for j in Jurisdiction.objects.select_related("unit") if j.valid.upper is None
    }
    station = Unit.objects.stations().order_by("code").first()
    liaisons = {u.unit_id: u for u in User.objects.filter(is_demo=True, role_rows__role=Role.OFFICER)}
    places = {p.code: p for p in Place.objects.filter(code__in=_ORIGINS)}
    teams, seats = [], {}
    for number in range(wanted):
        village = villages[number % len(villages)] if villages else None
        town = village.parent if village else None
        unit = answering.get(town.pk if town else None, station)
        category = _category(dice, unit)
        core = (
            (village.name if village else f"第{number + 1}")
            .removesuffix("委会")
            .removesuffix("居")
            .removesuffix("村")
        )
        name = f"{core}{Team.Category(category).label.replace('义警', '')}义警队"
        if any(t.name == name for t in teams):
            name = f"{core}{number + 1}号义警队"
        teams.append(
            Team(
                name=name[:60],
                category=category,
                unit=unit,
                place=town,
                status="approved",
                liaison=liaisons.get(unit.pk),
                purpose="邻里守望、夜间巡防、反诈宣讲",
                founded_on=today() - timedelta(days=365 * 4 + number),
                is_demo=True,
            )
        )
        seats[number] = _seat(dice, town, unit)
    Team.objects.bulk_create(teams, batch_size=BATCH)
    by_key = {team.pk: seats[n] for n, team in enumerate(teams)}
    members = _members(dice, teams, by_key, places)
    users = _accounts(teams, members)
    return teams, members, _beats(teams, by_key), by_key, users


def _category(dice: random.Random, unit: Unit) -> str:
    if "昌硕" in unit.short_name:
        return Team.Category.CHANGSHUO
    if "孝源" in unit.short_name:
        return Team.Category.SHOUYUAN
    return dice.choice([Team.Category.RED_NEIGHBOUR, Team.Category.RED_NEIGHBOUR, Team.Category.ECOLOGICAL])


def _seat(dice: random.Random, town: Place | None, unit: Unit) -> Point:
    """A point near the township's seat, so that markers do not lie on each other."""
    middle = (
        (town.seat if town is not None and town.seat else None)
        or unit.seat
        or Point(119.68, 30.64, srid=SRID)
    )
    return Point(
        round(middle.x + dice.uniform(-0.012, 0.012), 6),
        round(middle.y + dice.uniform(-0.012, 0.012), 6),
        srid=SRID,
    )


def _members(dice, teams, seats, places) -> dict[int, list[Member]]:
    names, made, found = _names(dice), [], {}
    for team in teams:
        found[team.pk] = []
        for _n in range(dice.randint(7, 13)):
            code = dice.choice(_ORIGINS)
            joined = today() - timedelta(days=dice.randint(60, 1400))
            status = dice.choices(["active", "suspended", "left"], [94, 2, 4])[0]
            member = Member(
                team=team,
                name=next(names),
                phone=f"1900000{len(made):04d}",
                status=status,
                origin=places.get(code),
                dialects=_DIALECTS.get(code[:2], []),
                location=seats[team.pk],
                joined_on=joined,
                left_on=today() - timedelta(days=dice.randint(1, 59)) if status == "left" else None,
                is_demo=True,
            )
            made.append(member)
            found[team.pk].append(member)
        for _n in range(dice.choice([0, 0, 0, 1])):
            made.append(Member(team=team, name=next(names), phone=f"1900000{len(made):04d}", is_demo=True))
    Member.objects.bulk_create(made, batch_size=BATCH)
    _papers(dice, [m for m in made if m.joined_on])
    for team in teams:
        team.leader = next(m for m in found[team.pk] if m.status == "active")
    Team.objects.bulk_update(teams, ["leader"], batch_size=BATCH)
    return found


def _papers(dice, members) -> None:
    rows = []
    for member in members:
        for kind in Qualification.Kind.values:
            lapsed = kind == "insurance" and dice.random() < 0.07
            end = today() + timedelta(days=dice.randint(-40, -1) if lapsed else dice.randint(20, 400))
            rows.append(
                Qualification(
                    member=member,
                    kind=kind,
                    valid=(member.joined_on, max(end, member.joined_on + timedelta(days=1))),
                )
            )
    Qualification.objects.bulk_create(rows, batch_size=BATCH)


def _accounts(teams, members) -> list[User]:
    """Accounts without a password for forty leaders, and the demonstration volunteer as a member of a team of its own."""
    users = []
    for number, team in enumerate(teams[:40]):
        user = User(username=f"demo-leader-{number + 1}", name=team.leader.name, is_demo=True)
        user.set_unusable_password()
        users.append(user)
    User.objects.bulk_create(users)
    UserRole.objects.bulk_create(
        UserRole(user=user, role=Role.VOLUNTEER, kind=kind_of(Role.VOLUNTEER)) for user in users
    )
    leaders = [team.leader for team in teams[:40]]
    for user, leader in zip(users, leaders, strict=True):
        leader.user = user
    own = User.objects.filter(username="volunteer", is_demo=True).first()
    if own is not None and not Member.objects.filter(user=own).exists():
        home = next((t for t in teams if t.category == Team.Category.SHOUYUAN), teams[0])
        member = next(m for m in members[home.pk] if m.status == "active" and m.pk != home.leader_id)
        member.user, member.name = own, own.name
        leaders.append(member)
    Member.objects.bulk_update(leaders, ["user", "name"])
    return users


def _beats(teams, seats) -> dict[int, Beat]:
    beats = []
    for team in teams[: len(teams) * 2 // 3]:
        seat = seats[team.pk]
        area = Polygon.from_bbox((seat.x - 0.004, seat.y - 0.003, seat.x + 0.004, seat.y + 0.003))
        area.srid = SRID
        beats.append(Beat(name=f"{team.name}巡区"[:60], unit=team.unit, team=team, shape=area, is_demo=True))
    Beat.objects.bulk_create(beats, batch_size=BATCH)
    Checkpoint.objects.bulk_create(
        (
            Checkpoint(
                beat=beat,
                number=number,
                name=name,
                point=Point(seats[beat.team_id].x + dx, seats[beat.team_id].y, srid=SRID),
            )
            for beat in beats
            for number, (name, dx) in enumerate(
                (("文化礼堂", -0.002), ("村口", 0.0), ("河埠头", 0.002)), start=1
            )
        ),
        batch_size=BATCH,
    )
    return {beat.team_id: beat for beat in beats}


_SLOTS = (
    ("晚间巡防", 19, 2, "patrol", "none", ""),
    ("晚间巡防", 19, 2, "patrol", "none", ""),
    ("反诈宣讲", 9, 2, "fraud_talk", "none", ""),
    ("文明交通劝导", 7, 2, "traffic", "none", ""),
    ("河道巡查", 14, 3, "river", "water", "水边作业，穿救生衣、两人同行"),
    ("深夜巡逻", 22, 5, "patrol", "night", "夜间巡逻，结伴而行、穿反光背心"),
)


def _history(world: World, months: int) -> dict[str, int]:
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


def _incidents(world: World, months: int) -> int:
    """About a dozen reports a month, the last few still open."""
    dice, rows, numbers = world.dice, [], {}
    moments = sorted(
        world.now - timedelta(minutes=dice.randint(20, months * 30 * 24 * 60)) for _n in range(months * 12)
    )
    for number, at in enumerate(moments):
        user = dice.choice(world.users)
        team = world.teams[world.users.index(user)]
        kind, facts = dice.choice(_FACTS)
        year = at.astimezone(SHANGHAI).year
        numbers[year] = numbers.get(year, 0) + 1
        is_open = number >= len(moments) - 6
        received = (
            None if number >= len(moments) - 3 else at + timedelta(minutes=dice.choice([3, 5, 8, 11, 14, 22]))
        )
        rows.append(
            Incident(
                code=f"YS{year}-{numbers[year]:06d}",
                uid=uuid.UUID(int=dice.getrandbits(128), version=4),
                body_hash="0" * 64,
                kind=kind,
                facts=facts,
                seen_at=at,
                reported_at=at,
                reported_by=user,
                member=team.leader,
                team=team,
                unit=team.unit,
                place=team.place,
                location=world.seats[team.pk],
                location_text="巡区内",
                status="closed" if not is_open else "received" if received else "reported",
                received_at=received,
                handling="" if is_open else "民警到场处置",
                feedback="" if is_open else "已处置，感谢上报",
                became_case=not is_open and dice.random() < 0.05,
                closed_at=None if is_open else at + timedelta(hours=dice.randint(2, 60)),
                due_at=None if received else at + timedelta(minutes=15),
                is_demo=True,
            )
        )
    Incident.objects.bulk_create(rows, batch_size=BATCH)
    Deadline.objects.bulk_create(
        Deadline(
            subject_type=row._meta.label_lower,
            subject_id=row.pk,
            kind="volunteers.receive",
            rule_code="volunteers.receive",
            started_at=row.reported_at,
            due_at=row.reported_at + timedelta(minutes=15),
            met_at=row.received_at,
            escalated_at=row.reported_at + timedelta(minutes=15) if row.received_at is None else None,
        )
        for row in rows
    )
    return len(rows)


def _coming(world: World) -> None:
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


def _close_months(months: int) -> None:
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
