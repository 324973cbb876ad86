"""People and disputes for demonstration, made by a seeded generator: 212 teams and 2,524 mediators as the bureau counts them, at
stations in every township, of the origins from which people come to Anji, and three years of disputes.

Names and numbers are made up, and every row is marked. The many rows go straight into the tables, with one entry in the trail: they
stand for records of the past, not for acts of anybody.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.contrib.gis.geos import Point

from anji_police import bigrams
from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.periods import SHANGHAI, today
from anji_police.places.models import Jurisdiction, Place, Unit
from anji_police.workflow.models import TransitionEntry
from mediation import services
from mediation.models import (
    Agreement,
    Appointment,
    Assignment,
    Committee,
    CommitteeMember,
    Dispute,
    DisputeStatus,
    FollowUp,
    Mediator,
    Party,
    PerformanceItem,
    RiskAssessment,
    ServiceStation,
    Session,
    Team,
    Training,
)

TEAMS, MEDIATORS, YEARS = 212, 2524, 3
LOCAL = "330523"
# Origin (GB/T 2260), how many of a hundred, speech.
ORIGINS = (
    ("341524", 13, "江淮官话"),
    ("341522", 6, "江淮官话"),
    ("341882", 5, "江淮官话"),
    ("341226", 6, "中原官话"),
    ("341222", 4, "中原官话"),
    ("411525", 9, "中原官话"),
    ("411524", 5, "中原官话"),
    ("411526", 3, "中原官话"),
    ("530627", 9, "西南官话"),
    ("530628", 3, "西南官话"),
    ("520521", 6, "西南官话"),
    ("520523", 4, "西南官话"),
    ("522601", 2, "苗语"),
    ("511525", 5, "西南官话"),
    ("511724", 3, "西南官话"),
    ("500235", 3, "西南官话"),
    ("421087", 2, "西南官话"),
    ("361128", 3, "赣语"),
    ("431121", 2, "湘语"),
    (LOCAL, 7, "吴语"),
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文施"
GIVEN = "明国志建德永正守启朝水根金春秀芳桂兰英玉梅荣华富贵文武平安福生祥林木森海涛江波山峰云霞雪燕凤仙月琴珍秋冬夏阳光辉红军兵勇刚强龙虎"
SKILLS = ("劳资纠纷", "邻里纠纷", "婚姻家庭", "交通事故赔偿", "房屋租赁", "医疗费用", "工伤赔偿", "债务")
LANGUAGES = ("普通话", "手语", "苗语", "布依语", "彝语")
# Kind, matter, facts, terms.
STORIES = (
    ("wages", "工资拖欠纠纷", "竹制品厂拖欠工人两个月工资，双方对工时计算有分歧。", "厂方分期付清拖欠工资"),
    ("wages", "工地劳务费纠纷", "包工头与工人对劳务费结算数额各执一词。", "按考勤记录结算，当场付清"),
    ("neighbours", "合租噪音纠纷", "同住一层的两户因夜间噪音多次争吵。", "约定二十二点后不使用缝纫机"),
    ("neighbours", "停车占道纠纷", "因电动车停放挡住通道发生口角。", "划定停车位置，互相道歉"),
    ("neighbours", "宅基地排水纠纷", "雨季排水流入邻居院落，双方争执。", "改道排水沟，费用对半承担"),
    ("family", "夫妻家务纠纷", "夫妻因孩子回乡上学一事争吵。", "双方商定孩子留在安吉就读"),
    ("debt", "老乡借款纠纷", "同乡之间借款到期未还，催讨时争吵。", "借款人三个月内还清"),
    ("debt", "房屋押金纠纷", "退租时房东以损坏为由不退押金。", "扣除修理费后退还余款"),
    ("injury", "推搡致伤纠纷", "下班途中因琐事推搡，一方轻微受伤。", "赔偿医药费，双方不再追究"),
    ("consumer", "电动车维修纠纷", "修车后电池仍不能充电，要求退款。", "店方重新维修并退还工时费"),
    ("other", "饭店拼桌口角", "饭店内因拼桌发生口角。", "互相道歉，当场和解"),
)
FACTORS = {"A": ["weapon", "threat"], "B": ["violence"], "C": ["repeat_calls"], "D": []}


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


def clerk() -> User:
    """In whose name the demonstration's rows stand. Raises ValueError while there is no police account."""
    found = User.objects.police().filter(is_demo=True).order_by("pk").first() or User.objects.police().first()
    if found is None:
        raise ValueError("make the demonstration accounts first")
    return found


