from django.utils.translation import gettext_lazy as _

from anji_police import nav
from volunteers.models import Incident, IncidentStatus

nav.add(
    "volunteers:me",
    label=_("My shifts"),
    icon="device-mobile",
    section="top",
    permission="volunteers.own_page",
    order=20,
)
nav.add(
    "volunteers:report",
    label=_("Report an incident"),
    icon="flag",
    section="top",
    permission="volunteers.own_page",
    order=21,
)
nav.add(
    "volunteers:shift-list",
    label=_("Volunteer shifts"),
    icon="calendar-event",
    section="operations",
    permission="volunteers.view_shift",
    order=20,
)
nav.add(
    "volunteers:team-list",
    label=_("Volunteer teams"),
    icon="users-group",
    section="operations",
    permission="volunteers.view_team",
    order=21,
)
nav.add(
    "volunteers:member-list",
    label=_("Volunteers"),
    icon="users",
    section="operations",
    permission="volunteers.view_team",
    order=22,
)
nav.add(
    "volunteers:hours-list",
    label=_("Volunteer hours"),
    icon="clock",
    section="operations",
    permission="volunteers.approve_hours",
    order=23,
)
nav.add(
    "volunteers:incident-list",
    label=_("Volunteer reports"),
    icon="flag",
    section="operations",
    permission="volunteers.view_incident",
    order=24,
    count=lambda user: (
        Incident.objects.visible_to(user).filter(status=IncidentStatus.REPORTED) if user.is_police else 0
    ),
)
nav.add(
    "volunteers:beat-list",
    label=_("Beats"),
    icon="route",
    section="operations",
    permission="volunteers.view_team",
    order=25,
)
