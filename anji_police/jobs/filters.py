import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.jobs.models import Job


class JobFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        empty_label=_("All"),
        method="in_state",
        choices=[
            ("open", _("Waiting or running")),
            ("retrying", _("Being retried")),
            ("dead", _("Given up")),
            ("done", _("Done")),
        ],
    )
    kind = django_filters.CharFilter(label=_("Kind"), lookup_expr="startswith")

    class Meta:
        model = Job
        fields: list[str] = []

    def in_state(self, queryset, name, value):
        return {
            "open": lambda: queryset.open(),
            "retrying": lambda: queryset.open().filter(tries__gt=0),
            "dead": lambda: queryset.dead(),
            "done": lambda: queryset.filter(Q(done_at__isnull=False), done_at__lte=timezone.now()),
        }[value]()
