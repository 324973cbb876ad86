from django.utils.translation import gettext_lazy as _

from anji_police import nav, queues

nav.add(
    "dashboard:overview",
    label=_("Overview"),
    icon="layout-dashboard",
    section="top",
    permission="dashboard.view_overview",
    order=10,
)
nav.add(
    "dashboard:my-work", label=_("My work"), icon="checklist", section="top", order=20, count=queues.waiting
)
