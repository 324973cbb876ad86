"""Three years of disputes for demonstration, each whole from its registration to its end."""

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from anji_police import bigrams
from anji_police.periods import SHANGHAI
from anji_police.workflow.models import TransitionEntry
from mediation.demo.people import Made, name_of, origin_of
from mediation.demo.words import FACTORS, LOCAL, ORIGINS, STORIES
from mediation.models import (
    Agreement,
    Assignment,
    Dispute,
    DisputeStatus,
    FollowUp,
    Mediator,
    Party,
    PerformanceItem,
    RiskAssessment,
    Session,
)

YEARS = 3


def _moment(day: date, draw: random.Random) -> datetime:
    return datetime.combine(day, time(8 + draw.randrange(10), draw.randrange(60)), tzinfo=SHANGHAI)


def _chance_of_success(kind: str) -> float:
    return {"origin": 0.86, "dialect": 0.82, "neutral": 0.74}.get(kind, 0.78)


def add_disputes(made: Made, a_year: int) -> int:
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
                origin = made.places.get(LOCAL, home) if home.code != LOCAL else origin_of(made)[0]
                says = spoken if plan["match"] == "dialect" else [speech.get(origin.code, "吴语")]
            parties.append(
                Party(
                    dispute=dispute,
                    side=side,
                    name=name_of(made),
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
