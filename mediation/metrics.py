"""The figures of mediation, each defined once."""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from anji_police.metrics import Reading, metric
from mediation.models import Dispute, DisputeStatus, FollowUp


@metric(
    "mediation.registered",
    label=_("Disputes registered"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    definition=_("Disputes registered in the period."),
)
def registered(*, period, units) -> Reading:
    count = Dispute.objects.filter(unit__in=units).registered_in(period).count()
    return Reading(count, rows={"registered": period.iso_month})


@metric(
    "mediation.concluded",
    label=_("Disputes concluded"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    definition=_("Disputes whose mediation ended in the period, with an agreement or without."),
)
def concluded(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).with_end_in(period)
    return Reading(found.count(), rows={"concluded": period.iso_month})


@metric(
    "mediation.success_rate",
    label=_("Success rate of mediation"),
    unit="%",
    kind="share",
    rows="mediation:dispute-list",
    better="up",
    definition=_("Of the disputes whose mediation ended in the period, those with an agreement."),
)
def success_rate(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).with_end_in(period)
    counts = found.aggregate(
        numerator=Count("pk", filter=Q(end=DisputeStatus.AGREED)), denominator=Count("pk")
    )
    return Reading(**counts, rows={"concluded": period.iso_month, "settled": "true"})


@metric(
    "mediation.high_risk",
    label=_("Disputes of grade A or B registered"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    better="down",
    definition=_("Disputes registered in the period whose grade is A (red) or B (orange)."),
)
def high_risk(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units, risk__in=[Dispute.Risk.A, Dispute.Risk.B]).registered_in(
        period
    )
    return Reading(found.count(), rows={"registered": period.iso_month, "risk": "AB"})


@metric(
    "mediation.hometown_share",
    label=_("Disputes led by a hometown mediator"),
    unit="%",
    kind="share",
    rows="mediation:dispute-list",
    better="up",
    definition=_(
        "Of the disputes whose mediation ended in the period, those whose lead shared origin or speech with both sides, or was one "
        "of a pair with one from each side, on the day of the offer."
    ),
)
def hometown_share(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).with_end_in(period)
    return Reading(
        found.matched(True).count(),
        found.count(),
        rows={"concluded": period.iso_month, "matched": "true"},
    )


def _success(period, units, matched: bool) -> Reading:
    found = Dispute.objects.filter(unit__in=units).with_end_in(period).matched(matched)
    counts = found.aggregate(
        numerator=Count("pk", filter=Q(end=DisputeStatus.AGREED)), denominator=Count("pk")
    )
    rows = {"concluded": period.iso_month, "settled": "true", "matched": str(matched).lower()}
    return Reading(**counts, rows=rows)


@metric(
    "mediation.success_matched",
    label=_("Success rate with a hometown mediator"),
    unit="%",
    kind="share",
    rows="mediation:dispute-list",
    better="up",
    definition=_(
        "Of the disputes whose mediation ended in the period under a lead who shared origin or speech with both sides or was one of "
        "a pair, those with an agreement. A figure of all together: nothing is told of a single mediator or party."
    ),
)
def success_matched(*, period, units) -> Reading:
    return _success(period, units, True)


@metric(
    "mediation.success_unmatched",
    label=_("Success rate without a hometown mediator"),
    unit="%",
    kind="share",
    rows="mediation:dispute-list",
    better="up",
    definition=_(
        "The same of the disputes whose lead was close to one side only or to neither. To be read beside the rate with a hometown "
        "mediator."
    ),
)
def success_unmatched(*, period, units) -> Reading:
    return _success(period, units, False)


@metric(
    "mediation.follow_ups",
    label=_("Follow-up visits made"),
    unit=_("visits"),
    definition=_("Follow-up visits recorded in the period."),
)
def follow_ups(*, period, units) -> Reading:
    return Reading(
        FollowUp.objects.filter(
            dispute__unit__in=units, done_at__gte=period.start, done_at__lt=period.end
        ).count()
    )
