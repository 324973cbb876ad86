"""What is open now, for demonstration."""

import random

from anji_police.accounts.models import User
from anji_police.places.models import Place
from mediation import services
from mediation.demo.words import GIVEN, LOCAL, STORIES, SURNAMES
from mediation.models import (
    Dispute,
    Party,
)

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
