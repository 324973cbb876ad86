"""One filter for each list, used by its page and by the API."""

from datetime import date

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police import bigrams
from anji_police.crypto import matching, normal_phone
from anji_police.filters import MonthFilter, UnitFilter
from anji_police.periods import Period, today
from anji_police.places.models import Place
from anji_police.tracks.models import Track
from volunteers.models import (
    Attendance,
    Beat,
    HoursEntry,
    Incident,
    IncidentStatus,
    Member,
    MemberStatus,
    Qualification,
    Shift,
    ShiftStatus,
    SignUp,
    SignUpStatus,
    Team,
    TeamStatus,
)


class TeamFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=pgettext_lazy("team", "Name"), method="by_name")
    status = django_filters.ChoiceFilter(label=_("State"), choices=TeamStatus, empty_label=_("All"))
    category = django_filters.ChoiceFilter(label=_("Category"), choices=Team.Category, empty_label=_("All"))
    unit = UnitFilter()
    place = django_filters.ModelChoiceFilter(
        label=_("Township"), queryset=Place.objects.townships(), empty_label=_("All")
    )
    active_in = MonthFilter(_("Active in"), lambda rows, p: rows.filter(pk__in=held_in(p).values("team")))
    silent_in = MonthFilter(
        _("Without a shift in"), lambda rows, p: rows.active().exclude(pk__in=held_in(p).values("team"))
    )

    class Meta:
        model = Team
        fields: list[str] = []

    def by_name(self, queryset, name, value):
        return queryset.filter(name__contains=bigrams.normal(value)[:60])


def held_in(period: Period):
    """Shifts that took place in `period`."""
    return Shift.objects.filter(
        status__in=[ShiftStatus.RUNNING, ShiftStatus.TO_SETTLE, ShiftStatus.SETTLED]
    ).starting_in(period)


def served_in(period: Period):
    """Attendances that began in `period`."""
    return Attendance.objects.filter(in_at__gte=period.start, in_at__lt=period.end)


def walks_in(period: Period):
    """Attendances whose track began in the half-open `period` and is trusted."""
    return Attendance.objects.filter(
        track__state=Track.State.TRUSTED,
        track__starts_at__gte=period.start,
        track__starts_at__lt=period.end,
    )


class MemberFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name, phone or identity number"), method="by_words")
    status = django_filters.ChoiceFilter(label=_("State"), choices=MemberStatus, empty_label=_("All"))
    unit = UnitFilter("team__unit")
    team = django_filters.ModelChoiceFilter(
        label=_("Team"), queryset=Team.objects.all(), widget=forms.HiddenInput
    )
    lacks = django_filters.ChoiceFilter(
        label=_("Lacks today"), choices=Qualification.Kind, method="by_lack", empty_label=_("All")
    )
    holds = django_filters.CharFilter(label=_("Holds"), method="by_holding", widget=forms.HiddenInput)
    served_in = MonthFilter(
        _("Served in"), lambda rows, p: rows.filter(pk__in=served_in(p).values("sign_up__member"))
    )
    joined_in = MonthFilter(_("Joined in"), lambda rows, p: rows.joined_in(p))
    left_in = MonthFilter(_("Left in"), lambda rows, p: rows.left_in(p))

    class Meta:
        model = Member
        fields: list[str] = []

    def by_words(self, queryset, name, value):
        """A phone or identity number in any spelling, by its blind index; else the beginning of the name."""
        number = normal_phone(value)
        if number.isascii() and number.isdigit() and 7 <= len(number) <= 12:
            return queryset.filter(matching(Member, "phone", value))
        if len(number) == 18 and number[:17].isascii() and number[:17].isdigit():
            return queryset.filter(matching(Member, "id_number", value))
        return queryset.filter(name__startswith=value.strip()[:40])

    def by_lack(self, queryset, name, value: str):
        return queryset.active().exclude(pk__in=Member.objects.holding(value, today()).values("pk"))

    def by_holding(self, queryset, name, value):
        """`kind` or `kind@YYYY-MM-DD`: active members who hold it on that day."""
        kind, _at, day = value.partition("@")
        try:
            on = date.fromisoformat(day) if day else today()
        except ValueError:
            return queryset.none()
        if kind not in Qualification.Kind.values:
            return queryset.none()
        return queryset.active().holding(kind, on)


class ShiftFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Title or team"), method="by_words")
    status = django_filters.ChoiceFilter(label=_("State"), choices=ShiftStatus, empty_label=_("All"))
    duty = django_filters.ChoiceFilter(label=_("Duty"), choices=Shift.Duty.choices, empty_label=_("All"))
    unit = UnitFilter("team__unit")
    team = django_filters.ModelChoiceFilter(
        label=_("Team"), queryset=Team.objects.all(), widget=forms.HiddenInput
    )
    day = django_filters.DateFilter(label=_("Day"), method="by_day", widget=forms.HiddenInput)
    started_in = MonthFilter(
        _("Beginning in"), lambda rows, p: rows.exclude(status=ShiftStatus.DRAFT).starting_in(p)
    )
    held_in = MonthFilter(_("With a shift in"), lambda rows, p: rows.filter(pk__in=held_in(p).values("pk")))
    cancelled_in = MonthFilter(
        _("Cancelled in"), lambda rows, p: rows.filter(status=ShiftStatus.CANCELLED).starting_in(p)
    )
    walked_in = MonthFilter(
        _("With a trusted track in"), lambda rows, p: rows.filter(pk__in=walks_in(p).values("sign_up__shift"))
    )

    class Meta:
        model = Shift
        fields: list[str] = []

    def by_words(self, queryset, name, value):
        text = value.strip()[:60]
        return queryset.filter(Q(title__contains=text) | Q(team__name__contains=text))

    def by_day(self, queryset, name, value):
        return queryset.starting_in(Period.days(value, value))


class SignUpFilter(django_filters.FilterSet):
    """Sign-ups, above all those whose hours wait for approval."""

    q = django_filters.CharFilter(label=_("Volunteer or team"), method="by_words")
    status = django_filters.ChoiceFilter(label=_("State"), choices=SignUpStatus, empty_label=_("All"))
    unit = UnitFilter("shift__team__unit")
    differs = django_filters.BooleanFilter(
        label=_("Claim differs from the clock"), method="by_difference", widget=forms.CheckboxInput
    )
    missed_in = MonthFilter(
        _("No-show in"),
        lambda rows, p: rows.filter(
            status=SignUpStatus.NO_SHOW, shift__starts_at__gte=p.start, shift__starts_at__lt=p.end
        ),
    )
    booked_in = MonthFilter(
        _("Booked in"),
        lambda rows, p: rows.filter(pk__in=HoursEntry.objects.booked_in(p).values("attendance__sign_up")),
    )
    appealed = django_filters.BooleanFilter(
        label=_("Objection open"), method="by_appeal", widget=forms.CheckboxInput
    )

    class Meta:
        model = SignUp
        fields: list[str] = []

    def by_words(self, queryset, name, value):
        text = value.strip()[:60]
        return queryset.filter(Q(member__name__startswith=text) | Q(shift__team__name__contains=text))

    def by_difference(self, queryset, name, value):
        return (
            queryset.exclude(attendance__claim_reason="").filter(attendance__isnull=False)
            if value
            else queryset
        )

    def by_appeal(self, queryset, name, value):
        return queryset.filter(appeal__isnull=False, appeal__upheld=None) if value else queryset


VIEWS = {
    "open": pgettext_lazy("incident", "Open"),
    "reported": _("To be received"),
    "overdue": _("Overdue"),
    "all": _("All"),
}


def in_view(queryset, view: str):
    """The incidents of one of the standing views. An unknown name is the whole."""
    return {
        "open": lambda: queryset.open(),
        "reported": lambda: queryset.filter(status=IncidentStatus.REPORTED),
        "overdue": lambda: queryset.filter(status=IncidentStatus.REPORTED, due_at__lt=timezone.now()),
    }.get(view, lambda: queryset)()


class IncidentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number or words"), method="by_words")
    status = django_filters.ChoiceFilter(label=_("State"), choices=IncidentStatus, empty_label=_("All"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Incident.Kind, empty_label=_("All"))
    unit = UnitFilter()
    reported_in = MonthFilter(_("Reported in"), lambda rows, p: rows.reported_in(p))
    closed_in = MonthFilter(_("Closed in"), lambda rows, p: rows.closed_in(p))
    case = django_filters.BooleanFilter(label=_("Became a case"), method="by_case", widget=forms.HiddenInput)
    received = django_filters.BooleanFilter(
        label=_("Received"),
        field_name="received_at",
        lookup_expr="isnull",
        exclude=True,
        widget=forms.HiddenInput,
    )
    to = django_filters.CharFilter(
        label=_("Passed on to"), field_name="transfer_kind", widget=forms.HiddenInput
    )

    class Meta:
        model = Incident
        fields: list[str] = []

    def by_words(self, queryset, name, value):
        text = value.strip()[:60]
        if text.upper().startswith("YS"):
            return queryset.filter(code__startswith=text.upper())
        return queryset.filter(Q(facts__contains=text) | Q(location_text__contains=text))

    def by_case(self, queryset, name, value):
        return queryset.filter(became_case=value)


class BeatFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=pgettext_lazy("team", "Name"), lookup_expr="contains", field_name="name"
    )
    unit = UnitFilter()
    held_in = MonthFilter(
        _("Patrolled in"),
        lambda rows, p: rows.filter(is_active=True, pk__in=held_in(p).exclude(beat=None).values("beat")),
    )
    booked_in = MonthFilter(
        _("With hours booked in"),
        lambda rows, p: rows.filter(
            pk__in=HoursEntry.objects.booked_in(p).values("attendance__sign_up__shift__beat")
        ),
    )

    class Meta:
        model = Beat
        fields: list[str] = []
