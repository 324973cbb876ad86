"""What happens when a clock of a request runs out; each once and only once (workflow.escalate_missed)."""

from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.helpdesk.models import HelpRequest, Status
from anji_police.helpdesk.services import handling
from anji_police.notifications import services as notifications
from anji_police.workflow.registry import escalates


def _tell_superiors(deadline, text: str) -> None:
    request = HelpRequest.objects.select_related("unit", "assignee").get(pk=deadline.subject_id)
    chiefs = User.objects.with_role(Role.STATION_CHIEF).filter(unit=request.unit)
    desk = User.objects.with_role(Role.DUTY_DESK)
    officers = User.objects.filter(pk=request.assignee_id) if request.assignee_id else User.objects.none()
    people = {user.pk: user for group in (officers, chiefs, desk) for user in group}
    notifications.tell_all(
        users=people.values(),
        text=text % {"reference": request.reference, "unit": request.unit or "—"},
        url=request.get_absolute_url(),
        key=f"{deadline.kind}:{deadline.pk}",
    )


@escalates("helpdesk.accept")
def accept_missed(deadline) -> None:
    _tell_superiors(deadline, _("%(unit)s has not accepted request %(reference)s in time."))


@escalates("helpdesk.first_contact")
def first_contact_missed(deadline) -> None:
    _tell_superiors(
        deadline, _("Nobody has contacted the citizen of request %(reference)s (%(unit)s) in time.")
    )


@escalates("helpdesk.answer")
def answer_missed(deadline) -> None:
    _tell_superiors(deadline, _("Request %(reference)s (%(unit)s) was not answered in time."))


@escalates("helpdesk.ruling")
def ruling_missed(deadline) -> None:
    _tell_superiors(deadline, _("The return of request %(reference)s was not ruled on in time."))


@escalates("helpdesk.bad_rating")
def bad_rating_missed(deadline) -> None:
    _tell_superiors(
        deadline, _("Nobody has contacted the citizen of the badly rated request %(reference)s in time.")
    )


@escalates("helpdesk.rating_open")
def rating_time_over(deadline) -> None:
    request = HelpRequest.objects.get(pk=deadline.subject_id)
    if request.status == Status.ANSWERED:
        handling.close(request=request, actor=None, reason=_("The time for a rating is over."))
