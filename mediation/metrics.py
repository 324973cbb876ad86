"""The figures of mediation, each defined once."""

from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from anji_police.metrics import Reading, metric
from mediation.models import Dispute, DisputeStatus, FollowUp, ScreeningRound, Team


@metric(
    "mediation.registered",
    label=_("Disputes registered"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    definition=_("Disputes registered in the period."),
)
def registered(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).registered_in(period)
    return Reading(found, rows={"registered": period.iso_month})


@metric(
    "mediation.concluded",
    label=_("Disputes concluded"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    definition=_("Disputes whose mediation ended in the period, with an agreement or without."),
)
def concluded(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).with_end_in(period)
    return Reading(found, rows={"concluded": period.iso_month})


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
    return Reading(
        found.filter(end=DisputeStatus.AGREED), found, rows={"concluded": period.iso_month, "settled": "true"}
    )


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
    return Reading(found, rows={"registered": period.iso_month, "risk": "AB"})


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
    return Reading(found.matched(True), found, rows={"concluded": period.iso_month, "matched": "true"})


def _success(period, units, matched: bool) -> Reading:
    found = Dispute.objects.filter(unit__in=units).with_end_in(period).matched(matched)
    rows = {"concluded": period.iso_month, "settled": "true", "matched": str(matched).lower()}
    return Reading(found.filter(end=DisputeStatus.AGREED), found, rows=rows)


@metric(
    "mediation.success_matched",
    on_overview=False,
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
    on_overview=False,
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
    rows="mediation:visit-list",
    definition=_("Follow-up visits recorded in the period."),
)
def follow_ups(*, period, units) -> Reading:
    found = _visits(period, units)
    return Reading(found, rows={"view": "made", "made": period.iso_month})


def _visits(period, units):
    return FollowUp.objects.filter(dispute__unit__in=units).made_in(period)


@metric(
    "mediation.visits_on_time",
    on_overview=False,
    label=_("Follow-up visits in time"),
    unit="%",
    kind="share",
    rows="mediation:visit-list",
    better="up",
    definition=_("Of the visits recorded in the period, those made by their planned day."),
)
def visits_on_time(*, period, units) -> Reading:
    found = _visits(period, units)
    rows = {"view": "made", "made": period.iso_month, "on_time": "true"}
    return Reading(found.on_time(), found, rows=rows)


@metric(
    "mediation.satisfaction",
    on_overview=False,
    label=_("Parties satisfied"),
    unit="%",
    kind="share",
    rows="mediation:visit-list",
    better="up",
    definition=_("Of the visits of the period at which a level was given, those with 4 or 5."),
)
def satisfaction(*, period, units) -> Reading:
    found = _visits(period, units).exclude(satisfaction=None)
    rows = {"view": "made", "made": period.iso_month, "satisfied": "true"}
    return Reading(found.satisfied(), found, rows=rows)


@metric(
    "mediation.screenings",
    on_overview=False,
    label=_("Screening rounds held"),
    unit=_("rounds"),
    rows="mediation:round-list",
    definition=_("Screening rounds through villages, held in the period, also those that found nothing."),
)
def screenings(*, period, units) -> Reading:
    found = ScreeningRound.objects.filter(unit__in=units).held_in(period)
    return Reading(found, rows={"held": period.iso_month})


def _from(source: str, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units, source=source).registered_in(period)
    return Reading(found, rows={"registered": period.iso_month, "source": source})


@metric(
    "mediation.screened",
    on_overview=False,
    label=_("Disputes found by screening"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    definition=_("Disputes registered in the period that a screening round found before anybody called."),
)
def screened(*, period, units) -> Reading:
    return _from(Dispute.Source.SCREENING, period, units)


@metric(
    "mediation.from_110",
    on_overview=False,
    label=_("Disputes handed over by 110"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    better="down",
    definition=_("Disputes registered in the period that came from a 110 call."),
)
def from_110(*, period, units) -> Reading:
    return _from(Dispute.Source.CALL_110, period, units)


@metric(
    "mediation.repeat_calls",
    on_overview=False,
    label=_("Disputes with repeated 110 calls"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    better="down",
    definition=_("Disputes registered in the period whose risk sheet names repeated 110 calls."),
)
def repeat_calls(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).registered_in(period).with_factor("repeat_calls")
    return Reading(found, rows={"registered": period.iso_month, "factor": "repeat_calls"})


def _settled(period, units):
    return Dispute.objects.filter(unit__in=units).with_end_in(period).filter(end=DisputeStatus.AGREED)


_SETTLED_ROWS = {"settled": "true"}


@metric(
    "mediation.written",
    on_overview=False,
    label=_("Written agreements"),
    unit=_("agreements"),
    rows="mediation:dispute-list",
    definition=_("Disputes that ended in the period with a written agreement."),
)
def written(*, period, units) -> Reading:
    found = _settled(period, units).filter(outcome=Dispute.Outcome.WRITTEN)
    return Reading(found, rows=_SETTLED_ROWS | {"concluded": period.iso_month, "outcome": "written"})


@metric(
    "mediation.oral",
    on_overview=False,
    label=_("Oral agreements"),
    unit=_("agreements"),
    rows="mediation:dispute-list",
    definition=_("Disputes that ended in the period with an agreement by word of mouth."),
)
def oral(*, period, units) -> Reading:
    found = _settled(period, units).filter(outcome=Dispute.Outcome.ORAL)
    return Reading(found, rows=_SETTLED_ROWS | {"concluded": period.iso_month, "outcome": "oral"})


@metric(
    "mediation.performed",
    on_overview=False,
    label=_("Agreements performed"),
    unit="%",
    kind="share",
    rows="mediation:dispute-list",
    better="up",
    definition=_("Of the disputes that ended in the period with an agreement, those performed by now."),
)
def performed(*, period, units) -> Reading:
    found = _settled(period, units)
    rows = _SETTLED_ROWS | {"concluded": period.iso_month, "performed": "true"}
    return Reading(found.filter(pk__in=Dispute.objects.performed().values("pk")), found, rows=rows)


@metric(
    "mediation.confirmed",
    on_overview=False,
    label=_("Agreements confirmed by the court"),
    unit=_("agreements"),
    rows="mediation:dispute-list",
    definition=_("Disputes whose agreement the court confirmed in the period."),
)
def confirmed(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).confirmed_in(period)
    return Reading(found, rows={"confirmed": period.iso_month})


@metric(
    "mediation.kept_from_crime",
    on_overview=False,
    label=_("Kept from turning criminal"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    definition=_("Disputes that were graded A or B and ended in the period with an agreement."),
)
def kept_from_crime(*, period, units) -> Reading:
    found = _settled(period, units).ever_graded("A", "B")
    return Reading(found, rows=_SETTLED_ROWS | {"concluded": period.iso_month, "graded": "AB"})


@metric(
    "mediation.kept_from_crowd",
    on_overview=False,
    label=_("Kept from a mass petition"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    definition=_("Disputes of ten or more people that ended in the period with an agreement."),
)
def kept_from_crowd(*, period, units) -> Reading:
    found = _settled(period, units).with_factor("group")
    return Reading(found, rows=_SETTLED_ROWS | {"concluded": period.iso_month, "factor": "group"})


@metric(
    "mediation.kept_from_fight",
    on_overview=False,
    label=_("Kept from an armed fight"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    definition=_("Disputes in which a weapon was shown and that ended in the period with an agreement."),
)
def kept_from_fight(*, period, units) -> Reading:
    found = _settled(period, units).with_factor("weapon")
    return Reading(found, rows=_SETTLED_ROWS | {"concluded": period.iso_month, "factor": "weapon"})


@metric(
    "mediation.escalated",
    on_overview=False,
    label=_("Disputes reported to the police"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    better="down",
    definition=_("Disputes that a mediator or clerk reported to the police in the period."),
)
def escalated(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).escalated_in(period)
    return Reading(found, rows={"escalated": period.iso_month})


@metric(
    "mediation.days",
    on_overview=False,
    label=_("Average time to conclude"),
    unit=_("days"),
    kind="mean",
    rows="mediation:dispute-list",
    better="down",
    definition=_(
        "Days from the registration to the end of the mediation, with an agreement or without, on average over the disputes that ended "
        "in the period."
    ),
)
def days(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).with_end_in(period)
    taken = found.aggregate(t=Sum(F("end_at") - F("registered_at")))["t"]
    total = (Decimal(taken.total_seconds()) / 86_400).quantize(Decimal("0.01")) if taken else 0
    return Reading(total, found, rows={"concluded": period.iso_month})


@metric(
    "mediation.amount",
    on_overview=False,
    label=_("Amount settled"),
    unit=_("yuan"),
    rows="mediation:dispute-list",
    definition=_("Sum of the amounts of the disputes that ended in the period with an agreement."),
)
def amount(*, period, units) -> Reading:
    total = _settled(period, units).aggregate(t=Sum("amount_yuan"))["t"] or 0
    return Reading(total, rows=_SETTLED_ROWS | {"concluded": period.iso_month, "sum_known": "true"})


@metric(
    "mediation.new_residents",
    on_overview=False,
    label=_("Disputes of new residents"),
    unit="%",
    kind="share",
    rows="mediation:dispute-list",
    definition=_(
        "Of the disputes registered in the period, those with a party whose declared origin lies outside the county."
    ),
)
def new_residents(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).registered_in(period)
    rows = {"registered": period.iso_month, "newcomers": "true"}
    return Reading(found.of_new_residents(), found, rows=rows)


@metric(
    "mediation.high_risk_open",
    on_overview=False,
    label=_("Open disputes of grade A or B"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    better="down",
    definition=_("Disputes of grade A (red) or B (orange) that were not closed at the end of the period."),
)
def high_risk_open(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units, risk__in=[Dispute.Risk.A, Dispute.Risk.B])
    return Reading(found.open_at(period.end), rows={"open_in": period.iso_month, "risk": "AB"})


@metric(
    "mediation.overdue",
    on_overview=False,
    label=_("Overdue disputes"),
    unit=_("disputes"),
    rows="mediation:dispute-list",
    better="down",
    definition=_("Disputes still to be settled at the end of the period and past their time limit by then."),
)
def overdue(*, period, units) -> Reading:
    found = Dispute.objects.filter(unit__in=units).overdue_at(period.end)
    return Reading(found, rows={"late": period.iso_month})


@metric(
    "mediation.idle_teams",
    on_overview=False,
    label=_("Hometown teams without a dispute"),
    unit=_("teams"),
    rows="mediation:team-list",
    better="down",
    definition=_("Teams of which nobody took on a dispute in the period."),
)
def idle_teams(*, period, units) -> Reading:
    found = Team.objects.filter(station__unit__in=units).idle_in(period)
    return Reading(found, rows={"idle_in": period.iso_month})