def make(
    *, teams: int = TEAMS, mediators: int = MEDIATORS, disputes_a_year: int = 110, seed: int = 20240501
) -> Made:
    """Fill up to `teams` teams and `mediators` mediators beside those that exist, and three years of disputes. The caller holds
    the transaction."""
    writer = clerk()
    towns = list(Place.objects.townships())
    fallback = Unit.objects.stations().order_by("code").first() or writer.unit
    units = {
        row.place_id: row.unit
        for row in Jurisdiction.objects.filter(valid__contains=today(), place__in=towns).select_related(
            "unit"
        )
    }
    made = Made(
        draw=random.Random(seed),  # noqa: S311 - a demonstration, not a secret
        places={p.code: p for p in Place.objects.exclude(level="village").defer("area")},
        towns=towns,
        units={town.pk: units.get(town.pk, fallback) for town in towns},
        clerk=writer,
        day=today(),
    )
    _stations(made)
    _committees(made)
    _teams(made, teams)
    _mediators(made, mediators)
    _appointments(made)
    count = _disputes(made, disputes_a_year)
    audit.record(
        actor=None,
        action="mediation.demo.made",
        subject=made.stations[0],
        after={"teams": len(made.teams), "mediators": len(made.mediators), "disputes": count},
    )
    return made


def _name(made: Made) -> str:
    draw = made.draw
    return draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2, 2))))


def _short(place: Place) -> str:
    for ending in ("街道", "土家族苗族自治县", "自治县", "镇", "乡", "县", "市", "区"):
        if place.name.endswith(ending) and len(place.name) > len(ending) + 1:
            return place.name[: -len(ending)]
    return place.name


def _seat(made: Made, town: Place) -> Point | None:
    if town.seat is None:
        return None
    draw = made.draw
    return Point(town.seat.x + draw.uniform(-0.02, 0.02), town.seat.y + draw.uniform(-0.02, 0.02), srid=4326)


def _stations(made: Made) -> None:
    known = {s.name: s for s in ServiceStation.objects.all()}
    wanted = []
    for number, town in enumerate(made.towns):
        names = [f"{_short(town)}新居民服务站"] + (
            [f"{_short(town)}工业园新居民服务站"] if number < 6 else []
        )
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


def _committees(made: Made) -> None:
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
            name = _name(made)
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


def _origin(made: Made) -> tuple[Place, str]:
    usable = [row for row in ORIGINS if row[0] in made.places]
    code, _share, speech = made.draw.choices(usable, weights=[row[1] for row in usable])[0]
    return made.places[code], speech


def _teams(made: Made, total: int) -> None:
    speech = {code: spoken for code, _share, spoken in ORIGINS}
    made.teams = list(Team.objects.select_related("origin", "station__place"))
    taken = {team.name for team in made.teams}
    wanted: list[Team] = []
    while len(made.teams) + len(wanted) < total:
        station = made.stations[len(wanted) % len(made.stations)]
        origin, spoken = _origin(made)
        base = f"{_short(station.place)}{_short(origin)}乡音调解团"
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


