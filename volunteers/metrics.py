"""The figures of the volunteers, each defined once. Hours are whole hours of approved minutes, by the month they are booked in."""

from decimal import Decimal

from django.db.models import Count, F, OuterRef, Subquery, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.metrics import Reading, metric
from volunteers.filters import held_in, served_in, walks_in
from volunteers.models import (
    Beat,
    HoursEntry,
    Incident,
    Member,
    PointsEntry,
    Qualification,
    Shift,
    ShiftStatus,
    SignUp,
    SignUpStatus,
    Team,
)

SHIFTS, MEMBERS, TEAMS = "volunteers:shift-list", "volunteers:member-list", "volunteers:team-list"
HOURS, INCIDENTS = "volunteers:hours-list", "volunteers:incident-list"
CAME = ("in", "out", "pending", "approved", "adjusted", "rejected")


@metric(
    "volunteers.active_teams",
    label=_("Active volunteer teams"),
    unit="%",
    kind="share",
    rows=TEAMS,
    better="up",
    definition=_("Of the approved teams, those that held at least one shift in the period."),
)
def active_teams(*, period, units) -> Reading:
    found = Team.objects.active().filter(unit__in=units)
    on_duty = found.filter(pk__in=held_in(period).values("team"))
    return Reading(on_duty, found, rows={"active_in": period.iso_month, "status": "approved"})


@metric(
    "volunteers.silent_teams",
    label=_("Silent volunteer teams"),
    unit=_("teams"),
    rows=TEAMS,
    better="down",
    definition=_("Approved teams without a shift in the period."),
    on_overview=False,
)
def silent_teams(*, period, units) -> Reading:
    found = Team.objects.active().filter(unit__in=units).exclude(pk__in=held_in(period).values("team"))
    return Reading(found, rows={"silent_in": period.iso_month})


@metric(
    "volunteers.active_members",
    label=_("Volunteers on duty"),
    unit=_("people"),
    rows=MEMBERS,
    better="up",
    definition=_("Volunteers who checked in at least once in the period."),
    on_overview=False,
)
def active_members(*, period, units) -> Reading:
    found = Member.objects.filter(team__unit__in=units, pk__in=served_in(period).values("sign_up__member"))
    return Reading(found, rows={"served_in": period.iso_month})


@metric(
    "volunteers.joined",
    label=_("Volunteers who joined"),
    unit=_("people"),
    rows=MEMBERS,
    definition=_("Members who were taken on in the period."),
    on_overview=False,
)
def joined(*, period, units) -> Reading:
    found = Member.objects.filter(team__unit__in=units).joined_in(period)
    return Reading(found, rows={"joined_in": period.iso_month})


@metric(
    "volunteers.left",
    label=_("Volunteers who left"),
    unit=_("people"),
    rows=MEMBERS,
    definition=_("Members who left in the period."),
    on_overview=False,
)
def left(*, period, units) -> Reading:
    found = Member.objects.filter(team__unit__in=units).left_in(period)
    return Reading(found, rows={"left_in": period.iso_month})


def _holding(kind: str, period, units) -> Reading:
    held = Qualification.objects.filter(kind=kind, valid__contains=period.last_day).values("member")
    found = Member.objects.active().filter(team__unit__in=units)
    return Reading(found.filter(pk__in=held), found, rows={"holds": f"{kind}@{period.last_day:%Y-%m-%d}"})


@metric(
    "volunteers.insured",
    label=_("Insured volunteers"),
    unit="%",
    kind="share",
    rows=MEMBERS,
    better="up",
    definition=_(
        "Of the active members, those with accident insurance in force on the last day of the period."
    ),
    on_overview=False,
)
def insured(*, period, units) -> Reading:
    return _holding(Qualification.Kind.INSURANCE, period, units)


@metric(
    "volunteers.trained",
    label=_("Trained volunteers"),
    unit="%",
    kind="share",
    rows=MEMBERS,
    better="up",
    definition=_("Of the active members, those with training in force on the last day of the period."),
    on_overview=False,
)
def trained(*, period, units) -> Reading:
    return _holding(Qualification.Kind.TRAINING, period, units)


@metric(
    "volunteers.shifts_held",
    label=_("Shifts held"),
    unit=_("shifts"),
    rows=SHIFTS,
    better="up",
    definition=_("Shifts that began in the period and were not cancelled."),
    on_overview=False,
)
def shifts_held(*, period, units) -> Reading:
    found = held_in(period).filter(team__unit__in=units)
    return Reading(found, rows={"held_in": period.iso_month})


@metric(
    "volunteers.shifts_cancelled",
    label=_("Shifts cancelled"),
    unit="%",
    kind="share",
    rows=SHIFTS,
    better="down",
    definition=_(
        "Of the shifts that were to begin in the period, drafts left out, those that were cancelled."
    ),
    on_overview=False,
)
def shifts_cancelled(*, period, units) -> Reading:
    found = Shift.objects.filter(team__unit__in=units).exclude(status=ShiftStatus.DRAFT).starting_in(period)
    return Reading(found.filter(status="cancelled"), found, rows={"cancelled_in": period.iso_month})


