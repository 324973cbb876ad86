"""Personal data at rest: authenticated encryption of single fields, keyed blind indexes for exact search, and masks.

A stored value is `suite | key id length | key id | nonce | ciphertext and tag`. The associated data is
"model.field.row", so a value copied into another row or column does not open. Suites: 1 = AES-256-GCM (NIST SP 800-38D),
2 = SM4-128-GCM (GB/T 32907 in the GCM mode of GB/T 36624). The blind index is an HMAC (SHA-256, or SM3 under suite 2)
with a key of its own for each field, so that equal numbers in two fields don't look equal in the tables.

Models with encrypted fields inherit `SealedRow`, whose `uid` is the row's name in the associated data. Reading such a
field gives a `Secret`: its text is the mask, `reveal()` the plain value. Who shows a plain value to a person does so in
a service that writes an access row first (audit.services.reveal).
"""

import base64
import hashlib
import hmac
import os
import re
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as crypto_hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext_lazy as _

AES, SM4 = 1, 2
_NONCE = 12  # bytes, as GCM wants it
_TAG = 16


@dataclass(frozen=True)
class Key:
    id: str
    secret: bytes


@lru_cache(maxsize=8)
def _parse(entries: tuple[str, ...], purpose: str) -> tuple[Key, ...]:
    keys = []
    for entry in entries:
        key_id, _colon, encoded = entry.partition(":")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except ValueError:
            secret = b""
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,16}", key_id) or len(secret) != 32:
            raise ImproperlyConfigured(f"{purpose} must be <key id>:<base64 of 32 bytes>, comma separated")
        keys.append(Key(key_id, secret))
    if not keys:
        raise ImproperlyConfigured(f"{purpose} is empty: bin/up makes the keys, or set it in the environment")
    return tuple(keys)


def field_keys() -> tuple[Key, ...]:
    """The keys that open stored values, newest first; the first one seals."""
    return _parse(tuple(settings.FIELD_KEYS), "FIELD_KEYS")


def index_keys() -> tuple[Key, ...]:
    """The keys of the blind indexes, newest first."""
    return _parse(tuple(settings.INDEX_KEYS), "INDEX_KEYS")


@lru_cache(maxsize=1024)
def _derived(secret: bytes, label: str, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=None, info=label.encode()).derive(secret)


def _suite() -> int:
    try:
        return {"aes-gcm": AES, "sm4-gcm": SM4}[settings.FIELD_CIPHER]
    except KeyError:
        raise ImproperlyConfigured("FIELD_CIPHER is aes-gcm or sm4-gcm") from None


def seal(plain: str, *, where: str) -> bytes:
    """Encrypt `plain` for the place `where` ("model.field.row") with the newest key."""
    suite, key = _suite(), field_keys()[0]
    nonce, data, context = os.urandom(_NONCE), plain.encode(), where.encode()
    if suite == AES:
        body = AESGCM(_derived(key.secret, "aes", 32)).encrypt(nonce, data, context)
    else:
        sealer = Cipher(algorithms.SM4(_derived(key.secret, "sm4", 16)), modes.GCM(nonce)).encryptor()
        sealer.authenticate_additional_data(context)
        body = sealer.update(data) + sealer.finalize() + sealer.tag
    key_id = key.id.encode()
    return bytes([suite, len(key_id)]) + key_id + nonce + body


def key_id_of(stored: bytes) -> str:
    """The id of the key that sealed `stored`."""
    return bytes(stored[2 : 2 + stored[1]]).decode()


class Unreadable(Exception):
    """A stored value does not open: its key is gone, or it was moved or changed."""


