import secrets

from django.utils import timezone

from anji_police.accounts.models import OldPassword, User
from anji_police.accounts.passwords import REMEMBERED

# Without characters that look alike on paper (0 O 1 l I).
_SMALL, _LARGE, _DIGITS = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"


def temporary_password() -> str:
    """A random password that can be read aloud: four groups of four, about 72 random bits."""
    alphabets = (_SMALL, _LARGE, _DIGITS, _SMALL + _LARGE + _DIGITS)
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for alphabet in alphabets)


def stop_tokens(user: User) -> None:
    """Stop all API tokens of `user`: what they were trusted for has changed."""
    user.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def set_password(user: User, password: str, *, temporary: bool) -> None:
    """Store a password and remember the one before it; API tokens end with that one. A temporary one must be changed at the
    next sign-in."""
    if user.password:
        OldPassword.objects.create(user=user, password=user.password)
        keep = list(user.old_passwords.values_list("pk", flat=True)[:REMEMBERED])
        user.old_passwords.exclude(pk__in=keep).delete()
    user.set_password(password)
    user.must_change_password = temporary
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    stop_tokens(user)
