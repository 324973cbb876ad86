from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import POLICE, Role, grant

grant("audit.view_trail", Role.AUDIT_ADMIN, label=_("Read the trail"))
# Whoever handles citizens' matters may see plain personal data of the records in sight, with a reason, on the record.
grant(
    "audit.reveal_personal_data",
    *POLICE - {Role.LEADERSHIP},
    label=_("See personal data in full, with a reason"),
)
