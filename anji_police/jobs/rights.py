from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import Role, grant

grant("jobs.view_job", Role.SYSTEM_ADMIN, label=_("See background jobs"))
grant("jobs.retry_job", Role.SYSTEM_ADMIN, label=_("Retry background jobs"))
