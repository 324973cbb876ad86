"""Tells whether the keys in use open what the tables hold, before anything is written with them."""

import uuid

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from anji_police import crypto

SAMPLE = 3  # rows from either end of a table: one that was tampered with must not pass for a wrong key
OTHER_KEYS = 3  # exit status


def opens(field, uid: uuid.UUID, stored: bytes, index: str) -> bool:
    """Whether the keys in use read this value, and would find it again."""
    try:
        plain = crypto.unseal(stored, where=f"{field.home}.{uid}")
    except crypto.Unreadable:
        return False
    if not index:
        return True
    wanted = field.kind.normal(plain)
    return index in {
        crypto.blind_index(wanted, field=field.home, key=key, suite=suite)
        for key in crypto.index_keys()
        for suite in (crypto.AES, crypto.SM4)
    }


def samples(model, field) -> list[list[tuple]]:
    """The oldest and the newest stored values of a column, as lists of (uid, value, index)."""
    name, table = (connection.ops.quote_name(n) for n in (field.column, model._meta.db_table))
    index = connection.ops.quote_name(f"{field.name}_index") if field.index else "''"
    with connection.cursor() as cursor:
        found = []
        for order in ("ASC", "DESC"):
            cursor.execute(
                f"SELECT uid, {name}, {index} FROM {table} WHERE octet_length({name}) > 0 ORDER BY id {order} LIMIT %s",  # noqa: S608  names from our models
                [SAMPLE],
            )
            found.append([(uid, bytes(stored), index) for uid, stored, index in cursor.fetchall()])
    return found


def is_there(model, field) -> bool:
    """False before the migration that makes the column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() "
            "AND table_name = %s AND column_name = ANY(%s)",
            [model._meta.db_table, ["uid", field.column]],
        )
        return cursor.fetchone()[0] == 2


def unreadable() -> list[str]:
    """The columns ("app.model.field") whose rows were sealed with other keys."""
    found = []
    for model in apps.get_models():
        for field in crypto.sealed_fields(model) if model._meta.managed else []:
            if is_there(model, field) and any(
                rows and not any(opens(field, *row) for row in rows) for rows in samples(model, field)
            ):
                found.append(field.home)
    return found


class Command(BaseCommand):
    help = "Check that FIELD_KEYS and INDEX_KEYS open what the tables hold; exit status 3 when they don't."

    def handle(self, **options):
        if columns := unreadable():
            raise CommandError(
                f"Sealed with other keys than those in use: {', '.join(columns)}", returncode=OTHER_KEYS
            )
        self.stdout.write("The keys open what the tables hold.")
