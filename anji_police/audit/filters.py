from datetime import timedelta

import django_filters
from django.apps import apps
from django.utils.translation import gettext_lazy as _

from anji_police.audit import actions
from anji_police.audit.models import AccessEntry, AuditEntry
from anji_police.periods import midnight


def _actions() -> list[tuple[str, str]]:
    """Each action by the name of its app and its label."""
    apps_by_label = {config.label: config.verbose_name for config in apps.get_app_configs()}
    found = []
    for action, label in actions.named().items():
        home = apps_by_label.get(action.split(".", 1)[0])
        found.append((action, f"{home} · {label}" if home else str(label)))
    return found


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
    action = django_filters.ChoiceFilter(choices=_actions, label=_("Action"), empty_label=_("All"))

    class Meta:
        model = AuditEntry
        fields: list[str] = []


class ReadFilter(_TrailFilter):
    kind = django_filters.ChoiceFilter(choices=AccessEntry.Kind, label=_("Kind"), empty_label=_("All"))

    class Meta:
        model = AccessEntry
        fields: list[str] = []
