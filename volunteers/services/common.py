"""What the acts of the volunteers share."""

from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import NotAllowed
from anji_police.notifications import services as notifications
from anji_police.workflow import services as workflow
from volunteers.models import Member, Team

require, held, must_be = workflow.require, workflow.held, workflow.must_be


def leads(actor: User, team: Team) -> bool:
    """Whether `actor` is the account of the team's leader."""
    return team.leader_id is not None and team.leader.user_id == actor.pk


def may_run(actor: User, team: Team) -> None:
    """Raises NotAllowed unless `actor` is the police, whom the team is in sight of, or the team's leader."""
    if leads(actor, team):
        return
    if not (actor.is_police and Team.objects.visible_to(actor).filter(pk=team.pk).exists()):
        raise NotAllowed(_("Only the team's leader or its police station may do this."))


def is_self(actor: User, member: Member) -> bool:
    return member.user_id is not None and member.user_id == actor.pk


def may_speak(actor: User, member: Member) -> None:
    """Raises NotAllowed unless `actor` is the member, the team's leader or the police of the team."""
    if not is_self(actor, member):
        may_run(actor, member.team)


def record(actor, action: str, subject, **facts) -> None:
    audit.record(actor=actor, action=f"volunteers.{action}", subject=subject, **facts)


def tell_member(member: Member, text: str, *, url: str, key: str) -> None:
    """Tell a member: in the inbox of the account, else by SMS."""
    if member.user_id:
        notifications.tell(user=member.user, text=text, url=url, key=key)
    elif member.phone and not member.is_demo:
        notifications.send_sms(to=member.phone.reveal(), text=text, key=key)
