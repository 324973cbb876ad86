"""Stations, committees, teams, mediators and appointments for demonstration."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.gis.geos import Point

from anji_police.accounts.models import User
from anji_police.places.models import Place, Unit
from mediation.demo.words import GIVEN, LANGUAGES, LOCAL, ORIGINS, SKILLS, SURNAMES
from mediation.models import (
    Appointment,
    Committee,
    CommitteeMember,
    Mediator,
    ServiceStation,
    Team,
    Training,
)


@dataclass
class Made:
    """What was made so far."""

    draw: random.Random
    places: dict[str, Place]
    towns: list[Place]
    units: dict[int, Unit]  # township's key to its police station
    clerk: User
    day: date
    stations: list[ServiceStation] = field(default_factory=list)
    committees: list[Committee] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    mediators: list[Mediator] = field(default_factory=list)


def name_of(made: Made) -> str:
    draw = made.draw
    return draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2, 2))))


def short(place: Place) -> str:
    for ending in ("街道", "土家族苗族自治县", "自治县", "镇", "乡", "县", "市", "区"):
        if place.name.endswith(ending) and len(place.name) > len(ending) + 1:
            return place.name[: -len(ending)]
    return place.name


def _seat(made: Made, town: Place) -> Point | None:
    if town.seat is None:
        return None
    draw = made.draw
    return Point(town.seat.x + draw.uniform(-0.02, 0.02), town.seat.y + draw.uniform(-0.02, 0.02), srid=4326)


def add_stations(made: Made) -> None:
    known = {s.name: s for s in ServiceStation.objects.all()}
    wanted = []
    for number, town in enumerate(made.towns):
        names = [f"{short(town)}新居民服务站"] + ([f"{short(town)}工业园新居民服务站"] if number < 6 else [])
        for name in names:
            if name in known:
                made.stations.append(known[name])
            else:
                wanted.append(
                    ServiceStation(
                        name=name,
                        place=town,
                        unit=made.units[town.pk],
                        location=_seat(made, town),
                        is_demo=True,
                    )
                )
    made.stations += ServiceStation.objects.bulk_create(wanted)


def add_committees(made: Made) -> None:
    known = {c.name: c for c in Committee.objects.all()}
    names = {town.pk: f"{town.name}人民调解委员会" for town in made.towns}
    wanted = [
        Committee(name=name, place_id=key, is_demo=True) for key, name in names.items() if name not in known
    ]
    made.committees = [
        *(known[name] for name in names.values() if name in known),
        *Committee.objects.bulk_create(wanted),
    ]
    members = []
    manned = set(CommitteeMember.objects.values_list("committee", flat=True))
    for number, committee in enumerate(made.committees):
        if committee.pk in manned:
            continue
        start = made.day - timedelta(days=200 + 37 * number)
        size = (
            2 if number == len(made.committees) - 1 else made.draw.randint(3, 9)
        )  # the last is in the making
        used = set()
        for at in range(size):
            name = name_of(made)
            if name in used:
                continue
            used.add(name)
            members.append(
                CommitteeMember(
                    committee=committee,
                    name=name,
                    sex="female"
                    if at == 1 and size > 2
                    else made.draw.choice(("male", "male", "female"))
                    if size > 2
                    else "male",
                    is_head=at == 0,
                    valid=(start, start + timedelta(days=1096)),
                )
            )
    CommitteeMember.objects.bulk_create(members)


def origin_of(made: Made) -> tuple[Place, str]:
    usable = [row for row in ORIGINS if row[0] in made.places]
    code, _share, speech = made.draw.choices(usable, weights=[row[1] for row in usable])[0]
    return made.places[code], speech


def add_teams(made: Made, total: int) -> None:
    speech = {code: spoken for code, _share, spoken in ORIGINS}
    made.teams = list(Team.objects.select_related("origin", "station__place"))
    taken = {team.name for team in made.teams}
    wanted: list[Team] = []
    while len(made.teams) + len(wanted) < total:
        station = made.stations[len(wanted) % len(made.stations)]
        origin, spoken = origin_of(made)
        base = f"{short(station.place)}{short(origin)}乡音调解团"
        number = 1
        name = base
        while name in taken:
            number += 1
            name = f"{base}（{number}）"
        taken.add(name)
        wanted.append(
            Team(
                name=name,
                origin=origin,
                dialects=[spoken or speech[LOCAL]],
                station=station,
                founded_on=date(2019, 1, 1) + timedelta(days=made.draw.randrange(1400)),
                is_demo=True,
            )
        )
    made.teams += Team.objects.bulk_create(wanted)


def add_mediators(made: Made, total: int) -> None:
    made.mediators = list(Mediator.objects.select_related("team"))
    have, draw = len(made.mediators), made.draw
    wanted = []
    for number in range(have, total):
        team = made.teams[number % len(made.teams)] if made.teams else None
        joined = max(team.founded_on, date(2019, 3, 1)) + timedelta(days=draw.randrange(900))
        wanted.append(
            Mediator(
                name=name_of(made),
                phone=f"1390000{number:04d}",
                team=team,
                station=team.station,
                origin=team.origin,
                dialects=list(team.dialects) + (["吴语"] if draw.random() < 0.15 else []),
                languages=["普通话"] + ([draw.choice(LANGUAGES[1:])] if draw.random() < 0.06 else []),
                skills=draw.sample(SKILLS, draw.choice((0, 1, 1, 2))),
                place=team.station.place,
                born_on=made.day - timedelta(days=draw.randint(22 * 365, 70 * 365)),
                load_limit=draw.choice((3, 5, 5, 8)),
                joined_on=min(joined, made.day - timedelta(days=30)),
                is_demo=True,
            )
        )
    made.mediators += Mediator.objects.bulk_create(wanted, batch_size=1000)


def add_appointments(made: Made) -> None:
    """Every third is appointed by the committee of the township for three years; some terms end soon, some have ended."""
    of = {committee.place_id: committee for committee in made.committees}
    known = set(Appointment.objects.values_list("mediator", flat=True))
    rows, trainings = [], []
    for number, mediator in enumerate(made.mediators):
        if mediator.pk in known or number % 3 or mediator.place_id not in of:
            continue
        start = made.day - timedelta(days=made.draw.randint(20, 1180))
        rows.append(
            Appointment(
                mediator=mediator,
                committee=of[mediator.place_id],
                valid=(start, start + timedelta(days=1096)),
            )
        )
        if number % 2 == 0:
            trainings.append(
                Training(
                    mediator=mediator,
                    topic=made.draw.choice(("人民调解法与调解技巧", "劳动争议调解", "民转刑风险识别")),
                    organiser="县司法局",
                    held_on=made.day - timedelta(days=made.draw.randint(10, 700)),
                    hours=Decimal(made.draw.choice(("2.0", "4.0", "8.0"))),
                )
            )
    Appointment.objects.bulk_create(rows, batch_size=1000)
    Training.objects.bulk_create(trainings, batch_size=1000)
