"""Filters of mediators, teams, stations and committees, shared by pages and API."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from anji_police.crypto import matching, normal_phone
from anji_police.errors import InvalidInput
from anji_police.periods import Period
from anji_police.places.models import Place, Unit
from mediation.models import Appointment, Committee, Mediator, ServiceStation, Team


def within_origin(queryset, value: str):
    """Those whose declared origin is `value`, a code's beginning (34, 3415, 341524) or a name, or lies within it."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return queryset.filter(origin__code__startswith=text[:12])
    codes = Place.objects.filter(name__startswith=text).values_list("code", flat=True)[:20]
    found = Q(pk__in=[])
    for code in codes:
        found |= Q(origin__code__startswith=code)
    return queryset.filter(found)


class BodyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name contains"), field_name="name", lookup_expr="contains")
    place = django_filters.ModelChoiceFilter(
        label=_("Township"), queryset=Place.objects.townships(), empty_label=_("All")
    )


class StationFilter(BodyFilter):
    class Meta:
        model = ServiceStation
        fields: list[str] = []


class CommitteeFilter(BodyFilter):
    class Meta:
        model = Committee
        fields: list[str] = []


class TeamFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name contains"), field_name="name", lookup_expr="contains")
    origin = django_filters.CharFilter(label=_("Origin"), method="by_origin")
    dialect = django_filters.CharFilter(label=_("Dialect"), method="by_dialect")
    place = django_filters.ModelChoiceFilter(
        label=_("Township"),
        field_name="station__place",
        queryset=Place.objects.townships(),
        empty_label=_("All"),
    )
    station = django_filters.ModelChoiceFilter(
        label=_("Service station"), queryset=ServiceStation.objects.all(), widget=forms.HiddenInput
    )
    unit = django_filters.ModelChoiceFilter(
        label=_("Unit"), queryset=Unit.objects.active(), method="under_unit", empty_label=_("All")
    )
    idle_in = django_filters.CharFilter(
        label=_("Without a dispute in"), method="by_idle", widget=forms.HiddenInput
    )

    class Meta:
        model = Team
        fields: list[str] = []

    @extend_schema_field(OpenApiTypes.INT)
    def under_unit(self, queryset, name, value):
        return queryset.filter(station__unit__in=Unit.objects.keys_under(value))

    def by_idle(self, queryset, name, value):
        try:
            return queryset.idle_in(Period.month(value))
        except InvalidInput:
            return queryset.none()

    def by_origin(self, queryset, name, value):
        return within_origin(queryset, value)

    def by_dialect(self, queryset, name, value):
        return queryset.filter(dialects__contains=[value.strip()])


class MediatorFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or phone"), method="by_words")
    origin = django_filters.CharFilter(label=_("Origin"), method="by_origin")
    dialect = django_filters.CharFilter(label=_("Dialect"), method="by_dialect")
    place = django_filters.ModelChoiceFilter(
        label=_("Township"), queryset=Place.objects.townships(), empty_label=_("All")
    )
    appointed = django_filters.ChoiceFilter(
        label=_("Appointment"),
        choices=[("yes", _("Appointed today")), ("no", _("Not appointed today"))],
        method="by_appointed",
        empty_label=_("All"),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("active", _("Active")), ("left", _("Has left"))],
        method="by_state",
        empty_label=_("All"),
    )
    team = django_filters.ModelChoiceFilter(
        label=_("Hometown team"), queryset=Team.objects.all(), widget=forms.HiddenInput
    )
    station = django_filters.ModelChoiceFilter(
        label=_("Service station"), queryset=ServiceStation.objects.all(), widget=forms.HiddenInput
    )

    class Meta:
        model = Mediator
        fields: list[str] = []

    def by_words(self, queryset, name, value):
        digits = normal_phone(value)
        if digits.isascii() and digits.isdigit() and len(digits) >= 7:
            return queryset.filter(matching(Mediator, "phone", value))
        return queryset.filter(name__contains=value.strip()[:40])

    def by_origin(self, queryset, name, value):
        return within_origin(queryset, value)

    def by_dialect(self, queryset, name, value):
        return queryset.filter(dialects__contains=[value.strip()])

    def by_appointed(self, queryset, name, value):
        now = Appointment.objects.filter(valid__contains=timezone.localdate()).values("mediator")
        return queryset.filter(pk__in=now) if value == "yes" else queryset.exclude(pk__in=now)

    def by_state(self, queryset, name, value):
        active = Mediator.objects.active().values("pk")
        return queryset.filter(pk__in=active) if value == "active" else queryset.exclude(pk__in=active)
