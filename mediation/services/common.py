"""What the acts of mediation share."""

from django.utils.translation import gettext as _

from anji_police import events
from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.audit import services as audit
from anji_police.errors import InvalidInput, NotAllowed
from anji_police.notifications import services as notifications
from anji_police.workflow import services as workflow
from mediation.models import Assignment, Dispute

# A time limit that an act starts by itself; those of a state are in limits.py.
ACCEPT, CONCLUDE = "mediation.accept", "mediation.conclude"
ASSIST = "mediation.assist"  # of an offer to assist; its clock is the assignment's own


require, held, sync_due, must_be = workflow.require, workflow.held, workflow.sync_due, workflow.must_be


def lead_of(dispute: Dispute) -> Assignment | None:
    """The offered or accepted lead assignment."""
    return (
        dispute.assignments.select_related("mediator")
        .filter(role=Assignment.Role.LEAD, state__in=[Assignment.State.OFFERED, Assignment.State.ACCEPTED])
        .first()
    )


def speaks_for(actor, mediator) -> bool:
    """Whether `actor` may answer for `mediator`: the mediator's own account, or police who take the answer by phone."""
    return mediator.user_id == actor.pk or actor.is_police


def must_take_part(dispute: Dispute, actor, *, as_lead: bool = False) -> None:
    """Raises NotAllowed for a mediator's account whose mediator has not accepted the dispute, or not as its lead. Police act on
    every dispute in their sight."""
    if actor.is_police:
        return
    taken = dispute.assignments.filter(mediator__user=actor, state=Assignment.State.ACCEPTED)
    if not (taken.filter(role=Assignment.Role.LEAD) if as_lead else taken).exists():
        raise NotAllowed(
            _("Only the mediator who leads this dispute does this.")
            if as_lead
            else _("Only a mediator who has taken this dispute on does this.")
        )


def record(actor, action: str, dispute: Dispute, **facts) -> None:
    audit.record(actor=actor, action=f"mediation.dispute.{action}", subject=dispute, **facts)


def tell_origin(dispute: Dispute, text, *, closed: bool = False) -> None:
    """Let the request or the field's record that the dispute came from, if any, show the progress. `text` is lazy, for the
    reader's language."""
    if dispute.source in (Dispute.Source.REQUEST, Dispute.Source.FIELD):
        events.publish(
            "record_progressed",
            key=f"mediation:{dispute.pk}:{dispute.version}",
            subject=dispute._meta.label_lower,
            pk=dispute.pk,
            texts=events.in_every_language(text),
            closed=closed,
        )


def told(text: str, field: str, words, *, least: int = 1, most: int = 300) -> str:
    """`text` without blanks at its ends. Raises InvalidInput with `words` beside `field` when it is too short."""
    text = text.strip()
    if len(text) < least:
        raise InvalidInput(fields={field: [words]})
    return text[:most]


def tell_police(dispute: Dispute, text: str, *, key: str, officers: bool = False) -> None:
    """A line for the station's chiefs and the duty desk, and with `officers` for every officer of the station."""
    roles = (Role.STATION_CHIEF, Role.OFFICER) if officers else (Role.STATION_CHIEF,)
    station = User.objects.with_role(*roles).filter(unit=dispute.unit_id)
    desk = User.objects.with_role(Role.DUTY_DESK)
    people = {user.pk: user for user in [*station, *desk]}
    if dispute.leader_id:
        people.setdefault(dispute.leader_id, dispute.leader)
    notifications.tell_all(
        users=people.values(),
        text=text % {"code": dispute.code},
        url=dispute.get_absolute_url(),
        key=key,
    )
