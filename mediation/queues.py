from datetime import datetime, time

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.periods import SHANGHAI
from anji_police.queues import WorkItem, queue
from mediation import selectors
from mediation.models import Dispute, DisputeStatus

WAITING = Q(status__in=[DisputeStatus.REGISTERED, DisputeStatus.CONSULTING, DisputeStatus.TO_ASSIGN])


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


def _own(user):
    return Dispute.objects.visible_to(user).filter(unit=user.unit_id).filter(WAITING)


@queue(
    "mediation.waiting",
    label=_("Disputes to be arranged"),
    permission="mediation.register_dispute",
    count=lambda user: _own(user).count(),
)
def waiting(user, limit: int) -> list[WorkItem]:
    found = _own(user).select_related("unit", "mediator").order_by("registered_at", "id")
    return [_item(dispute, _("Arrange it")) for dispute in found[:limit]]


@queue(
    "mediation.follow_up",
    label=_("Follow-up visits"),
    permission="mediation.close_dispute",
    count=lambda user: (
        Dispute.objects.visible_to(user).filter(unit=user.unit_id).follow_up_due(timezone.localdate()).count()
    ),
)
def follow_up(user, limit: int) -> list[WorkItem]:
    found = Dispute.objects.visible_to(user).filter(unit=user.unit_id).follow_up_due(timezone.localdate())
    return [
        _item(d, _("Visit or call")) for d in found.select_related("unit", "mediator").order_by("pk")[:limit]
    ]


@queue(
    "mediation.appointments",
    label=_("Appointments that end soon"),
    permission="mediation.change_mediator",
    count=lambda user: selectors.ending_appointments(user).count(),
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
