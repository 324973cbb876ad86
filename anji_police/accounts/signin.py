"""Guarding the door: what is counted before a password is looked at, beside the lock-out of django-axes.

axes locks one name from one address after five failures. Here two more windows of a quarter of an hour: a name tried from many
addresses is slowed to one try in 30 seconds, and an address that tries many names is shut out. Known and unknown names
are counted alike, so that no answer tells them apart.
"""

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils.crypto import salted_hmac

from anji_police import limits
from anji_police.audit import services as audit

WINDOW_SECONDS = 15 * 60
NAME_FAILURES, SLOW_SECONDS = 10, 30
ADDRESS_FAILURES = 60


def _keys(request, username: str) -> tuple[str, str]:
    # Keyed, as people type passwords into this field, too.
    name = salted_hmac("accounts.signin", username.strip().lower(), algorithm="sha256").hexdigest()[:24]
    return f"signin:name:{name}", f"signin:address:{request.META.get('REMOTE_ADDR', '')}"


def sign_in(request, *, username: str, password: str):
    """The account, or None for an unknown name, a wrong password, a closed account and a locked one alike.

    Raises TooMany when the name or the address is tried too often. Each try is counted before the password is looked at, so
    that many at once pass no more than the limit, and taken back when it was right. Failures are recorded.
    """
    name, address = _keys(request, username)
    if limits.hit(address, seconds=WINDOW_SECONDS) > ADDRESS_FAILURES:
        limits.allow(f"{address}:slow", limit=0, seconds=WINDOW_SECONDS)
    if limits.hit(name, seconds=WINDOW_SECONDS) > NAME_FAILURES:
        limits.allow(f"{name}:slow", limit=1, seconds=SLOW_SECONDS)
    user = authenticate(request, username=username, password=password)
    if user is not None:
        limits.take_back(name, seconds=WINDOW_SECONDS)
        limits.take_back(address, seconds=WINDOW_SECONDS)
    else:
        with transaction.atomic():
            audit.record(
                actor=None, action="accounts.session.refused", after={"name": name.rpartition(":")[2]}
            )
    return user
