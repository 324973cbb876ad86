from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.notifications import services as notifications
from anji_police.workflow.registry import escalates
from mediation.models import Dispute
from mediation.services import dispatching


def _tell(deadline, text: str) -> Dispute:
    dispute = Dispute.objects.select_related("unit").get(pk=deadline.subject_id)
    people = User.objects.with_role(Role.STATION_CHIEF).filter(unit=dispute.unit) | User.objects.with_role(
        Role.DUTY_DESK
    )
    notifications.tell_all(
        users=people.distinct(),
        text=text % {"code": dispute.code},
        url=dispute.get_absolute_url(),
        key=f"{deadline.kind}:{deadline.pk}",
    )
    return dispute


@escalates("mediation.accept")
def acceptance_missed(deadline) -> None:
    dispute = _tell(deadline, _("No mediator has accepted %(code)s in time. Ask somebody else."))
    dispatching.withdraw_unanswered(dispute)


@escalates("mediation.conclude")
def conclusion_missed(deadline) -> None:
    _tell(deadline, _("%(code)s was not concluded in time. Extend with all parties' consent, or end it."))
