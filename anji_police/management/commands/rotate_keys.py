"""Re-encrypts every sealed value, and re-keys every blind index, with the newest keys."""

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from anji_police import crypto
from anji_police.audit import services as audit

BATCH = 200


def stale(model, field) -> str:
    """SQL condition: the stored value is not sealed by the newest key, or its index is not keyed by the newest one.

    The rows themselves say what is left to do, so that a run that was killed goes on where it stopped.
    """
    name = connection.ops.quote_name(field.column)
    condition = f"(octet_length({name}) > 0 AND substring({name} FROM 1 FOR %s) <> %s)"
    if field.index:
        index = connection.ops.quote_name(f"{field.name}_index")
        condition = f"({condition} OR ({index} <> '' AND split_part({index}, '.', 1) <> %s))"
    return condition


def parameters(field) -> list:
    key_id = crypto.field_keys()[0].id.encode()
    head = bytes([crypto._suite(), len(key_id)]) + key_id
    return [len(head), head, *([crypto.index_keys()[0].id] if field.index else [])]


def rotate(model) -> int:
    """Rotate all stale rows of one model; returns how many rows were written."""
    fields = crypto.sealed_fields(model)
    where = " OR ".join(stale(model, field) for field in fields)
    values = [value for field in fields for value in parameters(field)]
    table = connection.ops.quote_name(model._meta.db_table)
    count = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {table} WHERE {where} ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",  # noqa: S608
                [*values, BATCH],
            )
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return count
            for row in model._base_manager.filter(pk__in=ids):
                for field in fields:
                    plain = getattr(row, field.attname).reveal()
                    setattr(row, field.attname, plain)
                names = [f.name for f in fields] + [f"{f.name}_index" for f in fields if f.index]
                row.save(update_fields=names)
        count += len(ids)


def left_over(model) -> int:
    """How many rows are still stale: those that somebody held while rotate() passed by."""
    fields = crypto.sealed_fields(model)
    where = " OR ".join(stale(model, field) for field in fields)
    values = [value for field in fields for value in parameters(field)]
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}", values)  # noqa: S608  names from our models
        return cursor.fetchone()[0]


class Command(BaseCommand):
    help = (
        "Seal all personal data with the newest key of FIELD_KEYS and INDEX_KEYS. Put the new keys in front of the old ones, "
        "restart the portal, run this (again, if it was stopped), then take the old keys away."
    )

    def handle(self, **options):
        with audit.acting(reason="key rotation"):
            total = 0
            for model in apps.get_models():
                if crypto.sealed_fields(model) and model._meta.managed:
                    count = rotate(model)
                    total += count
                    if left := left_over(model):
                        raise CommandError(
                            f"{left} rows of {model._meta.label} are still under an old key, as others were writing them: "
                            "run this again, and keep the old keys until it ends without this message."
                        )
                    if count:
                        self.stdout.write(f"{model._meta.label}: {count} rows")
            with transaction.atomic():
                audit.record(
                    actor=None,
                    action="portal.keys.rotated",
                    after={
                        "rows": total,
                        "key": crypto.field_keys()[0].id,
                        "index_key": crypto.index_keys()[0].id,
                    },
                )
        self.stdout.write(f"{total} rows were sealed with key {crypto.field_keys()[0].id}.")
