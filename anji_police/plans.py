"""Statements that every request asks, planned once for each connection: to plan them takes longer than to run them."""

from weakref import WeakKeyDictionary

from django.db import NotSupportedError, connection

_known: WeakKeyDictionary = WeakKeyDictionary()  # connection of the driver -> the names that it has planned


def first_row(name: str, statement: str, values: list) -> tuple | None:
    """The first row of `statement`, whose parameters are $1 to $n, or None. `name` is its own on each connection."""
    run = f"EXECUTE {name}({', '.join(['%s'] * len(values))})"
    with connection.cursor() as cursor:
        known = _known.setdefault(cursor.connection, set())
        if name not in known:
            cursor.execute(f"PREPARE {name} AS {statement}")
            known.add(name)
        try:
            cursor.execute(run, values)
        except NotSupportedError:  # a migration changed the type of a column under the plan
            cursor.execute(f"DEALLOCATE {name}")
            cursor.execute(f"PREPARE {name} AS {statement}")
            cursor.execute(run, values)
        return cursor.fetchone()
