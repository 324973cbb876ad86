from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import STAFF, Role, grant

grant("workflow.view_rule", *STAFF, label=_("See time limits and rules"))
grant("workflow.change_rule", Role.SECURITY_ADMIN, label=_("Change time limits and rules"))
