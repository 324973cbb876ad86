from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.notifications import services as notifications
from anji_police.workflow.registry import escalates
from volunteers.models import Incident


@escalates("volunteers.receive")
def receipt_missed(deadline) -> None:
    """Nobody received a volunteer's report in time: the chief and the duty desk are told."""
    incident = Incident.objects.select_related("unit").get(pk=deadline.subject_id)
    people = User.objects.with_role(Role.STATION_CHIEF).filter(unit=incident.unit) | User.objects.with_role(
        Role.DUTY_DESK
    )
    notifications.tell_all(
        users=people.distinct(),
        text=_("The volunteer's report %(code)s was not received in time.") % {"code": incident.code},
        url=incident.get_absolute_url(),
        key=f"volunteers.receive:{deadline.pk}",
    )