def unseal(stored: bytes, *, where: str) -> str:
    """The plain text of a stored value. Raises Unreadable."""
    stored = bytes(stored)
    suite, key_id = stored[0], key_id_of(stored)
    rest = stored[2 + stored[1] :]
    nonce, body = rest[:_NONCE], rest[_NONCE:]
    key = next((k for k in field_keys() if k.id == key_id), None)
    if key is None:
        raise Unreadable(f"no key {key_id} for {where}")
    try:
        if suite == AES:
            return AESGCM(_derived(key.secret, "aes", 32)).decrypt(nonce, body, where.encode()).decode()
        opener = Cipher(
            algorithms.SM4(_derived(key.secret, "sm4", 16)), modes.GCM(nonce, body[-_TAG:])
        ).decryptor()
        opener.authenticate_additional_data(where.encode())
        return (opener.update(body[:-_TAG]) + opener.finalize()).decode()
    except InvalidTag:
        raise Unreadable(f"{where} was moved or changed") from None


def blind_index(plain: str, *, field: str, key: Key | None = None, suite: int | None = None) -> str:
    """The keyed index of a normalised value: "<key id>.<hex>". Default: the newest key and the suite in use."""
    key = key or index_keys()[0]
    secret = _derived(key.secret, f"index:{field}", 32)
    if (suite or _suite()) == SM4:
        mac = crypto_hmac.HMAC(secret, hashes.SM3())
        mac.update(plain.encode())
        digest = mac.finalize()
    else:
        digest = hmac.new(secret, plain.encode(), hashlib.sha256).digest()
    return f"{key.id}.{digest[:20].hex()}"


# -- what a value looks like to those who may not read it ----------------------------------------------------------


def compact(text: str) -> str:
    """Full-width characters made plain, blanks and dashes dropped, letters upper case."""
    return re.sub(r"[\s\-－—–]", "", unicodedata.normalize("NFKC", text)).upper()


def normal_phone(text: str) -> str:
    """A Chinese number without its country code; other numbers as typed but compact."""
    return re.sub(r"^(\+86|0086|86(?=1[3-9][0-9]{9}$))", "", compact(text))


def mask_name(text: str) -> str:
    """王小明 → 王**"""
    return text[:1] + "*" * min(max(len(text) - 1, 1), 3) if text else ""


def mask_phone(text: str) -> str:
    """13812345678 → 138****5678"""
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "*" * max(len(text) - 2, 0) + text[-2:]


def mask_id_number(text: str) -> str:
    """330523199003071218 → 3305**********1218"""
    return f"{text[:4]}{'*' * max(len(text) - 8, 4)}{text[-4:]}" if len(text) >= 12 else "*" * len(text)


def mask_account(text: str) -> str:
    return f"****{text[-4:]}" if len(text) >= 8 else "*" * len(text)


def mask_address(text: str) -> str:
    """The first six characters, which name the town, then ****."""
    return f"{text[:6]}****" if len(text) > 6 else "****"


@dataclass(frozen=True)
class Kind:
    """A sort of personal data: how it is normalised for search and masked for show."""

    name: str
    mask: Callable[[str], str]
    normal: Callable[[str], str] = compact


NAME = Kind("name", mask_name, lambda text: re.sub(r"\s", "", text))
PHONE = Kind("phone", mask_phone, normal_phone)
ID_NUMBER = Kind("id_number", mask_id_number)
ACCOUNT = Kind("account", mask_account)
ADDRESS = Kind("address", mask_address, lambda text: re.sub(r"\s", "", text))
TEXT = Kind("text", lambda text: "****")


class Secret:
    """A personal datum in hand. str() shows the mask; only reveal() gives the plain text, and leaves no trace itself."""

    __slots__ = ("_kind", "_plain", "_stored", "_where")

    def __init__(self, kind: Kind, *, plain: str | None = None, stored: bytes | None = None, where: str = ""):
        self._kind, self._plain, self._stored, self._where = kind, plain, stored, where

    def reveal(self) -> str:
        """The plain text. Raises Unreadable when the stored value does not open."""
        if self._plain is None:
            self._plain = unseal(self._stored, where=self._where) if self._stored else ""
        return self._plain

    def __str__(self) -> str:
        return self._kind.mask(self.reveal())

    def __bool__(self) -> bool:
        return bool(self._plain if self._plain is not None else self._stored)

    def __repr__(self) -> str:
        return f"<Secret {self._kind.name}>"

    def __eq__(self, other) -> bool:
        return self.reveal() == (other.reveal() if isinstance(other, Secret) else other)

    def __hash__(self) -> int:
        return hash(self.reveal())


