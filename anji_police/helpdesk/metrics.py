"""The figures of the help desk, each defined once (三率 and the good–bad rating)."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anji_police.helpdesk.models import HelpRequest, Rating, Status
from anji_police.metrics import Reading, metric
from anji_police.workflow.models import Deadline

SUBJECT = "helpdesk.helprequest"


def _counted(units):
    """Requests of `units` that count: merged duplicates and withdrawn ones don't."""
    return HelpRequest.objects.filter(unit__in=units).exclude(status__in=[Status.MERGED, Status.WITHDRAWN])


@metric(
    "helpdesk.received",
    label=_("Requests received"),
    unit=_("requests"),
    rows="helpdesk:request-list",
    definition=_("Requests received in the period, without merged duplicates and withdrawn ones."),
)
def received(*, period, units) -> Reading:
    return Reading(_counted(units).received_in(period), rows={"received": period.iso_month})


@metric(
    "helpdesk.answered_on_time",
    label=_("Answered in time"),
    unit="%",
    kind="share",
    better="up",
    rows="helpdesk:request-list",
    definition=_("Of the requests whose answer fell due in the period, those answered by then."),
)
def answered_on_time(*, period, units) -> Reading:
    due = Deadline.objects.filter(
        subject_type=SUBJECT,
        kind="helpdesk.answer",
        cancelled_at=None,
        due_at__gte=period.start,
        due_at__lt=period.end,
        subject_id__in=HelpRequest.objects.filter(unit__in=units).values("pk"),
    )
    return Reading(due.filter(met_at__lte=F("due_at")), due, rows={"answer_due": period.iso_month})


@metric(
    "helpdesk.solved",
    label=_("Solution rate"),
    unit="%",
    kind="share",
    better="up",
    rows="helpdesk:request-list",
    definition=_("Of the requests received in the period, those answered or closed by now."),
)
def solved(*, period, units) -> Reading:
    found = _counted(units).received_in(period)
    return Reading(
        found.filter(status__in=[Status.ANSWERED, Status.CLOSED]),
        found,
        rows={"received": period.iso_month, "solved": "true"},
    )


@metric(
    "helpdesk.satisfied",
    label=_("Satisfaction rate"),
    unit="%",
    kind="share",
    better="up",
    rows="helpdesk:request-list",
    definition=_("Of the ratings given in the period, those of fair or better."),
)
def satisfied(*, period, units) -> Reading:
    found = Rating.objects.filter(
        request__unit__in=units, rated_at__gte=period.start, rated_at__lt=period.end
    )
    return Reading(found.filter(score__gte=3), found, rows={"rated": period.iso_month})
