"""Filters that the lists of all fields share."""

from collections.abc import Callable

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from anji_police.errors import InvalidInput
from anji_police.periods import Period
from anji_police.places.models import Unit


def month(value: str) -> Period | None:
    """The month YYYY-MM that an address names; None for anything else."""
    try:
        return Period.month(value)
    except InvalidInput:
        return None


@extend_schema_field(OpenApiTypes.STR)
class MonthFilter(django_filters.CharFilter):
    """The rows of a month, such as a figure of a report points at: `rows(queryset, period)`. What is no month has none."""

    def __init__(self, label, rows: Callable[[QuerySet, Period], QuerySet], *, widget=forms.HiddenInput):
        super().__init__(label=label, widget=widget)
        self.rows = rows

    def filter(self, queryset, value):
        if not value:
            return queryset
        period = month(value)
        return self.rows(queryset, period) if period else queryset.none()


@extend_schema_field(OpenApiTypes.INT)
class UnitFilter(django_filters.ModelChoiceFilter):
    """The rows of a unit and of those below it; `field_name` leads to the unit of a row."""

    def __init__(self, field_name: str = "unit"):
        super().__init__(
            field_name=field_name, label=_("Unit"), queryset=Unit.objects.active(), empty_label=_("All")
        )

    def filter(self, queryset, value):
        if value is None:
            return queryset
        return queryset.filter(**{f"{self.field_name}__in": Unit.objects.keys_under(value)})
