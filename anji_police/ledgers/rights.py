from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import POLICE, grant

grant("ledgers.use_ledgers", *POLICE, label=_("Export lists, and import them where the field allows it"))
