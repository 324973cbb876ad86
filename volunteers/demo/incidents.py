"""Invented reports of volunteers, with their clocks."""

import uuid
from datetime import timedelta

from anji_police.periods import SHANGHAI
from anji_police.workflow.models import Deadline
from volunteers.demo.world import BATCH, World
from volunteers.models import Incident

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


def add_incidents(world: World, months: int) -> int:
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
