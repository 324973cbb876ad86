"""What waits for whom. Every open dispute is in exactly one work queue: PLACES gives each open state its queue."""

from datetime import datetime, time

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.periods import SHANGHAI
from anji_police.queues import WorkItem, queue
from mediation import selectors
from mediation.models import Dispute, DisputeStatus, FollowUp, PoliceTask, Referral

# Work queue -> the states whose disputes wait there, and what is done next. Each state of OPEN is in one of them.
PLACES = {
    "waiting": (
        (DisputeStatus.REGISTERED, DisputeStatus.CONSULTING, DisputeStatus.TO_ASSIGN),
        _("Arrange it"),
    ),
    "mediating": (
        (DisputeStatus.OFFERED, DisputeStatus.MEDIATING, DisputeStatus.AGREED),
        _("Mediate"),
    ),
    "performing": ((DisputeStatus.EFFECTIVE, DisputeStatus.UNPERFORMED), _("See to the performance")),
    "closing": (
        (DisputeStatus.PERFORMED, DisputeStatus.FAILED, DisputeStatus.REFUSED),
        _("Visit and close"),
    ),
}


def in_place(queryset, name: str):
    """The disputes of one work queue."""
    return queryset.filter(status__in=PLACES[name][0])


def _item(dispute: Dispute, action) -> WorkItem:
    return WorkItem(
        code=dispute.code,
        title=dispute.title,
        state=dispute.get_status_display(),
        url=dispute.get_absolute_url(),
        due_at=dispute.due_at,
        unit=str(dispute.unit),
        person=dispute.mediator.name if dispute.mediator_id else "",
        tone=Dispute.STATUS_TONES[dispute.status],
        action=action,
    )


def _own(user, name: str):
    """Of the own unit; of a mediator's account, what it was offered or has taken on."""
    visible = in_place(Dispute.objects.visible_to(user), name)
    return visible.filter(unit=user.unit_id) if user.is_police else visible


def _register(name: str, label, permission: str) -> None:
    def items(user, limit: int) -> list[WorkItem]:
        found = _own(user, name).select_related("unit", "mediator").order_by("due_at", "registered_at", "id")
        return [_item(dispute, PLACES[name][1]) for dispute in found[:limit]]

    queue(f"mediation.{name}", label=label, permission=permission, rows=lambda user: _own(user, name))(items)


_register("waiting", _("Disputes to be arranged"), "mediation.register_dispute")
_register("mediating", _("Disputes in mediation"), "mediation.mediate_dispute")
_register("performing", _("Agreements to be performed"), "mediation.mediate_dispute")
_register("closing", _("Disputes to be closed"), "mediation.close_dispute")


def _visits(user):
    return FollowUp.objects.visible_to(user).open().of(user).filter(due_on__lte=timezone.localdate())


@queue(
    "mediation.follow_up",
    label=_("Follow-up visits"),
    permission="mediation.mediate_dispute",
    rows=_visits,
)
def follow_up(user, limit: int) -> list[WorkItem]:
    """Beside the work queues: a visit is a thing of its own."""
    found = _visits(user).select_related("dispute__unit", "dispute__mediator").order_by("due_on", "pk")
    return [_item(visit.dispute, _("Visit or call")) for visit in found[:limit]]


@queue(
    "mediation.appointments",
    label=_("Appointments that end soon"),
    permission="mediation.change_mediator",
    rows=selectors.ending_appointments,
)
def appointments(user, limit: int) -> list[WorkItem]:
    found = selectors.ending_appointments(user).select_related("mediator", "committee")
    return [
        WorkItem(
            code=row.mediator.name,
            title=_("Appointed by %(committee)s") % {"committee": row.committee},
            state=_("Ends on %(day)s") % {"day": row.valid.upper.isoformat()},
            due_at=datetime.combine(row.valid.upper, time(), tzinfo=SHANGHAI),
            url=row.mediator.get_absolute_url(),
            tone="warn",
            action=_("Appoint again"),
        )
        for row in found[:limit]
    ]


def _tasks(user):
    return PoliceTask.objects.visible_to(user).filter(dispute__unit=user.unit_id, answered_at=None)


@queue(
    "mediation.tasks",
    label=_("Police tasks of disputes"),
    permission="mediation.answer_task",
    rows=_tasks,
)
def tasks(user, limit: int) -> list[WorkItem]:
    found = _tasks(user).select_related("dispute__unit", "dispute__mediator").order_by("raised_at", "pk")
    return [_item(task.dispute, _("Go there")) for task in found[:limit]]


def _referrals(user):
    return Referral.objects.filter(direction="out", answered_at=None, received_at=None).filter(
        Q(unit=user.unit_id), unit__isnull=False
    )


@queue(
    "mediation.referred",
    label=_("Disputes referred to us"),
    permission="mediation.refer_dispute",
    rows=_referrals,
)
def referred(user, limit: int) -> list[WorkItem]:
    found = _referrals(user).select_related("dispute__unit", "dispute__mediator").order_by("sent_at", "pk")
    return [_item(row.dispute, _("Confirm the receipt")) for row in found[:limit]]
