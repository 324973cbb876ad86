from django.utils.translation import gettext_lazy as _

from anji_police import nav
from mediation.filters import visits_in_view
from mediation.models import Dispute, FollowUp


def due_for(user) -> int:
    """How many visits wait for `user` today."""
    return visits_in_view(FollowUp.objects.visible_to(user), "due", user).count()


nav.add(
    "mediation:dispute-list",
    label=_("Dispute mediation"),
    icon="messages",
    section="operations",
    permission="mediation.view_dispute",
    order=10,
    count=lambda user: Dispute.objects.visible_to(user).overdue().count(),
)
nav.add(
    "mediation:visit-list",
    label=_("Follow-up visits"),
    icon="phone",
    section="operations",
    permission="mediation.view_dispute",
    order=10,
    count=due_for,
)
nav.add(
    "mediation:round-list",
    label=_("Screening rounds"),
    icon="search",
    section="operations",
    permission="mediation.view_mediator",
    order=10,
)
nav.add(
    "mediation:mediator-list",
    label=_("Mediators"),
    icon="users",
    section="operations",
    permission="mediation.view_mediator",
    order=11,
)
nav.add(
    "mediation:team-list",
    label=_("Hometown teams"),
    icon="users-group",
    section="operations",
    permission="mediation.view_mediator",
    order=11,
)
nav.add(
    "mediation:bodies",
    label=_("Teams and committees"),
    icon="users-group",
    section="operations",
    permission="mediation.view_mediator",
    order=12,
)
