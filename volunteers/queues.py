from django.utils.translation import gettext_lazy as _

from anji_police.queues import WorkItem, queue
from volunteers.models import Incident, IncidentStatus, Member, MemberStatus, SignUp, SignUpStatus


def _incidents(user):
    waiting = Incident.objects.visible_to(user).filter(unit=user.unit_id)
    return waiting.exclude(status=IncidentStatus.CLOSED)


@queue(
    "volunteers.incidents",
    label=_("Reports of volunteers"),
    permission="volunteers.handle_incident",
    rows=_incidents,
)
def incidents(user, limit: int) -> list[WorkItem]:
    actions = {
        IncidentStatus.REPORTED: _("Receive"),
        IncidentStatus.RECEIVED: _("Handle"),
        IncidentStatus.FED_BACK: _("Close the incident"),
    }
    found = _incidents(user).select_related("unit").order_by("due_at", "reported_at")[:limit]
    return [
        WorkItem(
            code=i.code,
            title=i.facts[:40],
            state=i.get_status_display(),
            url=i.get_absolute_url(),
            due_at=i.due_at,
            unit=str(i.unit),
            tone=Incident.STATUS_TONES[i.status],
            action=actions.get(i.status, _("Tell the reporter")),
        )
        for i in found
    ]


def _hours(user):
    return SignUp.objects.visible_to(user).filter(status=SignUpStatus.PENDING, shift__team__unit=user.unit_id)


@queue(
    "volunteers.hours",
    label=_("Hours of volunteers to be approved"),
    permission="volunteers.approve_hours",
    rows=_hours,
)
def hours(user, limit: int) -> list[WorkItem]:
    found = _hours(user).select_related("shift__team__unit", "member").order_by("id")[:limit]
    return [
        WorkItem(
            code=row.shift.team.name,
            title=f"{row.member.name} · {row.shift}",
            state=row.get_status_display(),
            url=row.shift.get_absolute_url(),
            unit=str(row.shift.team.unit),
            tone=SignUp.STATUS_TONES[row.status],
            action=_("Approve"),
        )
        for row in found
    ]


def _applicants(user):
    return Member.objects.visible_to(user).filter(status=MemberStatus.APPLIED, team__unit=user.unit_id)


@queue(
    "volunteers.applicants",
    label=_("Applicants to volunteer teams"),
    permission="volunteers.vet_member",
    rows=_applicants,
)
def applicants(user, limit: int) -> list[WorkItem]:
    found = _applicants(user).select_related("team__unit").order_by("id")[:limit]
    return [
        WorkItem(
            code=m.team.name,
            title=m.name,
            state=m.get_status_display(),
            url=m.get_absolute_url(),
            unit=str(m.team.unit),
            tone=Member.STATUS_TONES[m.status],
            action=_("Vet"),
        )
        for m in found
    ]
