"""The account behind a session, with all that each request asks of it, in one statement."""

from functools import cache
from typing import NamedTuple

from django.db import connection
from django_otp import device_classes

from anji_police import plans
from anji_police.accounts.models import User, UserRole
from anji_police.places.models import Unit


class _Shape(NamedTuple):
    statement: str
    own: list[str]  # attributes of the account
    unit: list[str]  # and of its unit
    devices: list[str]  # the kinds of devices, as sessions name them


@cache
def _shape() -> _Shape:
    """What is asked and how the answer is read, from the models as they are.

    The unit's seat is left out and read when a page asks for it: to make a point of it takes longer than all the rest.
    """
    own, devices = User._meta.concrete_fields, list(device_classes())
    unit = [field for field in Unit._meta.concrete_fields if field.name != "seat"]
    asked = [f"u.{field.column}" for field in own] + [f"n.{field.column}" for field in unit]
    asked.append(f"ARRAY(SELECT role FROM {UserRole._meta.db_table} WHERE user_id = u.id)")  # noqa: S608
    for model in devices:
        asked.append(f"ARRAY(SELECT id FROM {model._meta.db_table} WHERE user_id = u.id AND confirmed)")  # noqa: S608
    statement = (
        f"SELECT {', '.join(asked)} FROM {User._meta.db_table} u "  # noqa: S608
        f"LEFT JOIN {Unit._meta.db_table} n ON n.id = u.unit_id WHERE u.id = $1 AND u.is_active"
    )
    return _Shape(
        statement,
        [field.attname for field in own],
        [field.attname for field in unit],
        [model.model_label() for model in devices],
    )


def active_account(user_id: int) -> User | None:
    """The account `user_id` with its unit, its roles and the names of its confirmed devices (`device_names`); None when
    there is none or it is closed. Read anew at each request, so that a role that was taken away is gone at the next click."""
    shape = _shape()
    found = plans.first_row("active_account", shape.statement, [user_id])
    if found is None:
        return None
    behind = len(shape.own)
    user = User.from_db(connection.alias, shape.own, found[:behind])
    if user.unit_id is not None:
        user.unit = Unit.from_db(connection.alias, shape.unit, found[behind : behind + len(shape.unit)])
    roles, *keys = found[behind + len(shape.unit) :]
    user.roles = frozenset(roles)
    user.device_names = {
        f"{kind}/{key}" for kind, of_kind in zip(shape.devices, keys, strict=True) for key in of_kind
    }
    return user
