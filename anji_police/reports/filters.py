import django_filters
from django.utils.translation import gettext_lazy as _

from anji_police.reports.models import ReportVersion, VersionStatus


class VersionFilter(django_filters.FilterSet):
    """Versions by month (its first day) and state."""

    month = django_filters.DateFilter(field_name="report__month", label=_("Month"))
    status = django_filters.ChoiceFilter(choices=VersionStatus.choices, label=_("State"))

    class Meta:
        model = ReportVersion
        fields = ["month", "status"]
