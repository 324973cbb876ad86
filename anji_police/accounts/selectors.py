"""The account behind a session, with all that each request asks of it, in one statement."""

from functools import cache

from django.db import connection
from django_otp import device_classes

from anji_police.accounts.models import User, UserRole
from anji_police.places.models import Unit


@cache
def _shape() -> tuple[str, list[str], list[str]]:
    """(statement, attributes of the account, attributes of the unit), from the models as they are.

    The unit's seat is left out and read when a page asks for it: to make a point of it takes longer than all the rest.
    """
    own = User._meta.concrete_fields
    of_unit = [field for field in Unit._meta.concrete_fields if field.name != "seat"]
    devices = " UNION ALL ".join(
        f"SELECT '{model.model_label()}/' || id FROM {model._meta.db_table} WHERE user_id = u.id AND confirmed"  # noqa: S608
        for model in device_classes()
    )
    statement = (
        f"SELECT {', '.join(f'u.{field.column}' for field in own)}, "  # noqa: S608
        f"ARRAY(SELECT role FROM {UserRole._meta.db_table} WHERE user_id = u.id), ARRAY({devices}), "
        f"{', '.join(f'n.{field.column}' for field in of_unit)} FROM {User._meta.db_table} u "
        f"LEFT JOIN {Unit._meta.db_table} n ON n.id = u.unit_id WHERE u.id = %s AND u.is_active"
    )
    return statement, [field.attname for field in own], [field.attname for field in of_unit]


def active_account(user_id: int) -> User | None:
    """The account `user_id` with its unit, its roles and the names of its confirmed devices (`device_names`); None when
    there is none or it is closed. Read anew at each request, so that a role that was taken away is gone at the next click."""
    statement, own, of_unit = _shape()
    with connection.cursor() as cursor:
        cursor.execute(statement, [user_id])
        found = cursor.fetchone()
    if found is None:
        return None
    user = User.from_db(connection.alias, own, found[: len(own)])
    roles, devices, *unit = found[len(own) :]
    user.roles, user.device_names = frozenset(roles), frozenset(devices)
    if user.unit_id is not None:
        user.unit = Unit.from_db(connection.alias, of_unit, unit)
    return user
