"""The only writers of the trail."""

import datetime
import decimal
import hashlib
import uuid

import pghistory
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from anji_police.audit import context
from anji_police.audit.grants import append_only_tables
from anji_police.audit.models import AccessEntry, AuditEntry, Seal
from anji_police.crypto import Secret
from anji_police.errors import InvalidInput
from anji_police.logs import numbers_masked

SYSTEM = "系统"
_SEALER_LOCK = 7_331_001  # key of the advisory lock that makes the sealer one
GENESIS = "0" * 64


def _plain(value):
    """What the trail keeps of a value: secrets stay masked, numbers of people in free text too, records become their label."""
    if isinstance(value, Secret):
        return str(value)
    if isinstance(value, str):
        return numbers_masked(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, models.Model):
        return f"{value._meta.label_lower}:{value.pk}"
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    return str(value)


def _who(actor) -> dict:
    if actor is None or not getattr(actor, "pk", None):
        return {"actor_name": SYSTEM}
    return {
        "actor_id_text": str(actor.pk),
        "actor_name": actor.name,
        "unit_name": actor.unit.name if actor.unit_id else "",
    }


def _what(subject) -> dict:
    if subject is None:
        return {}
    return {
        "subject_type": subject._meta.label_lower,
        "subject_id": str(subject.pk),
        "subject_label": str(getattr(subject, "code", "") or getattr(subject, "reference", "") or subject)[
            :120
        ],
    }


def _where() -> dict:
    request = context.current()
    return {"request_id": request.request_id, "address": request.address}


def in_transaction() -> bool:
    return connection.in_atomic_block


def record(*, actor, action: str, subject=None, before=None, after=None, reason: str = "") -> AuditEntry:
    """Write one business event in the current transaction, so that it is kept exactly when the change is.

    `actor`: a User, or None for a citizen or the system. `action`: "app.noun.verb-past". `before` and `after`: dicts of
    what changed, without personal data in the clear (secrets come out masked). `subject`: the record.
    Raises RuntimeError outside a transaction: an event about a change that may not happen is worth nothing.
    """
    if not in_transaction():
        raise RuntimeError(f"{action} is recorded outside a transaction")
    return AuditEntry.objects.create(
        action=action,
        before=_plain(before or {}),
        after=_plain(after or {}),
        reason=reason,
        **_who(actor),
        **_what(subject),
        **_where(),
    )


def accessed(*, actor, kind: str, subject, fields=(), reason: str = "") -> AccessEntry:
    """Write who reads personal data of `subject` in the clear, exports or downloads it. Call it before the bytes leave."""
    return AccessEntry.objects.create(
        kind=kind, fields=list(fields), reason=reason, **_who(actor), **_what(subject), **_where()
    )


def searched(*, model: type[models.Model], field: str, shown: str) -> None:
    """Write that the person who asks looked records of `model` up by personal data; `shown` is the datum masked. A search
    by nobody in person, in a job or a command, is no read."""
    request = context.current()
    if request.actor is None:
        return
    AccessEntry.objects.create(
        kind=AccessEntry.Kind.SEARCH,
        fields=[field],
        subject_type=model._meta.label_lower,
        subject_id="",
        subject_label=shown,
        **_who(request.actor),
        **_where(),
    )


def sound_reason(reason: str) -> str:
    """Why somebody needs personal data in the clear. Raises InvalidInput for less than four characters."""
    reason = reason.strip()
    if len(reason) < 4:
        raise InvalidInput(fields={"reason": [_("Say why you need to see it, in at least four characters.")]})
    return reason


def reveal(*, actor, subject, fields: list[str], reason: str) -> dict[str, str]:
    """The plain values of encrypted `fields` of `subject`, after an access row with the reason was committed.

    `subject` came through visible_to(actor). Raises InvalidInput without a reason of at least four characters.
    """
    reason = sound_reason(reason)
    with transaction.atomic():
        accessed(actor=actor, kind=AccessEntry.Kind.REVEAL, subject=subject, fields=fields, reason=reason)
    return {field: getattr(subject, field).reveal() for field in fields}


class acting(pghistory.context):
    """Context for row history in jobs and commands: `with acting(actor, "month close"):`."""

    def __init__(self, actor=None, reason: str = ""):
        super().__init__(
            actor=getattr(actor, "pk", None), actor_name=getattr(actor, "name", SYSTEM), reason=reason
        )


# -- the chain ------------------------------------------------------------------------------------------------------


def sealed_sources() -> list[tuple[str, str]]:
    """(table, key column) of every trail table that the chain covers."""
    own = Seal._meta.db_table
    found = []
    for table in append_only_tables():
        if table != own:
            found.append((table, "pgh_id" if _is_history(table) else "id"))
    return found


def _is_history(table: str) -> bool:
    from pghistory.models import Event

    return any(issubclass(model, Event) for model in _models_by_table().get(table, []))


def _models_by_table() -> dict[str, list]:
    from django.apps import apps

    tables: dict[str, list] = {}
    for model in apps.get_models(include_auto_created=True):
        tables.setdefault(model._meta.db_table, []).append(model)
    return tables


