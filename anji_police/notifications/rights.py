from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import Role, grant

grant("notifications.view_outbox", Role.SYSTEM_ADMIN, label=_("See outgoing messages"))
