from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import Role, grant

# Who sees what follows from the tree of units, so it is the security administrator's to change (GB/T 22239-2019 8.1.4.2).
grant("places.manage_units", Role.SECURITY_ADMIN, label=_("Change units and jurisdictions"))
grant("places.view_place", *Role, label=_("See places and units"))
