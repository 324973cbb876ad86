"""Teams, members and shifts made through the services."""

import uuid
from datetime import date, datetime, timedelta

from django.contrib.gis.geos import Point, Polygon

from anji_police.accounts.models import User
from anji_police.geo import SRID
from anji_police.periods import SHANGHAI, today
from tests.factories import UserFactory, officer, place
from tests.helpdesk.factories import seed_rules
from volunteers import services
from volunteers.models import Attendance, Beat, Member, Qualification, Shift, SignUp, Team

HERE = Point(119.610, 30.625, srid=SRID)
FAR = Point(119.700, 30.700, srid=SRID)
KINDS = tuple(Qualification.Kind.values)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def id_number(born: date, number: int = 1) -> str:
    """A valid number of an invented person: the region 330500 has no county."""
    text = f"330500{born:%Y%m%d}{number:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return text + "10X98765432"[sum(int(c) * w for c, w in zip(text, weights, strict=True)) % 11]


def team(clerk: User, name: str = "孝源守源义警队", **facts) -> Team:
    """An approved team of the clerk's station."""
    seed_rules()
    made = services.enter_team(
        actor=clerk, name=name, category=Team.Category.SHOUYUAN, unit=clerk.unit, **facts
    )
    return services.approve_team(team=made, actor=clerk)


def applied(clerk: User, home: Team, name: str = "王守义", **facts) -> Member:
    return services.add_member(actor=clerk, team=home, name=name, **facts)


def member(
    clerk: User,
    home: Team,
    name: str = "王守义",
    *,
    account: bool = True,
    kinds=KINDS,
    days: int = 365,
    **facts,
) -> Member:
    """An active member, with qualifications for a year before and after today."""
    found = services.vet_member(member=applied(clerk, home, name, **facts), actor=clerk)
    for kind in KINDS:
        services.record_qualification(
            member=found,
            actor=clerk,
            kind=kind,
            start=today() - timedelta(days=365),
            end=today() + timedelta(days=days),
        )
    found = services.mark_trained(member=found, actor=clerk)
    found = services.activate_member(member=found, actor=clerk)
    Qualification.objects.filter(member=found).exclude(kind__in=kinds).delete()
    if account:
        found = services.link_account(
            member=found, actor=clerk, user=UserFactory(roles=["volunteer"], unit=None, name=name)
        )
    return found


def with_leader(clerk: User, home: Team, name: str = "张队长") -> Member:
    leader = member(clerk, home, name)
    services.name_leader(team=home, actor=clerk, leader=leader)
    home.refresh_from_db()
    return leader


def beat(clerk: User, name: str = "孝源老街", **facts) -> Beat:
    area = Polygon.from_bbox((119.605, 30.620, 119.615, 30.630))
    area.srid = SRID
    return services.add_beat(
        actor=clerk, name=name, unit=clerk.unit, shape=area, checkpoints=[("文化礼堂", HERE)], **facts
    )


def planned(clerk: User, home: Team, start: datetime | None = None, *, hours: float = 2, **facts) -> Shift:
    start = start or at(today() + timedelta(days=2), 10)
    shift = {"title": "夜巡", "slots": 3, "meeting_point": HERE} | facts
    return services.plan_shift(
        actor=clerk, team=home, starts_at=start, ends_at=start + timedelta(hours=hours), **shift
    )


def opened(clerk: User, home: Team, start: datetime | None = None, **facts) -> Shift:
    return services.open_shift(shift=planned(clerk, home, start, **facts), actor=clerk)


def signed(shift: Shift, who: Member, actor: User | None = None) -> SignUp:
    return services.sign_up(shift=shift, member=who, actor=actor or who.user)


def present(row: SignUp, *, start=None, end=None) -> Attendance:
    """Checked in and out by place; the clock of the test has to stand within the shift for each."""
    services.check_in(
        sign_up=row, actor=row.member.user, method="gps", point=HERE, at=start, uid=uuid.uuid4()
    )
    row.refresh_from_db()
    if end is None:
        return row.attendance
    return services.check_out(
        sign_up=row, actor=row.member.user, method="gps", point=HERE, at=end, uid=uuid.uuid4()
    )


def chief_of(clerk: User) -> User:
    from tests.factories import chief

    return chief(unit=clerk.unit)


def clerk() -> User:
    place("330523004", "孝源街道")
    return officer()
