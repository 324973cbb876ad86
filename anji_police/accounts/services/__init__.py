"""The only writers of accounts: what a person does with the own account, and what the administrators do with others'."""

from anji_police.accounts.services.administration import (
    change_account,
    create_account,
    grant_role,
    reset_password,
    reset_second_factor,
    revoke_role,
    set_active,
    set_clearance,
)
from anji_police.accounts.services.own import (
    change_password,
    confirm_device,
    new_recovery_codes,
    pending_device,
    recovery_codes_left,
    signed_in,
    signed_out,
    verify_second_factor,
)
from anji_police.accounts.services.passwords import temporary_password
from anji_police.accounts.services.tokens import create_token, revoke_token

__all__ = [
    "change_account",
    "change_password",
    "confirm_device",
    "create_account",
    "create_token",
    "grant_role",
    "new_recovery_codes",
    "pending_device",
    "recovery_codes_left",
    "reset_password",
    "reset_second_factor",
    "revoke_role",
    "revoke_token",
    "set_active",
    "set_clearance",
    "signed_in",
    "signed_out",
    "temporary_password",
    "verify_second_factor",
]