class SealedRow(models.Model):
    """Base of models with encrypted fields: `uid` names the row in the associated data, before it has a key."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class _Descriptor:
    def __init__(self, field: "EncryptedField"):
        self.field = field

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        value = instance.__dict__[self.field.attname]
        if isinstance(value, (bytes, memoryview)):
            value = Secret(self.field.kind, stored=bytes(value), where=self.field.where(instance))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance, value):
        if isinstance(value, str):
            value = Secret(self.field.kind, plain=value.strip())
        elif value is None:
            value = Secret(self.field.kind, plain="")
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.BinaryField):
    """A personal datum of a given Kind, encrypted at rest. An empty value is stored as empty.

    With `index=True` a column `<name>_index` holds the blind index; search with `matching(Model, name, value)`.
    Written by save() and bulk_create(); queryset.update() and bulk_update() refuse it, as they know no row.
    """

    def __init__(self, verbose_name=None, *, kind: Kind = TEXT, index: bool = False, **kwargs):
        self.kind, self.index = kind, index
        kwargs.setdefault("editable", True)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", b"")
        super().__init__(verbose_name, **kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        kwargs.update(editable=True, blank=True)
        return name, "anji_police.crypto.StoredSecret", args, kwargs

    def contribute_to_class(self, cls, name, private_only=False):
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _Descriptor(self))
        if self.index and not cls._meta.abstract:
            index_name = f"{name}_index"
            if not any(f.name == index_name for f in cls._meta.local_fields):
                models.CharField(
                    max_length=64, blank=True, default="", db_index=True, editable=False
                ).contribute_to_class(cls, index_name)

    @property
    def home(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def where(self, instance) -> str:
        return f"{self.home}.{instance.uid}"

    def pre_save(self, instance, add):
        secret = getattr(instance, self.attname)
        if not isinstance(secret, Secret):
            secret = Secret(self.kind, plain="")
        if self.index:
            plain = self.kind.normal(secret.reveal())
            setattr(instance, f"{self.name}_index", blind_index(plain, field=self.home) if plain else "")
        if not secret:
            return b""
        if secret._stored is not None and secret._where == self.where(instance):
            return secret._stored
        stored = seal(secret.reveal(), where=self.where(instance))
        instance.__dict__[self.attname] = Secret(
            self.kind, plain=secret.reveal(), stored=stored, where=self.where(instance)
        )
        return stored

    def get_db_prep_value(self, value, connection, prepared=False):
        if isinstance(value, (str, Secret)):
            raise TypeError(f"{self.home} is written with save() or bulk_create() only")
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj) -> str:
        return str(getattr(obj, self.attname))


class StoredSecret(models.BinaryField):
    """What migrations and history tables know of an EncryptedField: the stored bytes."""


def matching(model: type[models.Model], field: str, value: str) -> models.Q:
    """A condition that finds the rows whose encrypted `field` equals `value`, under any index key in use and either suite: rows
    from before a change of FIELD_CIPHER are found until they are rotated."""
    column = model._meta.get_field(field)
    plain = column.kind.normal(value)
    if not plain:
        return models.Q(pk__in=[])
    found = [
        blind_index(plain, field=column.home, key=key, suite=suite)
        for key in index_keys()
        for suite in (AES, SM4)
    ]
    return models.Q(**{f"{field}_index__in": found})


def sealed_fields(model: type[models.Model]) -> list[EncryptedField]:
    return [f for f in model._meta.local_fields if isinstance(f, EncryptedField)]


KIND_LABELS = {
    "name": _("name"),
    "phone": _("phone number"),
    "id_number": _("identity number"),
    "account": _("account number"),
    "address": _("address"),
    "text": _("text"),
}
