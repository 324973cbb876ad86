from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import Role, grant

grant("places.view_units", Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, label=_("See the tree of units"))
grant("places.keep_units", Role.SYSTEM_ADMIN, label=_("Make, change and close units"))
# Who sees what follows from the tree of units, so it is the security administrator's to change (GB/T 22239-2019 8.1.4.2).
grant("places.manage_units", Role.SECURITY_ADMIN, label=_("Move units and change jurisdictions"))
grant("places.view_place", *Role, label=_("See places and units"))
