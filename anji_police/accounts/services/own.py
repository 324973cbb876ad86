"""What a person does with the own account."""

import base64
import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from anji_police import limits
from anji_police.accounts.models import User
from anji_police.accounts.services.passwords import set_password
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput, TooMany

RECOVERY_CODES = 10
TOTP_DIGITS = 6
OLD_TRIES, OLD_SECONDS = 10, 15 * 60  # guesses at the present password by who holds a session
_CODE_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


@transaction.atomic
def signed_in(*, user: User) -> None:
    """Record that `user` came in with the right password (GB/T 22239-2019 8.1.4.3: who, when, from where)."""
    audit.record(actor=user, action="accounts.session.started", subject=user)


@transaction.atomic
def signed_out(*, user: User) -> None:
    audit.record(actor=user, action="accounts.session.ended", subject=user)


def change_password(*, user: User, old: str, new: str) -> User:
    """Set the own password; other sessions and all API tokens of the account end with the old one.

    Raises InvalidInput with the reasons, by field: `old` is wrong, or `new` breaks a rule. Raises TooMany after ten wrong old
    ones within a quarter of an hour.
    """
    tries = f"password:{user.pk}"
    limits.allow(tries, limit=OLD_TRIES, seconds=OLD_SECONDS)
    user = User.objects.get(pk=user.pk)
    if not user.check_password(old):
        with transaction.atomic():
            audit.record(actor=user, action="accounts.password.refused", subject=user)
        raise InvalidInput(fields={"old": [_("This is not your present password.")]})
    limits.take_back(tries, seconds=OLD_SECONDS)
    return _change_password(user, old, new)


@transaction.atomic
def _change_password(user: User, old: str, new: str) -> User:
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.check_password(old):  # changed in another window just now
        raise InvalidInput(fields={"old": [_("This is not your present password.")]})
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise InvalidInput(fields={"new": list(error.messages)}) from None
    set_password(user, new, temporary=False)
    audit.record(actor=user, action="accounts.password.changed", subject=user)
    return user


# -- second factor ------------------------------------------------------------------------------------------------
def pending_device(*, user: User) -> TOTPDevice:
    """The device that `user` is about to set up; made anew when none waits."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, name="totp", confirmed=False)


@transaction.atomic
def confirm_device(*, user: User, token: str) -> TOTPDevice:
    """Make the waiting device the one and only, once it gave a right code. Raises InvalidInput, or TooMany."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None:
        raise DomainError(_("Start again: no device is being set up."))
    if not device.verify_token(token):
        raise InvalidInput(
            fields={
                "token": [_("This code is not right. Check the clock of your phone and try the next one.")]
            }
        )
    device.confirmed = True
    device.save()
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    audit.record(actor=user, action="accounts.second_factor.set_up", subject=user)
    return device


def stored_code(code: str) -> str:
    """What the table keeps of a recovery code: a keyed digest, so that a copy of the tables opens no account."""
    mac = salted_hmac("accounts.recovery_code", code, algorithm="sha256").digest()
    return base64.b32encode(mac[:10]).decode()


@transaction.atomic
def _accepting(user: User, token: str):
    """The device that accepts `token`, or None. Locked, so that a code shown twice at once is taken once."""
    from_app = len(token) == TOTP_DIGITS and token.isdigit()
    kind, shown = (TOTPDevice, token) if from_app else (StaticDevice, stored_code(token))
    devices = kind.objects.select_for_update().filter(user=user, confirmed=True).order_by("pk")
    return next((device for device in devices if device.verify_token(shown)), None)


def verify_second_factor(*, user: User, token: str):
    """The device that accepts `token` (an app's code, or a recovery code, which is then spent).

    Raises TooMany while the device waits after wrong codes, InvalidInput for a wrong code.
    """
    devices = [*TOTPDevice.objects.filter(user=user, confirmed=True), *StaticDevice.objects.filter(user=user)]
    waits = [
        facts["locked_until"] for d in devices for ok, facts in [d.verify_is_allowed()] if not ok and facts
    ]
    if waits and len(waits) == len(devices):
        seconds = max(1, int((min(waits) - timezone.now()).total_seconds()) + 1)
        raise TooMany(
            _("Too many wrong codes. Wait %(seconds)d seconds, then try again.") % {"seconds": seconds},
            retry_after=seconds,
        )
    device = _accepting(user, token.replace(" ", "").lower())
    with transaction.atomic():
        if device is None:
            audit.record(actor=user, action="accounts.second_factor.refused", subject=user)
        else:
            kind = "recovery code" if isinstance(device, StaticDevice) else "app"
            audit.record(
                actor=user, action="accounts.second_factor.shown", subject=user, after={"kind": kind}
            )
    if device is None:
        raise InvalidInput(fields={"token": [_("This code is not right, or was used already.")]})
    return device


@transaction.atomic
def new_recovery_codes(*, user: User) -> list[str]:
    """Ten fresh recovery codes, each good for one sign-in; the old ones stop working. Shown to the person once."""
    device, _made = StaticDevice.objects.get_or_create(user=user, defaults={"name": "recovery"})
    device.token_set.all().delete()
    codes = ["".join(secrets.choice(_CODE_ALPHABET) for _n in range(10)) for _i in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=stored_code(code)) for code in codes])
    audit.record(actor=user, action="accounts.recovery_codes.made", subject=user)
    return codes


def recovery_codes_left(*, user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()
