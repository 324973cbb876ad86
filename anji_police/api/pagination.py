"""Keyset pages: as fast at the millionth row as at the first, and never an uncapped COUNT(*)."""

import base64
import binascii
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from anji_police.errors import InvalidInput

COUNT_CAP = 10_000


def capped_count(queryset: QuerySet, cap: int = COUNT_CAP) -> int:
    """The number of rows, at most cap + 1."""
    return queryset.order_by()[: cap + 1].count()


def encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode(cursor: str, length: int) -> list[Any]:
    """Raises InvalidInput for a cursor that this server did not make."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, UnicodeEncodeError):
        values = None
    if (
        not isinstance(values, list)
        or len(values) != length
        or any(isinstance(v, (dict, list)) for v in values)
    ):
        raise InvalidInput(_("This page mark is not valid; start at the first page."))
    return values


def after(queryset: QuerySet, cursor: str) -> QuerySet:
    """`queryset`, whose ordering names plain columns and ends with a unique one, from behind `cursor`.

    Postgres puts nulls behind all values when it counts up and before them when it counts down; so do the marks.
    """
    order = [str(name) for name in queryset.query.order_by]
    values = decode(cursor, len(order))
    model = queryset.model
    condition = Q(pk__in=[])
    equal = Q()
    bound = Q()
    for name, value in zip(order, values, strict=True):
        column, down = name.lstrip("-"), name.startswith("-")
        try:
            field = model._meta.get_field("id" if column == "pk" else column)
            value = field.to_python(value)
            if value is None and not field.null:
                raise ValueError
            if isinstance(value, datetime) and value.tzinfo is None:
                raise ValueError
        except Exception:
            raise InvalidInput(_("This page mark is not valid; start at the first page.")) from None
        if value is None:
            behind = Q(**{f"{column}__isnull": False}) if down else Q(pk__in=[])
        else:
            behind = Q(**{f"{column}__{'lt' if down else 'gt'}": value})
            if field.null and not down:
                behind |= Q(**{f"{column}__isnull": True})
            elif not equal:  # follows from the condition, and is the part that an index can start at
                bound = Q(**{f"{column}__{'lte' if down else 'gte'}": value})
        condition |= equal & behind
        equal &= Q(**{f"{column}__isnull": True}) if value is None else Q(**{column: value})
    return queryset.filter(bound, condition)


def mark(row, order: list[str]) -> str:
    """The cursor behind `row`, a model instance or a dict of its columns."""
    values = []
    for name in order:
        column = name.lstrip("-")
        value = row[column] if isinstance(row, dict) else getattr(row, column)
        values.append(value.isoformat() if isinstance(value, datetime) else value)
    return encode(values)


class KeysetPagination(BasePagination):
    """`?cursor=` from the answer's `next`; `?limit=` up to 200. The body is {"results": [...], "next": url or null}."""

    default_limit, max_limit = 50, 200

    def paginate_queryset(self, queryset, request, view=None):
        try:
            limit = int(request.query_params.get("limit", self.default_limit))
        except ValueError:
            raise InvalidInput(
                _("limit is a number from 1 to 200."), fields={"limit": [_("Not a number.")]}
            ) from None
        if not 1 <= limit <= self.max_limit:
            raise InvalidInput(_("limit is a number from 1 to 200."), fields={"limit": ["1–200"]})
        self.request = request
        self.order = [str(name) for name in queryset.query.order_by] or ["-pk"]
        if not queryset.query.order_by:
            queryset = queryset.order_by(*self.order)
        cursor = request.query_params.get("cursor")
        if cursor:
            queryset = after(queryset, cursor)
        rows = list(queryset[: limit + 1])
        self.next_mark = None
        if len(rows) > limit:
            last = rows[limit - 1]
            if isinstance(last, tuple):  # of values_list()
                last = dict(zip(queryset.query.values_select, last, strict=True))
            self.next_mark = mark(last, self.order)
        return rows[:limit]

    def get_paginated_response(self, data):
        following = (
            replace_query_param(self.request.build_absolute_uri(), "cursor", self.next_mark)
            if self.next_mark
            else None
        )
        return Response({"results": data, "next": following})

    def get_paginated_response_schema(self, schema):
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": schema, "next": {"type": ["string", "null"], "format": "uri"}},
        }

    def get_schema_operation_parameters(self, view):
        return [
            {"name": "cursor", "required": False, "in": "query", "schema": {"type": "string"}},
            {
                "name": "limit",
                "required": False,
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": self.max_limit},
            },
        ]
