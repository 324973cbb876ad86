"""The match takes people from groups that it weighs as one; here everybody is weighed alone, in Python, and both must agree."""

import random

import pytest

from anji_police.periods import today
from mediation import matching, services
from mediation.models import Assignment, MatchGroup, Mediator, Party
from tests.factories import officer, place
from tests.helpdesk.factories import town
from tests.mediation.factories import consented

pytestmark = pytest.mark.django_db
COUNTIES = ("341524", "341522", "341226", "411525", "429004", "429005", "530627")
SPEECH = ("江淮官话", "中原官话", "吴语")


def counties() -> list:
    made = {}
    for code in [*{code[:2] for code in COUNTIES}, *{code[:4] for code in COUNTIES}, *COUNTIES]:
        parent = made.get(code[:4]) if len(code) == 6 else made.get(code[:2])
        level = {2: "province", 4: "prefecture", 6: "county"}[len(code)]
        made[code] = place(code, f"地{code}", level, parent if len(code) > 2 else None)
    return [made[code] for code in COUNTIES]


def weighed(dispute, neutral: bool) -> list[tuple]:
    """(sort, key) of everybody who is to be proposed, one at a time by the rules in words."""
    sides = matching._sides(dispute)
    found = []
    for one in Mediator.objects.select_related("origin", "place"):
        load = one.assignments.filter(state__in=["offered", "accepted"]).count()
        if load >= one.load_limit or one.assignments.filter(dispute=dispute).exists():
            continue
        (a, says_a), (b, says_b) = (matching._tie(one, sides, side) for side in (1, 2))
        with_a, with_b = a or says_a, b or says_b
        sort = 1 if a and b else 2 if with_a and with_b else 3 if with_a else 4 if with_b else 5
        tie = {1: -min(a, b), 2: int(bool(a or b))}.get(sort, -max(a, b))
        far = one.place.seat.x
        found.append((sort, tie, load, -far, one.pk))
    found.sort()
    most = dict.fromkeys(range(1, 5), matching.EACH) | {5: matching.EACH * (2 if neutral else 1)}
    return [
        (row[0], row[4]) for sort in range(1, 6) for row in [r for r in found if r[0] == sort][: most[sort]]
    ]


@pytest.mark.parametrize("seed", range(6))
def test_groups_bring_the_same_people_in_the_same_order_as_one_at_a_time(seed):
    chance = random.Random(seed)
    clerk, homes = officer(), counties()
    seats = [place(f"33052310{n}", f"镇{n}") for n in range(3)]
    for n, seat in enumerate(seats):
        seat.seat = f"SRID=4326;POINT({119.1 + n / 10} 30.6)"
        seat.save()
    here = town()
    here.seat = "SRID=4326;POINT(119.61 30.6)"  # the farther east a seat, the nearer
    here.save()
    for n in range(90):
        services.add_mediator(
            actor=None,
            name=f"调解{n}",
            origin=chance.choice(homes),
            place=chance.choice([*seats, here]),
            dialects=tuple(chance.sample(SPEECH, chance.randint(0, 2))),
            load_limit=chance.choice([1, 2, 2, 2]),
        )
    dispute = consented(clerk, place=here)
    for side in Party.Side.values:
        Party.objects.filter(dispute=dispute, side=side).update(
            origin=chance.choice([*homes, None]), dialects=chance.sample(SPEECH, chance.randint(0, 1))
        )
    busy = [consented(clerk, place=here) for _ in range(2)]
    people = list(Mediator.objects.all())
    for one in chance.sample(people, 25):
        for other in busy[: chance.randint(1, 2)]:
            Assignment.objects.create(dispute=other, mediator=one, role="assists", offered_by=clerk)
    for neutral in (False, True):
        assert [(p.sort, p.pk) for p in matching.find(dispute, neutral=neutral)] == weighed(dispute, neutral)


def test_a_mediator_who_moves_or_learns_a_speech_is_in_another_group():
    homes = counties()
    one, two = (
        services.add_mediator(actor=None, name=name, origin=homes[0], place=town()) for name in ("甲", "乙")
    )
    one.refresh_from_db(), two.refresh_from_db()
    assert one.match_group == two.match_group
    Mediator.objects.filter(pk=one.pk).update(dialects=["吴语"])
    one.refresh_from_db()
    assert one.match_group != two.match_group
    assert one.match_group.dialects == ["吴语"]
    one.dialects = []
    one.match_group = None  # whatever is written, the trigger knows better
    one.save()
    one.refresh_from_db()
    assert one.match_group == two.match_group
    assert MatchGroup.objects.count() == 2


@pytest.mark.parametrize("other", [*COUNTIES, "3415", "34", "4290"])
def test_how_near_two_origins_are_is_the_same_in_the_statement_and_in_words(other):
    clerk, homes = officer(), counties()
    for n, home in enumerate(homes):
        services.add_mediator(actor=None, name=f"调解{n}", origin=home, place=town(), load_limit=9)
    dispute = consented(clerk, place=town())
    dispute.parties.update(origin=place(other))
    found = {person.pk: person.near_a for person in matching.find(dispute, neutral=True, on=today())}
    for one in Mediator.objects.filter(pk__in=found).select_related("origin"):
        assert found[one.pk] == matching.shared_level(one.origin.code, other)
