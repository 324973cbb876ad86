"""The three codes of a request: the token of the form, the reference, and the citizen's secret.

The token (128 random bits) lives in the citizen's browser only. The secret is derived from it, so that a double tap or a reload
shows the same one again without its being stored; the tables hold only hashes of both.
"""

import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from django.conf import settings
from django.utils import timezone

from anji_police.periods import SHANGHAI

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_LENGTH = 12  # 60 bits
# OWASP's smallest profile for Argon2id: 19 MiB, 2 passes. The secret is random, so more would only slow the desk down.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("nobody has this secret")


def new_token() -> str:
    """The idempotency token of one form, 128 random bits."""
    return secrets.token_urlsafe(16)


def token_hash(token: str) -> str:
    return hashlib.sha256(f"helpdesk:{token}".encode()).hexdigest()


def secret_of(token: str) -> str:
    """The citizen's secret of the request that was sent with `token`: 12 characters, never I, L, O or U."""
    digest = hmac.new(
        settings.SECRET_KEY.encode(), f"helpdesk-secret:{token}".encode(), hashlib.sha256
    ).digest()
    number = int.from_bytes(digest[:8], "big")
    return "".join(_CROCKFORD[(number >> (5 * i)) & 31] for i in range(SECRET_LENGTH))


def shown(secret: str) -> str:
    """In groups of four, as it is printed."""
    return "-".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def typed(secret: str) -> str:
    """What a person typed, made comparable: blanks and dashes dropped, look-alikes mapped."""
    plain = "".join(c for c in secret.upper() if c.isalnum())
    return plain.translate(str.maketrans("OILU", "011V"))


def hash_secret(secret: str) -> str:
    return _hasher.hash(secret)


def is_secret(secret: str, stored: str | None) -> bool:
    """Whether `secret` opens `stored`; as slow when there is no such request (stored is None)."""
    try:
        return _hasher.verify(stored or _NOBODY, typed(secret)) and stored is not None
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def new_reference() -> str:
    """A candidate reference: the date in Anji and six random digits, such as 261124-583921. Uniqueness is the table's."""
    return f"{timezone.now().astimezone(SHANGHAI):%y%m%d}-{secrets.randbelow(1_000_000):06d}"


def typed_reference(text: str) -> str:
    """What a person typed as a reference, in the stored form; full-width digits and missing dashes are understood."""
    digits = "".join(str(int(c)) for c in text if c.isdecimal())
    return f"{digits[:6]}-{digits[6:12]}"
