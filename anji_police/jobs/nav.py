from django.utils.translation import gettext_lazy as _

from anji_police import nav
from anji_police.jobs.models import Job

nav.add(
    "jobs:list",
    label=_("Background jobs"),
    icon="refresh",
    section="administration",
    permission="jobs.view_job",
    count=lambda user: Job.objects.dead(),
)
