"""What the acts of mediation share."""

from django.utils.translation import gettext as _

from anji_police import events
from anji_police.audit import services as audit
from anji_police.errors import DomainError, NotAllowed
from anji_police.workflow import services as workflow
from mediation.models import Assignment, Dispute

ACCEPT, CONCLUDE = "mediation.accept", "mediation.conclude"


def require(actor, permission: str) -> None:
    """Raises NotAllowed unless `actor` holds `permission`."""
    if not actor.has_perm(permission):
        raise NotAllowed(_("Your account may not do this."))


def held(dispute: Dispute, actor, *, version: int | None = None) -> Dispute:
    """`dispute` under lock, still in sight of `actor`."""
    locked = workflow.lock(dispute, version=version)
    if not Dispute.objects.visible_to(actor).filter(pk=locked.pk).exists():
        raise NotAllowed(_("This dispute is not yours any more."))
    return locked


def must_be(dispute: Dispute, *states: str) -> None:
    """Raises DomainError unless the dispute is in one of `states`."""
    if dispute.status not in states:
        raise DomainError(
            _("This can't be done in the state “%(state)s”.") % {"state": dispute.get_status_display()}
        )


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


def sync_due(dispute: Dispute) -> None:
    """Copy the nearest running clock to the dispute, by which the queue is ordered."""
    dispute.due_at = (
        workflow.clocks_of(dispute)
        .filter(met_at=None, cancelled_at=None, paused_at=None)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    dispute.save(update_fields=["due_at"])


def record(actor, action: str, dispute: Dispute, **facts) -> None:
    audit.record(actor=actor, action=f"mediation.dispute.{action}", subject=dispute, **facts)


def tell_origin(dispute: Dispute, text, *, closed: bool = False) -> None:
    """Let the request that the dispute came from, if any, show the progress. `text` is lazy, for the citizen's language."""
    if dispute.source == Dispute.Source.REQUEST:
        events.publish(
            "record_progressed",
            key=f"mediation:{dispute.pk}:{dispute.version}",
            subject=dispute._meta.label_lower,
            pk=dispute.pk,
            texts=events.in_every_language(text),
            closed=closed,
        )
