"""Invented teams, people and three years of service, for demonstration: seeded, marked, and put in by bulk.

Nothing of it is about anybody: names are put together from lists, numbers come from ranges that are not given out. Rows are written as
they would stand after their acts; the acts themselves are tested elsewhere.
"""

import random

from django.db import connection, transaction
from django.utils import timezone

from anji_police.periods import today
from anji_police.workflow import rules
from volunteers import hours
from volunteers.demo.incidents import add_incidents
from volunteers.demo.people import add_people
from volunteers.demo.service import add_coming, add_history, close_months
from volunteers.demo.world import World

__all__ = ["MONTHS", "SEED", "TEAMS", "make"]
SEED = 330523
TEAMS = 207  # as the bureau counts them
MONTHS = 36


def make(*, seed: int = SEED, teams: int = TEAMS, months: int = MONTHS) -> dict[str, int]:
    """Make it all in one transaction; returns how many of each. The same seed on the same day gives the same people."""
    dice = random.Random(seed)  # noqa: S311  invented data, no secret
    day = today()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Else every statement carries the keys to be checked of all before it.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        found = World(
            dice,
            hours.Limits.on(day),
            int(rules.value("volunteers.points_per_hour")),
            int(rules.value("volunteers.night_bonus")),
            timezone.now(),
            *add_people(dice, teams),
        )
        counts = {"teams": len(found.teams), "members": sum(map(len, found.members.values()))}
        counts |= add_history(found, months)
        counts["incidents"] = add_incidents(found, months)
        add_coming(found)
        close_months(months)
    return counts
