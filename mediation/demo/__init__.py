"""People and disputes for demonstration, made by a seeded generator: 212 teams and 2,524 mediators as the bureau counts them, at
stations in every township, of the origins from which people come to Anji, and three years of disputes.

Names and numbers are made up, and every row is marked. The many rows go straight into the tables, with one entry in the trail: they
stand for records of the past, not for acts of anybody.
"""

import random

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.periods import today
from anji_police.places.models import Jurisdiction, Place, Unit
from mediation.demo.now import live
from mediation.demo.past import add_disputes
from mediation.demo.people import (
    Made,
    add_appointments,
    add_committees,
    add_mediators,
    add_stations,
    add_teams,
)

__all__ = ["clerk", "live", "make"]
TEAMS, MEDIATORS = 212, 2524


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
    add_stations(made)
    add_committees(made)
    add_teams(made, teams)
    add_mediators(made, mediators)
    add_appointments(made)
    count = add_disputes(made, disputes_a_year)
    audit.record(
        actor=None,
        action="mediation.demo.made",
        subject=made.stations[0],
        after={"teams": len(made.teams), "mediators": len(made.mediators), "disputes": count},
    )
    return made
