from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.notifications import services as notifications
from anji_police.workflow.registry import escalates
from mediation.models import Assignment, Dispute
from mediation.services import dispatching


def _tell(deadline, dispute: Dispute, text: str) -> None:
    people = User.objects.with_role(Role.STATION_CHIEF).filter(unit=dispute.unit) | User.objects.with_role(
        Role.DUTY_DESK
    )
    notifications.tell_all(
        users=people.distinct(),
        text=text % {"code": dispute.code},
        url=dispute.get_absolute_url(),
        key=f"{deadline.kind}:{deadline.pk}",
    )


def _dispute(deadline) -> Dispute:
    return Dispute.objects.select_related("unit").get(pk=deadline.subject_id)


@escalates("mediation.accept")
def acceptance_missed(deadline) -> None:
    dispute = _dispute(deadline)
    dispatching.withdraw_unanswered(dispute)
    _tell(deadline, dispute, _("No mediator has accepted %(code)s in time. Ask somebody else."))


@escalates("mediation.assist")
def assistance_missed(deadline) -> None:
    row = Assignment.objects.select_related("dispute__unit").get(pk=deadline.subject_id)
    dispatching.withdraw_assistant(row)
    _tell(deadline, row.dispute, _("Who was asked to assist with %(code)s has not answered in time."))


@escalates("mediation.conclude")
def conclusion_missed(deadline) -> None:
    _tell(
        deadline,
        _dispute(deadline),
        _("%(code)s was not concluded in time. Extend with all parties' consent, or end it."),
    )
