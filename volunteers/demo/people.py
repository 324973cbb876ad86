"""Invented teams with their members, papers, accounts and beats."""

import random
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.gis.geos import Point, Polygon

from anji_police.accounts.models import User, UserRole
from anji_police.accounts.roles import Role, kind_of
from anji_police.geo import SRID
from anji_police.periods import today
from anji_police.places.models import Jurisdiction, Place, Unit
from volunteers.demo.world import BATCH
from volunteers.models import Beat, Checkpoint, Member, Qualification, Team

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


def _names(dice: random.Random) -> Iterator[str]:
    while True:
        yield dice.choice(_SURNAMES) + "".join(dice.choices(_GIVEN, k=2))


def add_people(dice: random.Random, wanted: int):
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
