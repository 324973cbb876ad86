from django.utils.translation import gettext_lazy as _

from anji_police.audit.actions import name

name(
    {
        "workflow.calendar.entered": _("Working days of a year entered"),
        "workflow.rule.changed": _("Rule changed"),
    }
)