@metric(
    "volunteers.fill_rate",
    label=_("Places filled"),
    unit="%",
    kind="share",
    rows=SHIFTS,
    better="up",
    definition=_("Of the places of the shifts held in the period, those for which somebody came."),
    on_overview=False,
)
def fill_rate(*, period, units) -> Reading:
    held = held_in(period).filter(team__unit__in=units)
    came = SignUp.objects.filter(shift__in=held, status__in=CAME)
    return Reading(came, held.aggregate(s=Sum("slots"))["s"] or 0, rows={"held_in": period.iso_month})


@metric(
    "volunteers.no_shows",
    label=_("No-shows"),
    unit="%",
    kind="share",
    rows=HOURS,
    better="down",
    definition=_(
        "Of the sign-ups that held a place in a shift of the period, those who neither came nor took leave."
    ),
    on_overview=False,
)
def no_shows(*, period, units) -> Reading:
    found = SignUp.objects.filter(shift__in=held_in(period).filter(team__unit__in=units))
    missed = found.filter(status=SignUpStatus.NO_SHOW)
    return Reading(
        missed, found.filter(status__in=[*CAME, SignUpStatus.NO_SHOW]), rows={"missed_in": period.iso_month}
    )


def _booked(period, units):
    return HoursEntry.objects.booked_in(period).filter(team__unit__in=units)


