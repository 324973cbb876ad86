"""Reads of stations, teams and committees with the figures that their lists show."""

from datetime import date, datetime, timedelta

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.periods import SHANGHAI
from mediation.filters import SETTLED
from mediation.models import (
    Appointment,
    Assignment,
    Committee,
    CommitteeMember,
    Dispute,
    Mediator,
    ServiceStation,
    Team,
)
from mediation.services.dispatching import CURRENT

LEAST, MOST, TERM_YEARS = 3, 9, 3  # 人民调解法 art. 8, read 2026-11: three to nine members, three years
YEAR_DAYS = 366


def _count(rows, group: str):
    """How many of `rows` belong to the outer row, by a statement of its own, so that nothing is multiplied."""
    counted = rows.order_by().values(group).annotate(n=Count("pk", distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _new_year() -> datetime:
    return datetime(timezone.localdate().year, 1, 1, tzinfo=SHANGHAI)


def stations(user):
    """Stations in sight with how many teams and active mediators each has."""
    return (
        ServiceStation.objects.visible_to(user)
        .select_related("place", "unit")
        .annotate(
            team_count=_count(Team.objects.filter(station=OuterRef("pk"), dissolved_on=None), "station"),
            mediator_count=_count(Mediator.objects.active().filter(station=OuterRef("pk")), "station"),
        )
    )


def teams(user):
    """Teams in sight with members, load now, and disputes settled this year."""
    settled = Dispute.objects.filter(
        mediator__team=OuterRef("pk"), outcome__in=SETTLED, concluded_at__gte=_new_year()
    )
    return (
        Team.objects.visible_to(user)
        .select_related("origin", "station__place")
        .annotate(
            size=_count(Mediator.objects.active().filter(team=OuterRef("pk")), "team"),
            load=_count(
                Assignment.objects.filter(mediator__team=OuterRef("pk"), state__in=CURRENT), "mediator__team"
            ),
            settled=_count(settled, "mediator__team"),
        )
    )


def committees(user, on: date | None = None):
    """Committees in sight with their members of the day, and how many mediators each has appointed."""
    on = on or timezone.localdate()
    members = CommitteeMember.objects.filter(committee=OuterRef("pk"), valid__contains=on)
    return (
        Committee.objects.visible_to(user)
        .select_related("place")
        .annotate(
            size=_count(members, "committee"),
            women=_count(members.filter(sex=CommitteeMember.Sex.FEMALE), "committee"),
            appointed=_count(
                Appointment.objects.filter(committee=OuterRef("pk"), valid__contains=on), "committee"
            ),
        )
    )


def faults_of(committee: Committee) -> list[str]:
    """What a committee of committees() still lacks by 人民调解法 art. 8. Shown, and in the way of nothing."""
    faults = []
    if not LEAST <= committee.size <= MOST:
        faults.append(
            _("Has %(size)d members; the law asks for %(least)d to %(most)d.")
            % {"size": committee.size, "least": LEAST, "most": MOST}
        )
    if committee.size and not committee.women:
        faults.append(_("Has no woman among its members; the law asks for at least one."))
    return faults


def too_long(member: CommitteeMember) -> bool:
    """Whether a term is longer than three years."""
    return member.valid.upper - member.valid.lower > timedelta(days=TERM_YEARS * YEAR_DAYS)


def members_of(committee: Committee) -> list[CommitteeMember]:
    """Members of the day first, then those of before."""
    day = timezone.localdate()
    rows = list(committee.members.all())
    for row in rows:
        row.serves, row.is_too_long = row.valid.lower <= day < row.valid.upper, too_long(row)
    return sorted(rows, key=lambda row: (not row.serves, not row.is_head, row.name))


def teams_of(station: ServiceStation, user):
    return teams(user).filter(station=station, dissolved_on=None).order_by("name", "pk")
