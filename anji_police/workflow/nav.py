from django.utils.translation import gettext_lazy as _

from anji_police import nav

nav.add(
    "workflow:rule-list",
    label=_("Limits and deadlines"),
    icon="clock",
    section="administration",
    permission="workflow.view_rule",
)
nav.add(
    "workflow:calendar",
    label=_("Working days"),
    icon="calendar",
    section="administration",
    permission="workflow.view_rule",
)
