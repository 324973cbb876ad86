"""One filter for the queue page and the API."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from anji_police import bigrams
from anji_police.filters import MonthFilter, month
from anji_police.places.models import Unit
from anji_police.search import by_phone
from mediation.models import OPEN, Dispute, DisputeStatus, FollowUp, Party, ScreeningRound

VISIT_VIEWS = {
    "due": _("Due for me"),
    "planned": _("Planned"),
    "made": _("Visited"),
    "all": _("All"),
}


def visits_in_view(queryset, view: str, user):
    """The visits of one of the standing views. An unknown name is the whole."""
    return {
        "due": lambda: queryset.open().of(user).filter(due_on__lte=timezone.localdate()),
        "planned": lambda: queryset.open(),
        "made": lambda: queryset.exclude(done_at=None),
    }.get(view, lambda: queryset)()


SETTLED = (Dispute.Outcome.WRITTEN, Dispute.Outcome.ORAL)
VIEWS = {
    "mine": _("Mine"),
    "unit": _("My unit"),
    "consent": _("Asking for consent"),
    "to_assign": _("Waiting for a mediator"),
    "mediating": _("In mediation"),
    "performing": _("To be performed"),
    "closing": _("To be closed"),
    "red": _("Red and orange"),
    "follow_up": _("Follow-up due"),
    "overdue": _("Overdue"),
    "all": _("All"),
}


def in_view(queryset, view: str, user):
    """The rows of one of the standing views. An unknown name is the whole."""
    return {
        "mine": lambda: queryset.live().filter(registered_by=user),
        "unit": lambda: queryset.live().filter(unit=user.unit_id),
        "consent": lambda: queryset.filter(status__in=[DisputeStatus.REGISTERED, DisputeStatus.CONSULTING]),
        "to_assign": lambda: queryset.filter(status__in=[DisputeStatus.TO_ASSIGN, DisputeStatus.OFFERED]),
        "mediating": lambda: queryset.filter(status=DisputeStatus.MEDIATING),
        "performing": lambda: queryset.filter(
            status__in=[DisputeStatus.EFFECTIVE, DisputeStatus.UNPERFORMED]
        ),
        "closing": lambda: queryset.filter(
            status__in=[DisputeStatus.PERFORMED, DisputeStatus.FAILED, DisputeStatus.REFUSED]
        ),
        "red": lambda: queryset.filter(status__in=OPEN, risk__in=["A", "B"]),
        "follow_up": lambda: queryset.follow_up_due(timezone.localdate()),
        "overdue": lambda: queryset.overdue(),
    }.get(view, lambda: queryset)()


class DisputeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Words, number or phone"), method="by_words")
    status = django_filters.ChoiceFilter(label=_("State"), choices=DisputeStatus, empty_label=_("All"))
    type = django_filters.ChoiceFilter(label=_("Type"), choices=Dispute.Type, empty_label=_("All"))
    track = django_filters.ChoiceFilter(label=_("Track"), choices=Dispute.Track, empty_label=_("All"))
    unit = django_filters.ModelChoiceFilter(
        label=_("Unit"), queryset=Unit.objects.active(), method="under_unit", empty_label=_("All")
    )
    # What the figures of reports point at.
    registered = MonthFilter(_("Registered in"), lambda rows, p: rows.registered_in(p))
    concluded = MonthFilter(_("Concluded in"), lambda rows, p: rows.with_end_in(p))
    settled = django_filters.BooleanFilter(label=_("Settled"), method="by_settled", widget=forms.HiddenInput)
    matched = django_filters.BooleanFilter(
        label=_("Hometown mediator"), method="by_matched", widget=forms.HiddenInput
    )
    risk = django_filters.CharFilter(label=_("Risk grades"), method="by_risk", widget=forms.HiddenInput)
    source = django_filters.CharFilter(label=_("Source"), field_name="source", widget=forms.HiddenInput)
    outcome = django_filters.CharFilter(label=_("Outcome"), field_name="outcome", widget=forms.HiddenInput)
    factor = django_filters.CharFilter(label=_("Sign of risk"), method="by_factor", widget=forms.HiddenInput)
    graded = django_filters.CharFilter(label=_("Ever graded"), method="by_graded", widget=forms.HiddenInput)
    confirmed = MonthFilter(_("Confirmed by the court in"), lambda rows, p: rows.confirmed_in(p))
    performed = django_filters.BooleanFilter(
        label=_("Performed"), method="by_performed", widget=forms.HiddenInput
    )
    escalated = MonthFilter(_("Reported to the police in"), lambda rows, p: rows.escalated_in(p))
    open_in = MonthFilter(_("Open at the end of"), lambda rows, p: rows.open_at(p.end))
    late = MonthFilter(_("Overdue at the end of"), lambda rows, p: rows.overdue_at(p.end))
    newcomers = django_filters.BooleanFilter(
        label=_("Of new residents"), method="by_newcomers", widget=forms.HiddenInput
    )
    sum_known = django_filters.BooleanFilter(
        label=_("With an amount"), method="by_sum", widget=forms.HiddenInput
    )

    class Meta:
        model = Dispute
        fields: list[str] = []

    def by_words(self, queryset, name, value):
        """A party's phone in any spelling, by its blind index; else words of number, matter and facts."""
        found = by_phone(Party, "phone", value)
        if found is None:
            return bigrams.narrow(queryset, value)
        return queryset.filter(pk__in=Party.objects.filter(found).values("dispute"))

    @extend_schema_field(OpenApiTypes.INT)
    def under_unit(self, queryset, name, value):
        return queryset.filter(unit__in=Unit.objects.keys_under(value))

    def by_settled(self, queryset, name, value):
        """With an agreement: in the period of `concluded` when that is asked for too, else now."""
        period = month(self.data.get("concluded") or "")
        settled = Q(end=DisputeStatus.AGREED) if period else Q(outcome__in=SETTLED)
        return (queryset.with_end_in(period) if period else queryset).filter(settled if value else ~settled)

    def by_matched(self, queryset, name, value):
        return queryset.matched(value)

    def by_risk(self, queryset, name, value):
        return queryset.filter(risk__in=list(value))

    def by_factor(self, queryset, name, value):
        return queryset.with_factor(*value.split(","))

    def by_graded(self, queryset, name, value):
        return queryset.ever_graded(*value)

    def by_performed(self, queryset, name, value):
        return queryset.performed() if value else queryset

    def by_newcomers(self, queryset, name, value):
        return queryset.of_new_residents() if value else queryset

    def by_sum(self, queryset, name, value):
        return queryset.exclude(amount_yuan=None) if value else queryset


