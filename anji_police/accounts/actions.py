from django.utils.translation import gettext_lazy as _

from anji_police.audit.actions import name

name(
    {
        "accounts.account.changed": _("Account changed"),
        "accounts.account.created": _("Account created"),
        "accounts.account.deactivated": _("Account closed"),
        "accounts.account.reactivated": _("Account opened again"),
        "accounts.clearance.set": _("Clearance set"),
        "accounts.password.changed": _("Own password changed"),
        "accounts.password.refused": _("Wrong present password"),
        "accounts.password.reset": _("Temporary password set"),
        "accounts.recovery_codes.made": _("Recovery codes made"),
        "accounts.role.granted": _("Role given"),
        "accounts.role.revoked": _("Role taken away"),
        "accounts.second_factor.refused": _("Second factor refused"),
        "accounts.second_factor.reset": _("Second factor removed"),
        "accounts.second_factor.set_up": _("Second factor set up"),
        "accounts.second_factor.shown": _("Second factor shown"),
        "accounts.session.ended": _("Signed out"),
        "accounts.session.refused": _("Sign-in refused"),
        "accounts.session.started": _("Signed in"),
        "accounts.token.created": _("API token made"),
        "accounts.token.revoked": _("API token revoked"),
    }
)
