from django.utils.translation import gettext_lazy as _

from anji_police import nav
from mediation.models import Dispute

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