def _mediators(made: Made, total: int) -> None:
    made.mediators = list(Mediator.objects.select_related("team"))
    have, draw = len(made.mediators), made.draw
    wanted = []
    for number in range(have, total):
        team = made.teams[number % len(made.teams)] if made.teams else None
        joined = max(team.founded_on, date(2019, 3, 1)) + timedelta(days=draw.randrange(900))
        wanted.append(
            Mediator(
                name=_name(made),
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


def _appointments(made: Made) -> None:
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


# -- three years of disputes ------------------------------------------------------------------------------------------


def _moment(day: date, draw: random.Random) -> datetime:
    return datetime.combine(day, time(8 + draw.randrange(10), draw.randrange(60)), tzinfo=SHANGHAI)


def _chance_of_success(kind: str) -> float:
    return {"origin": 0.86, "dialect": 0.82, "neutral": 0.74}.get(kind, 0.78)


def _disputes(made: Made, a_year: int) -> int:
    if Dispute.objects.filter(is_demo=True).exists() or not made.mediators:
        return 0
    draw = made.draw
    by_team: dict[int, list[Mediator]] = {}
    for mediator in made.mediators:
        if mediator.team_id:
            by_team.setdefault(mediator.team_id, []).append(mediator)
    total = a_year * YEARS
    # The last ended a month ago: what is younger would need clocks that run.
    days = sorted(made.day - timedelta(days=30 + draw.randrange(365 * YEARS)) for _n in range(total))
    last: dict[int, int] = {}
    for code in Dispute.objects.values_list("code", flat=True):
        year, number = code[2:].split("-")
        last[int(year)] = max(last.get(int(year), 0), int(number))
    plans = []
    for day in days:
        last[day.year] = last.get(day.year, 0) + 1
        plans.append(_plan(made, by_team, day, f"TJ{day.year}-{last[day.year]:06d}"))
    Dispute.objects.bulk_create([plan["dispute"] for plan in plans], batch_size=500)
    _beside(made, plans)
    return total


def _plan(made: Made, by_team: dict, day: date, code: str) -> dict:
    draw = made.draw
    team = draw.choice([team for team in made.teams if by_team.get(team.pk)])
    mediator = draw.choice(by_team[team.pk])
    kind, title, facts, terms = draw.choice(STORIES)
    match = draw.choices(("origin", "dialect", "neutral"), (72, 12, 16))[0]
    ok = draw.random() < _chance_of_success(match)
    written = ok and mediator.pk % 3 == 0
    registered = _moment(day, draw)
    concluded = registered + timedelta(days=draw.randint(1, 20), hours=2)
    closed = concluded + timedelta(days=draw.randint(2, 8))
    text = f"{code} {bigrams.normal(f'{title} {facts}')}"
    dispute = Dispute(
        code=code,
        source=draw.choice(("call_110", "station", "screening", "self")),
        type=kind,
        title=title,
        facts=facts,
        unit=made.units[team.station.place_id],
        place=team.station.place,
        amount_yuan=Decimal(draw.randrange(300, 30000)) if kind in ("wages", "debt", "injury") else None,
        risk=draw.choices("ABCD", (2, 8, 25, 65))[0],
        mediator=mediator,
        outcome="written" if written else "oral" if ok else "failed",
        registered_by=made.clerk,
        registered_at=registered,
        concluded_at=concluded,
        closed_at=closed,
        status=DisputeStatus.CLOSED,
        status_since=closed,
        is_demo=True,
        search_text=text,
        search_pairs=bigrams.pairs_of(text),
    )
    return {"dispute": dispute, "team": team, "match": match, "ok": ok, "written": written, "terms": terms}


def _beside(made: Made, plans: list[dict]) -> None:
    """What belongs to the disputes: parties, offers, sessions, agreements, visits, changes of state."""
    draw = made.draw
    parties, moves, offers, sessions, agreements, visits, grades = [], [], [], [], [], [], []
    speech = {code: spoken for code, _share, spoken in ORIGINS}
    for number, plan in enumerate(plans):
        dispute, team = plan["dispute"], plan["team"]
        home, spoken = team.origin, list(team.dialects)
        for at, side in enumerate(("applicant", "respondent")):
            origin, says = home, spoken
            if plan["match"] != "origin" and (side == "respondent" or plan["match"] == "neutral"):
                origin = made.places.get(LOCAL, home) if home.code != LOCAL else _origin(made)[0]
                says = spoken if plan["match"] == "dialect" else [speech.get(origin.code, "吴语")]
            parties.append(
                Party(
                    dispute=dispute,
                    side=side,
                    name=_name(made),
                    phone=f"1390001{number * 2 + at:04d}",
                    origin=origin,
                    dialects=says,
                    consent="given",
                    consent_form="oral",
                    consent_at=dispute.registered_at + timedelta(hours=1),
                )
            )
        taken = dispute.registered_at + timedelta(hours=6)
        offers.append(
            Assignment(
                dispute=dispute,
                mediator=dispute.mediator,
                state=Assignment.State.ENDED,
                match=plan["match"],
                offered_by=made.clerk,
                offered_at=dispute.registered_at + timedelta(hours=2),
                answered_at=taken,
            )
        )
        sessions.append(
            Session(
                dispute=dispute,
                held_at=dispute.concluded_at - timedelta(hours=1),
                venue=f"{team.station.name}调解室",
                record="双方各自陈述经过，调解员以乡音劝解。",
                is_signed=True,
                recorded_by=made.clerk,
                recorded_at=dispute.concluded_at,
            )
        )
        if plan["ok"]:
            agreements.append(_agreement(plan))
        visits.append(
            FollowUp(
                dispute=dispute,
                due_on=dispute.closed_at.astimezone(SHANGHAI).date(),
                done_at=dispute.closed_at - timedelta(hours=1),
                done_by=made.clerk,
                performance="已履行" if plan["ok"] else "告知诉讼途径",
                satisfaction=draw.choice((4, 5, 5)) if plan["ok"] else 3,
            )
        )
        grades.append(
            RiskAssessment(
                dispute=dispute,
                factors=FACTORS[dispute.risk],
                suggested=dispute.risk,
                grade=dispute.risk,
                assessed_by=made.clerk,
                assessed_at=dispute.registered_at,
            )
        )
        moves += _moves(made, plan, taken)
    Party.objects.bulk_create(parties, batch_size=500)
    Assignment.objects.bulk_create(offers, batch_size=500)
    made_sessions = Session.objects.bulk_create(sessions, batch_size=500)
    through = Session.mediators.through
    through.objects.bulk_create(
        through(session_id=s.pk, mediator_id=s.dispute.mediator_id) for s in made_sessions
    )
    Agreement.objects.bulk_create(agreements, batch_size=500)
    PerformanceItem.objects.bulk_create(
        PerformanceItem(
            agreement=row,
            what=row.terms,
            amount_yuan=row.dispute.amount_yuan,
            due_on=row.agreed_on,
            done_on=row.agreed_on,
        )
        for row in agreements
        if row.dispute.amount_yuan
    )
    FollowUp.objects.bulk_create(visits, batch_size=500)
    RiskAssessment.objects.bulk_create(grades, batch_size=500)
    TransitionEntry.objects.bulk_create(moves, batch_size=1000)


def _agreement(plan: dict) -> Agreement:
    dispute = plan["dispute"]
    day = dispute.concluded_at.astimezone(SHANGHAI).date()
    return Agreement(
        dispute=dispute, is_written=plan["written"], terms=plan["terms"], agreed_on=day, effective_on=day
    )


def _moves(made: Made, plan: dict, taken: datetime) -> list[TransitionEntry]:
    dispute = plan["dispute"]
    start, end = dispute.registered_at, dispute.concluded_at
    way = [
        ("registered", start),
        ("consulting", start + timedelta(minutes=5)),
        ("to_assign", start + timedelta(hours=1)),
        ("offered", start + timedelta(hours=2)),
        ("mediating", taken),
        *(
            [("agreed", end), ("effective", end), ("performed", end + timedelta(days=1))]
            if plan["ok"]
            else [("failed", end)]
        ),
        ("closed", dispute.closed_at),
    ]
    return [
        TransitionEntry(
            subject_type=Dispute._meta.label_lower,
            subject_id=dispute.pk,
            from_state=way[at - 1][0] if at else "",
            to_state=state,
            at=moment,
            actor=made.clerk,
            actor_name=made.clerk.name,
            reason="双方差距过大" if state == "failed" else "",
        )
        for at, (state, moment) in enumerate(way)
    ]


# -- what is open now -------------------------------------------------------------------------------------------------

# Story, origins and speech of the two sides (None: not declared), whether both have consented.
OPEN_NOW = (
    (1, ("341524", "江淮官话"), ("341524", "江淮官话"), True),
    (3, ("341524", "江淮官话"), ("530627", "西南官话"), True),
    (0, ("411525", "中原官话"), (LOCAL, "吴语"), True),
    (8, (None, None), ("520521", "西南官话"), True),
    (4, ("530627", "西南官话"), ("530628", "西南官话"), False),
)


def live(actor: User) -> list[Dispute]:
    """A few disputes of now in the actor's unit, by the services, so that clocks and trail are as of any other."""
    draw = random.Random(7)  # noqa: S311 - a demonstration, not a secret
    made = []
    for number, (story, a, b, consented) in enumerate(OPEN_NOW):
        kind, title, facts, _terms = STORIES[story]
        parties = [
            services.PartySpec(
                side=side,
                name=draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=2)),
                phone=f"1390002{number * 2 + at:04d}",
                origin=Place.objects.filter(code=origin or "").first(),
                dialects=(speech,) if speech else (),
            )
            for at, (side, (origin, speech)) in enumerate(
                ((Party.Side.APPLICANT, a), (Party.Side.RESPONDENT, b))
            )
        ]
        dispute = services.register(
            actor=actor,
            source=Dispute.Source.STATION,
            type=kind,
            title=title,
            facts=facts,
            unit=actor.unit,
            place=Place.objects.filter(code="330523004").first(),
            parties=parties,
            is_demo=True,
        )
        if consented:
            for party in dispute.parties.all():
                services.record_consent(party=party, actor=actor, given=True, form=Party.Form.ORAL)
        made.append(dispute)
    return made
