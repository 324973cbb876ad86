import django_filters
from django.utils.translation import gettext_lazy as _

from anji_police.audit.models import AccessEntry, AuditEntry


class _TrailFilter(django_filters.FilterSet):
    actor = django_filters.CharFilter(field_name="actor_name", label=_("Actor"))
    subject = django_filters.CharFilter(field_name="subject_label", label=_("Record"))
    since = django_filters.DateFilter(field_name="at", lookup_expr="date__gte", label=_("From"))
    until = django_filters.DateFilter(field_name="at", lookup_expr="date__lte", label=_("Until"))


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
