from django.utils.translation import gettext_lazy as _

from anji_police.audit.actions import name

name(
    {
        "jobs.job.cancelled": _("Job asked to stop"),
        "jobs.job.retried": _("Job tried again"),
    }
)
