from datetime import timedelta

import django_filters
from django.utils.translation import gettext_lazy as _

from anji_police.audit.models import AccessEntry, AuditEntry
from anji_police.periods import midnight


class _TrailFilter(django_filters.FilterSet):
    actor = django_filters.CharFilter(field_name="actor_name", label=_("Actor"))
    subject = django_filters.CharFilter(field_name="subject_label", label=_("Record"))
    since = django_filters.DateFilter(label=_("From"), method="from_day")
    until = django_filters.DateFilter(label=_("Until"), method="to_day")

    def from_day(self, queryset, name, value):
        return queryset.filter(at__gte=midnight(value))

    def to_day(self, queryset, name, value):
        """The day itself included. Instants, not dates: only they are found by the index."""
        return queryset.filter(at__lt=midnight(value + timedelta(days=1)))


class EventFilter(_TrailFilter):
    action = django_filters.CharFilter(lookup_expr="startswith", label=_("Action"))

    class Meta:
        model = AuditEntry
        fields: list[str] = []


class ReadFilter(_TrailFilter):
    kind = django_filters.ChoiceFilter(choices=AccessEntry.Kind, label=_("Kind"), empty_label=_("All"))

    class Meta:
        model = AccessEntry
        fields: list[str] = []
