"""One filter for the queue page, its export and the API."""

from datetime import timedelta

import django_filters
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anji_police import bigrams
from anji_police.crypto import normal_phone
from anji_police.filters import MonthFilter, UnitFilter
from anji_police.helpdesk import codes
from anji_police.helpdesk.models import OPEN, HelpRequest, Status
from anji_police.helpdesk.questions import Category
from anji_police.places.models import Place
from anji_police.search import by_phone
from anji_police.widgets import MonthInput, OneOfMany
from anji_police.workflow.models import Deadline

SOON = timedelta(hours=24)

VIEWS = {
    "mine": _("Mine"),
    "unit": _("My unit"),
    "new": _("New"),
    "soon": _("Due soon"),
    "overdue": _("Overdue"),
    "waiting": _("Waiting for the citizen"),
    "returned": _("Returned"),
    "answered": _("Answered"),
    "all": _("All"),
}


def in_view(queryset, view: str, user):
    """The rows of one of the standing views. An unknown name is the whole."""
    return {
        "mine": lambda: queryset.mine(user),
        "unit": lambda: queryset.open().filter(unit=user.unit_id),
        "new": lambda: queryset.unassigned(),
        "soon": lambda: queryset.due_within(SOON),
        "overdue": lambda: queryset.overdue(),
        "waiting": lambda: queryset.filter(status=Status.WAITING),
        "returned": lambda: queryset.filter(status=Status.RETURNED),
        "answered": lambda: queryset.filter(status=Status.ANSWERED),
    }.get(view, lambda: queryset)()


def counted_in(queryset, period):
    """Received in `period`, without merged duplicates and withdrawn ones."""
    return queryset.exclude(status__in=[Status.MERGED, Status.WITHDRAWN]).received_in(period)


def answered_on_time_in(queryset, period):
    """Those whose answer fell due in `period` and was given by then."""
    due = Deadline.objects.filter(
        subject_type="helpdesk.helprequest",
        kind="helpdesk.answer",
        cancelled_at=None,
        due_at__gte=period.start,
        due_at__lt=period.end,
        met_at__lte=F("due_at"),
    )
    return queryset.filter(pk__in=due.values("subject_id"))


def rated_well_in(queryset, period):
    """Those with a rating of fair or better, given in `period`."""
    return queryset.filter(
        ratings__rated_at__gte=period.start, ratings__rated_at__lt=period.end, ratings__score__gte=3
    ).distinct()


class HelpRequestFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Words, number or phone"), method="by_words")
    status = django_filters.MultipleChoiceFilter(label=_("State"), choices=Status, widget=OneOfMany)
    category = django_filters.ChoiceFilter(label=_("About"), choices=Category, empty_label=_("All"))
    priority = django_filters.ChoiceFilter(
        label=_("Priority"), choices=HelpRequest.Priority, empty_label=_("All")
    )
    unit = UnitFilter()
    township = django_filters.ModelChoiceFilter(
        label=_("Township"), queryset=Place.objects.townships(), to_field_name="code", empty_label=_("All")
    )
    # What the figures of reports point at; each names a month as YYYY-MM.
    received = MonthFilter(_("Received in"), counted_in, widget=MonthInput)
    answer_due = MonthFilter(_("Answer due in"), answered_on_time_in, widget=MonthInput)
    rated = MonthFilter(_("Rated in"), rated_well_in, widget=MonthInput)
    solved = django_filters.BooleanFilter(label=_("Solved"), method="by_solved")

    OF_FIGURES = ("answer_due", "rated", "solved")  # shown on the page only when a figure led there

    class Meta:
        model = HelpRequest
        fields: list[str] = []

    def get_form_class(self):
        form_class = super().get_form_class()
        for name in self.OF_FIGURES:
            if not self.data.get(name):
                form_class.base_fields.pop(name, None)
        return form_class

    def by_words(self, queryset, name, value):
        """A reference, a phone number in any spelling, or words of the text. A phone is looked up by its blind index."""
        found = by_phone(HelpRequest, "reporter_phone", value)
        if found is None:
            return bigrams.narrow(queryset, value)
        digits = normal_phone(value)
        if len(digits) == 12:
            found |= Q(reference=codes.typed_reference(digits))
        return queryset.filter(found)

    def by_solved(self, queryset, name, value):
        done = Q(status__in=[Status.ANSWERED, Status.CLOSED])
        return queryset.filter(done if value else Q(status__in=OPEN))
