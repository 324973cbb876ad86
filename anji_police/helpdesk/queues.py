from django.utils.translation import gettext_lazy as _

from anji_police.helpdesk.models import HelpRequest
from anji_police.queues import WorkItem, queue


def _item(request: HelpRequest, action) -> WorkItem:
    return WorkItem(
        code=request.reference,
        title=request.excerpt,
        state=request.get_status_display(),
        url=request.get_absolute_url(),
        due_at=request.due_at,
        unit=str(request.unit or ""),
        person=request.assignee.name if request.assignee_id else "",
        tone=HelpRequest.STATUS_TONES[request.status],
        action=action,
    )


@queue(
    "helpdesk.mine",
    label=_("Requests"),
    permission="helpdesk.handle_request",
    rows=lambda user: HelpRequest.objects.visible_to(user).mine(user),
)
def mine(user, limit: int) -> list[WorkItem]:
    found = HelpRequest.objects.visible_to(user).mine(user).select_related("unit", "assignee")
    return [_item(request, _("Work on it")) for request in found.order_by("due_at", "id")[:limit]]


@queue(
    "helpdesk.returned",
    label=_("Returned requests"),
    permission="helpdesk.rule_return",
    rows=lambda user: HelpRequest.objects.visible_to(user).filter(status="returned"),
)
def returned(user, limit: int) -> list[WorkItem]:
    found = HelpRequest.objects.visible_to(user).filter(status="returned").select_related("unit", "assignee")
    return [_item(request, _("Rule on it")) for request in found.order_by("due_at", "id")[:limit]]


@queue(
    "helpdesk.unassigned",
    label=_("Requests without an officer"),
    permission="helpdesk.assign_request",
    rows=lambda user: HelpRequest.objects.visible_to(user).unassigned(),
)
def unassigned(user, limit: int) -> list[WorkItem]:
    found = HelpRequest.objects.visible_to(user).unassigned().select_related("unit", "assignee")
    return [_item(request, _("Assign it")) for request in found.order_by("due_at", "id")[:limit]]
