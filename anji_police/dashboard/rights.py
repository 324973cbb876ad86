from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import POLICE, STAFF, grant

grant("dashboard.view_overview", *POLICE, label=_("See the overview"))
grant("dashboard.search", *STAFF, label=_("Search everywhere"))