class VisitFilter(django_filters.FilterSet):
    unit = django_filters.ModelChoiceFilter(
        label=_("Unit"), queryset=Unit.objects.active(), method="under_unit", empty_label=_("All")
    )
    way = django_filters.ChoiceFilter(label=_("Way"), choices=FollowUp.Way, empty_label=_("All"))
    made = MonthFilter(_("Made in"), lambda rows, p: rows.made_in(p))
    on_time = django_filters.BooleanFilter(label=_("In time"), method="by_time", widget=forms.HiddenInput)
    satisfied = django_filters.BooleanFilter(
        label=_("Satisfied"), method="by_satisfied", widget=forms.HiddenInput
    )

    class Meta:
        model = FollowUp
        fields: list[str] = []

    @extend_schema_field(OpenApiTypes.INT)
    def under_unit(self, queryset, name, value):
        return queryset.filter(dispute__unit__in=Unit.objects.keys_under(value))

    def by_time(self, queryset, name, value):
        return queryset.on_time() if value else queryset

    def by_satisfied(self, queryset, name, value):
        return queryset.satisfied() if value else queryset


class RoundFilter(django_filters.FilterSet):
    unit = django_filters.ModelChoiceFilter(
        label=_("Unit"), queryset=Unit.objects.active(), method="under_unit", empty_label=_("All")
    )
    held = MonthFilter(_("Held in"), lambda rows, p: rows.held_in(p))

    class Meta:
        model = ScreeningRound
        fields: list[str] = []

    @extend_schema_field(OpenApiTypes.INT)
    def under_unit(self, queryset, name, value):
        return queryset.filter(unit__in=Unit.objects.keys_under(value))