@metric(
    "volunteers.hours",
    label=_("Hours of service"),
    unit=_("hours"),
    rows=HOURS,
    better="up",
    definition=_("Approved hours that are booked in the period, corrections included."),
)
def hours(*, period, units) -> Reading:
    minutes = _booked(period, units).aggregate(t=Sum("minutes"))["t"] or 0
    return Reading(minutes // 60, rows={"booked_in": period.iso_month})


@metric(
    "volunteers.hours_approved",
    label=_("Claimed hours that were approved"),
    unit="%",
    kind="share",
    rows=HOURS,
    definition=_("Of the minutes that leaders claimed for services booked in the period, those approved."),
    on_overview=False,
)
def hours_approved(*, period, units) -> Reading:
    found = _booked(period, units).filter(kind=HoursEntry.Kind.SERVICE)
    sums = found.aggregate(numerator=Sum("minutes"), denominator=Sum("claimed_minutes"))
    return Reading(sums["numerator"] or 0, sums["denominator"] or 0, rows={"booked_in": period.iso_month})


@metric(
    "volunteers.night_share",
    label=_("Service at night"),
    unit="%",
    kind="share",
    rows=HOURS,
    definition=_("Of the approved minutes booked in the period, those at night."),
    on_overview=False,
)
def night_share(*, period, units) -> Reading:
    sums = _booked(period, units).aggregate(numerator=Sum("night_minutes"), denominator=Sum("minutes"))
    return Reading(sums["numerator"] or 0, sums["denominator"] or 0, rows={"booked_in": period.iso_month})


@metric(
    "volunteers.beats_covered",
    label=_("Beats patrolled"),
    unit="%",
    kind="share",
    rows="volunteers:beat-list",
    better="up",
    definition=_("Of the active beats, those with at least one shift held in the period."),
    on_overview=False,
)
def beats_covered(*, period, units) -> Reading:
    covered = held_in(period).exclude(beat=None).values("beat")
    found = Beat.objects.filter(unit__in=units, is_active=True)
    return Reading(found.filter(pk__in=covered), found, rows={"held_in": period.iso_month})


@metric(
    "volunteers.incidents",
    label=_("Incidents reported by volunteers"),
    unit=_("reports"),
    rows=INCIDENTS,
    definition=_("Incidents and leads that volunteers reported in the period."),
)
def incidents(*, period, units) -> Reading:
    found = Incident.objects.filter(unit__in=units).reported_in(period)
    return Reading(found, rows={"reported_in": period.iso_month})


@metric(
    "volunteers.received_in_time",
    label=_("Reports received in time"),
    unit="%",
    kind="share",
    rows=INCIDENTS,
    better="up",
    definition=_("Of the incidents reported in the period, those received within the limit of the day."),
)
def received_in_time(*, period, units) -> Reading:
    from anji_police.workflow.models import Deadline

    clock = Deadline.objects.filter(
        subject_type=Incident._meta.label_lower, subject_id=OuterRef("pk"), kind="volunteers.receive"
    )
    found = (
        Incident.objects.filter(unit__in=units)
        .reported_in(period)
        .annotate(limit=Subquery(clock.values("due_at")[:1]))
        .exclude(limit=None)
    )
    return Reading(found.filter(received_at__lte=F("limit")), found, rows={"reported_in": period.iso_month})


@metric(
    "volunteers.incidents_closed",
    label=_("Incidents closed"),
    unit=_("reports"),
    rows=INCIDENTS,
    better="up",
    definition=_("Incidents of volunteers that were closed in the period."),
    on_overview=False,
)
def incidents_closed(*, period, units) -> Reading:
    found = Incident.objects.filter(unit__in=units).closed_in(period)
    return Reading(found, rows={"closed_in": period.iso_month})


@metric(
    "volunteers.cases",
    label=_("Leads that became cases"),
    unit=_("cases"),
    rows=INCIDENTS,
    better="up",
    definition=_("Of the incidents reported in the period, those that became a case."),
    on_overview=False,
)
def cases(*, period, units) -> Reading:
    found = Incident.objects.filter(unit__in=units, became_case=True).reported_in(period)
    return Reading(found, rows={"reported_in": period.iso_month, "case": "true"})


@metric(
    "volunteers.distance",
    label=_("Kilometres patrolled"),
    unit=_("km"),
    rows=SHIFTS,
    better="up",
    definition=_("Length of the tracks that began in the period and are trusted, drift taken out."),
    on_overview=False,
)
def distance(*, period, units) -> Reading:
    found = walks_in(period).filter(sign_up__shift__team__unit__in=units)
    metres = found.aggregate(t=Sum("track__distance_m"))["t"] or 0
    return Reading(Decimal(metres) / 1000, rows={"walked_in": period.iso_month})


@metric(
    "volunteers.hours_per_beat",
    label=_("Hours for each beat"),
    unit=_("hours"),
    kind="mean",
    rows="volunteers:beat-list",
    better="up",
    definition=_("Approved hours of service on beats, booked in the period, for each beat that had any."),
    on_overview=False,
)
def hours_per_beat(*, period, units) -> Reading:
    found = _booked(period, units).exclude(attendance__sign_up__shift__beat=None)
    sums = found.aggregate(
        minutes=Sum("minutes"), beats=Count("attendance__sign_up__shift__beat", distinct=True)
    )
    total = (Decimal(sums["minutes"] or 0) / 60).quantize(Decimal("0.01"))
    return Reading(total, sums["beats"], rows={"booked_in": period.iso_month})


@metric(
    "volunteers.response_time",
    label=_("Average time to receive a report"),
    unit=_("hours"),
    kind="mean",
    rows=INCIDENTS,
    better="down",
    definition=_(
        "Hours from a volunteer's report to its receipt, on average over those reported in the period."
    ),
    on_overview=False,
)
def response_time(*, period, units) -> Reading:
    found = Incident.objects.filter(unit__in=units).reported_in(period).exclude(received_at=None)
    taken = found.aggregate(t=Sum(F("received_at") - F("reported_at")))["t"]
    total = (Decimal(taken.total_seconds()) / 3600).quantize(Decimal("0.01")) if taken else 0
    return Reading(total, found, rows={"reported_in": period.iso_month, "received": "true"})


@metric(
    "volunteers.disputes",
    label=_("Disputes found by volunteers"),
    unit=_("reports"),
    rows=INCIDENTS,
    better="up",
    definition=_("Of the incidents reported in the period, those that were passed on to mediation."),
    on_overview=False,
)
def disputes(*, period, units) -> Reading:
    found = Incident.objects.filter(unit__in=units, transfer_kind="mediation.dispute").reported_in(period)
    return Reading(found, rows={"reported_in": period.iso_month, "to": "mediation.dispute"})


@metric(
    "volunteers.points_issued",
    label=_("Points issued"),
    unit=pgettext_lazy("volunteer", "points"),
    definition=_(
        "Points for service, night and leads booked in the period, penalties and corrections included."
    ),
    on_overview=False,
)
def points_issued(*, period, units) -> Reading:
    found = PointsEntry.objects.booked_in(period).filter(team__unit__in=units)
    return Reading(found.exclude(kind=PointsEntry.Kind.REDEMPTION).aggregate(t=Sum("points"))["t"] or 0)


@metric(
    "volunteers.points_redeemed",
    label=_("Points redeemed"),
    unit=pgettext_lazy("volunteer", "points"),
    definition=_("Points that were redeemed in the period."),
    on_overview=False,
)
def points_redeemed(*, period, units) -> Reading:
    found = PointsEntry.objects.booked_in(period).filter(team__unit__in=units)
    return Reading(-(found.filter(kind=PointsEntry.Kind.REDEMPTION).aggregate(t=Sum("points"))["t"] or 0))


@metric(
    "volunteers.points_outstanding",
    label=_("Points not yet redeemed"),
    unit=pgettext_lazy("volunteer", "points"),
    definition=_("Points booked up to the end of the period, less those redeemed by then."),
    on_overview=False,
)
def points_outstanding(*, period, units) -> Reading:
    found = PointsEntry.objects.filter(team__unit__in=units, month__lte=period.last_day)
    return Reading(found.aggregate(t=Sum("points"))["t"] or 0)
