"""A team from its application to its end."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.places.models import Place, Unit
from anji_police.workflow import services as workflow
from volunteers.models import Member, MemberStatus, Shift, ShiftStatus, Team, TeamStatus
from volunteers.models.people import APPROVE_TEAM, SUSPEND_TEAM, oversees
from volunteers.services.common import held, must_be, record, require
from volunteers.services.shifts import call_off

ENTER = "volunteers.enter_team"


def enter_team(
    *,
    actor: User,
    name: str,
    category: str,
    unit: Unit,
    place: Place | None = None,
    purpose: str = "",
    is_demo: bool = False,
) -> Team:
    """Enter the application of a founder for a new team (组建申请)."""
    require(actor, ENTER)
    if not oversees(actor) and not Unit.objects.visible_to(actor).filter(pk=unit.pk).exists():
        raise InvalidInput(fields={"unit": [_("Choose a unit of your own.")]})
    faults = {}
    if not 2 <= len(name.strip()) <= 60:
        faults["name"] = [_("Give the team a name of 2 to 60 characters.")]
    if category not in Team.Category.values:
        faults["category"] = [_("Choose one of the answers.")]
    if faults:
        raise InvalidInput(fields=faults)
    try:
        with transaction.atomic():
            team = Team.objects.create(
                name=name.strip(),
                category=category,
                unit=unit,
                place=place,
                purpose=purpose.strip()[:300],
                is_demo=is_demo,
            )
            workflow.begin(record=team, actor=actor)
            record(actor, "team.entered", team, after={"name": team.name, "unit": unit.name})
    except IntegrityError:
        raise InvalidInput(fields={"name": [_("There is a team of this name already.")]}) from None
    return team


def approve_team(*, team: Team, actor: User, liaison: User | None = None) -> Team:
    """The police station approves a team and names its liaison officer."""
    require(actor, APPROVE_TEAM)
    liaison = liaison or actor
    if not liaison.is_police:
        raise InvalidInput(fields={"liaison": [_("The liaison officer is a police officer.")]})
    with transaction.atomic():
        team = held(team, actor)
        must_be(team, TeamStatus.APPLIED)
        team.liaison = liaison
        return workflow.move(
            record=team,
            to=TeamStatus.APPROVED,
            actor=actor,
            action="volunteers.team.approved",
            fields=("liaison",),
            after={"liaison": liaison.name},
        )


def refuse_team(*, team: Team, actor: User, reason: str) -> Team:
    """The police station refuses the application for a team."""
    require(actor, APPROVE_TEAM)
    with transaction.atomic():
        team = held(team, actor)
        must_be(team, TeamStatus.APPLIED)
        return workflow.move(
            record=team, to=TeamStatus.DISSOLVED, actor=actor, reason=reason, action="volunteers.team.refused"
        )


def _for_brigade(actor: User) -> None:
    require(actor, SUSPEND_TEAM)
    if not oversees(actor):
        raise NotAllowed(_("Only the security brigade or the duty desk suspends and dissolves teams."))


def suspend_team(*, team: Team, actor: User, reason: str) -> Team:
    """The security brigade (治安大队) suspends a team; its coming shifts are called off."""
    _for_brigade(actor)
    with transaction.atomic():
        team = held(team, actor)
        must_be(team, TeamStatus.APPROVED)
        workflow.move(
            record=team,
            to=TeamStatus.SUSPENDED,
            actor=actor,
            reason=reason,
            action="volunteers.team.suspended",
        )
        _call_off_shifts(team, _("The team is suspended."))
    return team


def resume_team(*, team: Team, actor: User, reason: str) -> Team:
    """The security brigade lets a suspended team serve again."""
    _for_brigade(actor)
    with transaction.atomic():
        team = held(team, actor)
        must_be(team, TeamStatus.SUSPENDED)
        return workflow.move(
            record=team, to=TeamStatus.APPROVED, actor=actor, reason=reason, action="volunteers.team.resumed"
        )


def dissolve_team(*, team: Team, actor: User, reason: str) -> Team:
    """The security brigade dissolves a team; its coming shifts are called off, its records stay."""
    _for_brigade(actor)
    with transaction.atomic():
        team = held(team, actor)
        must_be(team, TeamStatus.APPROVED, TeamStatus.SUSPENDED)
        team.is_recruiting = False
        workflow.move(
            record=team,
            to=TeamStatus.DISSOLVED,
            actor=actor,
            reason=reason,
            action="volunteers.team.dissolved",
            fields=("is_recruiting",),
        )
        _call_off_shifts(team, _("The team is dissolved."))
    return team


def _call_off_shifts(team: Team, reason: str) -> None:
    coming = Shift.objects.filter(
        team=team,
        status__in=[ShiftStatus.DRAFT, ShiftStatus.OPEN, ShiftStatus.FULL],
        ends_at__gt=timezone.now(),
    )
    for shift in coming.order_by("pk"):
        call_off(workflow.lock(shift), None, reason)


def name_leader(*, team: Team, actor: User, leader: Member, liaison: User | None = None) -> Team:
    """Name the leader, an active member of the team, and if wanted another liaison officer."""
    require(actor, APPROVE_TEAM)
    with transaction.atomic():
        team = held(team, actor)
        if team.status == TeamStatus.DISSOLVED:
            raise DomainError(_("The team is dissolved."))
        leader = Member.objects.select_for_update().get(pk=leader.pk)
        if leader.team_id != team.pk or leader.status != MemberStatus.ACTIVE:
            raise InvalidInput(fields={"leader": [_("The leader is an active member of the team.")]})
        if liaison is not None and not liaison.is_police:
            raise InvalidInput(fields={"liaison": [_("The liaison officer is a police officer.")]})
        before = {"leader": str(team.leader or "")}
        team.leader, team.liaison = leader, liaison or team.liaison
        workflow.save(team, "leader", "liaison")
        record(actor, "team.leader-named", team, before=before, after={"leader": leader.name})
    return team


def set_recruiting(*, team: Team, actor: User, recruiting: bool) -> Team:
    """Whether the public page offers the team."""
    require(actor, APPROVE_TEAM)
    with transaction.atomic():
        team = held(team, actor)
        must_be(team, TeamStatus.APPROVED)
        team.is_recruiting = recruiting
        workflow.save(team, "is_recruiting")
        record(actor, "team.recruiting-set", team, after={"recruiting": recruiting})
    return team
