"""What the rows of the demonstration hang on."""

import random
from dataclasses import dataclass
from datetime import datetime

from django.contrib.gis.geos import Point

from anji_police.accounts.models import User
from volunteers import hours
from volunteers.models import Beat, Member, Team

BATCH = 2000


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
