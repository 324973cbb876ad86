from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import Role, grant

# Two administrators for one account: the system administrator makes it, the security administrator says what it may do.
grant("accounts.view_account", Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, label=_("See accounts"))
grant("accounts.create_account", Role.SYSTEM_ADMIN, label=_("Create accounts"))
grant("accounts.change_account", Role.SYSTEM_ADMIN, label=_("Change name, unit and number of an account"))
grant("accounts.deactivate_account", Role.SYSTEM_ADMIN, label=_("Close and open accounts"))
grant("accounts.reset_password", Role.SYSTEM_ADMIN, label=_("Set a temporary password"))
grant(
    "accounts.view_roles",
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.AUDIT_ADMIN,
    label=_("See who may do what"),
)
grant("accounts.grant_role", Role.SECURITY_ADMIN, label=_("Give and take roles"))
grant("accounts.set_clearance", Role.SECURITY_ADMIN, label=_("Set clearances"))
grant("accounts.reset_second_factor", Role.SECURITY_ADMIN, label=_("Remove a second factor"))
