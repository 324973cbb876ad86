from django.utils.translation import gettext_lazy as _

from anji_police import nav
from anji_police.helpdesk.models import HelpRequest

nav.add(
    "helpdesk:request-list",
    label=_("Requests"),
    icon="lifebuoy",
    section="records",
    permission="helpdesk.view_request",
    order=10,
    count=lambda user: HelpRequest.objects.visible_to(user).mine(user),
)
nav.add(
    "helpdesk:canned",
    label=_("Canned replies"),
    icon="template",
    section="records",
    permission="helpdesk.change_canned_reply",
    order=11,
)
nav.add(
    "helpdesk:routing-rules",
    label=_("Routing rules"),
    icon="route",
    section="administration",
    permission="helpdesk.change_routing_rule",
)
