from django.utils.translation import gettext_lazy as _

from anji_police import nav

nav.add(
    "reports:report-list",
    label=_("Monthly reports"),
    icon="report-analytics",
    section="records",
    permission="reports.view_report",
    order=70,
)
