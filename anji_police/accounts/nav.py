from django.utils.translation import gettext_lazy as _

from anji_police import nav

nav.add(
    "accounts:list",
    label=_("Accounts"),
    icon="users",
    section="administration",
    permission="accounts.view_account",
    order=10,
)
nav.add(
    "accounts:roles",
    label=_("Roles and rights"),
    icon="shield-lock",
    section="administration",
    permission="accounts.view_roles",
    order=20,
)