# Null columns are left out, so that a column added by a later migration does not change the digest of older rows.
def _digest_sql(key: str) -> str:
    return f"t.{key}, encode(sha256(convert_to(jsonb_strip_nulls(to_jsonb(t))::text, 'UTF8')), 'hex')"


def link(prev_hash: str, source: str, row_id: int, digest: str) -> str:
    """The hash of one link of the chain."""
    return hashlib.sha256(f"{prev_hash}|{source}|{row_id}|{digest}".encode()).hexdigest()


def seal_trail(*, batch: int = 5000, whole: bool = False) -> int:
    """Seal the committed trail rows that have no seal yet; returns how many. Only one sealer runs at a time.

    Each minute only the end of each table is looked at: keys above the last one that was sealed more than an hour ago, which
    no statement of the portal outlives. `whole` looks at all rows, for those of a transaction that was longer, such as a migration.
    """
    sealed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1")
        seq, head = cursor.fetchone() or (0, GENESIS)
        if whole:
            cursor.execute("SET LOCAL statement_timeout = 0")
        for table, key in sealed_sources():
            quoted = connection.ops.quote_name(table)
            known = 0 if whole else _sealed_for_long(cursor, table)
            cursor.execute(
                f"SELECT {_digest_sql(key)} FROM {quoted} t WHERE t.{key} > %s AND NOT EXISTS "  # noqa: S608  names from our models
                f"(SELECT 1 FROM audit_seal s WHERE s.source = %s AND s.row_id = t.{key}) ORDER BY t.{key} LIMIT %s",
                [known, table, batch],
            )
            seals = []
            for row_id, digest in cursor.fetchall():
                seq, prev, head = seq + 1, head, link(head, table, row_id, digest)
                seals.append(
                    Seal(seq=seq, source=table, row_id=row_id, digest=digest, prev_hash=prev, hash=head)
                )
            Seal.objects.bulk_create(seals, batch_size=1000)
            sealed += len(seals)
    return sealed


def _sealed_for_long(cursor, table: str) -> int:
    """The highest key of `table` that was sealed more than an hour ago; read backwards from the end of an index."""
    cursor.execute(
        "SELECT row_id FROM audit_seal WHERE source = %s AND sealed_at < now() - interval '1 hour' "
        "ORDER BY row_id DESC LIMIT 1",
        [table],
    )
    found = cursor.fetchone()
    return found[0] if found else 0


def chain_head() -> tuple[int, str]:
    """(number of links, hash of the last one): what is printed in reports and kept elsewhere as the anchor."""
    last = Seal.objects.order_by("-seq").first()
    return (last.seq, last.hash) if last else (0, GENESIS)


class Broken(Exception):
    """The trail was tampered with; the text names the first bad row."""


def verify_trail(*, anchor: tuple[int, str] | None = None, batch: int = 10_000) -> int:
    """Walk the whole chain and compare each sealed row with its digest; returns the number of links.

    `anchor`: a (number, hash) pair noted earlier, such as from a report; a chain that was cut shorter or rewritten since is
    found by it. Raises Broken, naming the first bad row.
    """
    keys = dict(sealed_sources())
    expected, head, anchored = 1, GENESIS, anchor is None
    while True:
        links = list(Seal.objects.filter(seq__gte=expected).order_by("seq")[:batch])
        digests = _current_digests(links, keys)
        for seal in links:
            if seal.seq != expected:
                raise Broken(f"seal {expected} is missing (next is {seal.seq})")
            if seal.prev_hash != head or seal.hash != link(head, seal.source, seal.row_id, seal.digest):
                raise Broken(
                    f"seal {seal.seq} does not follow from the one before ({seal.source} row {seal.row_id})"
                )
            now = digests.get((seal.source, seal.row_id))
            if now is None:
                raise Broken(f"{seal.source} row {seal.row_id} was deleted (seal {seal.seq})")
            if now != seal.digest:
                raise Broken(f"{seal.source} row {seal.row_id} was changed (seal {seal.seq})")
            head, expected = seal.hash, expected + 1
            if anchor and seal.seq == anchor[0]:
                anchored = seal.hash == anchor[1]
        if len(links) < batch:
            break
    if not anchored and anchor != (0, GENESIS):
        raise Broken(
            f"the chain does not contain the anchor {anchor[0]} {anchor[1][:16]}…: it was cut or rewritten"
        )
    return expected - 1


def _current_digests(links, keys: dict[str, str]) -> dict[tuple[str, int], str]:
    by_source: dict[str, list[int]] = {}
    for seal in links:
        by_source.setdefault(seal.source, []).append(seal.row_id)
    found: dict[tuple[str, int], str] = {}
    with connection.cursor() as cursor:
        for source, ids in by_source.items():
            key = keys.get(source)
            if key is None:
                continue  # the table is gone: its rows count as deleted
            cursor.execute(
                f"SELECT {_digest_sql(key)} FROM {connection.ops.quote_name(source)} t WHERE t.{key} = ANY(%s)",  # noqa: S608
                [ids],
            )
            found.update({(source, row_id): digest for row_id, digest in cursor.fetchall()})
    return found
