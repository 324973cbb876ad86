"""Sending a request back (退单), and the ruling on it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.errors import DomainError, InvalidInput
from anji_police.helpdesk.models import HANDLE, RULE, HelpRequest, Return, Status
from anji_police.helpdesk.services.common import ACCEPT, RETURN, held, record, require, sync_due
from anji_police.notifications import services as notifications
from anji_police.places.models import Unit
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from anji_police.workflow.models import TransitionEntry


def return_window_end(request: HelpRequest):
    """Until when the unit may return the request: the limit runs from its last assignment."""
    assigned = (
        TransitionEntry.objects.filter(
            subject_type=request._meta.label_lower, subject_id=request.pk, to_state=Status.ASSIGNED
        )
        .order_by("-id")
        .values_list("at", flat=True)
        .first()
    )
    return rules.due_after("helpdesk.return_window", assigned or request.received_at)


def give_back(
    *, request: HelpRequest, actor: User, ground: str, explanation: str, version: int | None = None
) -> Return:
    """Return a request that is not the unit's, with ground and explanation, within the limit and before any ruling."""
    require(actor, HANDLE)
    if ground not in Return.Reason.values:
        raise InvalidInput(fields={"ground": [_("Choose one of the answers.")]})
    if len(explanation.strip()) < 5:
        raise InvalidInput(fields={"explanation": [_("Explain in at least five characters.")]})
    with transaction.atomic():
        request = held(request, actor, version=version)
        if not request.may_return:
            raise DomainError(_("The duty desk has ruled on this request: it can't be returned again."))
        if timezone.now() > return_window_end(request):
            raise DomainError(_("The time for a return is over. Handle the request, or ask the duty desk."))
        row = Return.objects.create(
            request=request, unit=request.unit, reason=ground, explanation=explanation.strip(), asked_by=actor
        )
        workflow.move(
            record=request,
            to=Status.RETURNED,
            actor=actor,
            reason=explanation,
            action="helpdesk.request.returned",
            after={"ground": ground},
        )
        workflow.cancel_clocks(request, ACCEPT)
        workflow.start_clock(record=request, kind=RETURN, rule="helpdesk.ruling")
        sync_due(request)
        notifications.tell_all(
            users=User.objects.with_role(Role.DUTY_DESK),
            text=_("Request %(reference)s was returned and waits for a ruling.")
            % {"reference": request.reference},
            url=request.get_absolute_url(),
            key=f"helpdesk.returned:{row.pk}",
        )
    return row


def rule_on_return(
    *, request: HelpRequest, actor: User, ruling: str, reason: str, unit: Unit | None = None
) -> HelpRequest:
    """The duty desk rules: upheld, and the request goes to another `unit`; or refused, and it stays for good.

    Who returned it can't rule on it.
    """
    require(actor, RULE)
    if ruling not in Return.Ruling.values:
        raise InvalidInput(fields={"ruling": [_("Choose one of the answers.")]})
    with transaction.atomic():
        request = held(request, actor)
        row = Return.objects.select_for_update().filter(request=request, ruling="").first()
        if row is None:
            raise DomainError(_("There is no return to rule on."))
        if row.asked_by_id == actor.pk:
            raise DomainError(_("Somebody else has to rule on your own return."))
        if ruling == Return.Ruling.UPHELD:
            if unit is None or unit.pk == row.unit_id:
                raise InvalidInput(fields={"unit": [_("Choose the unit that it goes to instead.")]})
            request.unit = unit
        else:
            request.may_return = False
        request.assignee = None
        row.ruling, row.ruled_by, row.ruled_at = ruling, actor, timezone.now()
        row.save(update_fields=["ruling", "ruled_by", "ruled_at"])
        workflow.move(
            record=request,
            to=Status.ASSIGNED,
            actor=actor,
            reason=reason,
            action="helpdesk.request.return-ruled",
            fields=("unit", "assignee", "may_return"),
            after={"ruling": ruling, "unit": request.unit.name},
        )
        workflow.meet_clock(request, RETURN)
        workflow.start_clock(record=request, kind=ACCEPT, rule="helpdesk.accept")
        sync_due(request)
        record(actor, "return-closed", request, after={"ruling": ruling})
    return request
