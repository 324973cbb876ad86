"""Reads of the volunteers' field that are too wide for a QuerySet method."""

from datetime import date, timedelta

from django.contrib.gis.db.models.functions import Distance
from django.db.models import Count, F, FloatField, Q, Sum, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from anji_police.periods import today
from anji_police.tracks.models import Track
from anji_police.tracks.words import DOUBTS, REASONS
from anji_police.workflow import services as workflow
from volunteers.models import (
    Assistance,
    HoursEntry,
    Incident,
    Member,
    PointsEntry,
    Qualification,
    Shift,
    ShiftStatus,
    SignUp,
    Team,
    TeamStatus,
)
from volunteers.models.shifts import SEATED
from volunteers.services.common import leads
from volunteers.services.settling import appeal_until


def assistants(*, on: date | None = None, origins=(), dialects=(), point=None):
    """Members who may be asked to assist, such as at a mediation: active in an approved team, of age, trained and insured on the day
    `on` (default today). With `origins` (Places) or `dialects`, those who share one of either.

    One statement. Each has `distance` (metres from `point`, a Point in SRID 4326; None without one), the nearest first.
    """
    found = ready_to_assist(on)
    shared = Q()
    if origins:
        shared |= Q(origin__in=origins)
    if dialects:
        shared |= Q(dialects__overlap=list(dialects))
    found = found.filter(shared).select_related("team", "origin")
    if point is None:
        return found.annotate(distance=Value(None, output_field=FloatField(null=True))).order_by("name", "pk")
    return found.annotate(distance=Distance("location", point)).order_by(
        F("distance").asc(nulls_last=True), "pk"
    )


def ready_to_assist(on: date | None = None):
    """Members who may serve on the day `on`: active in an approved team, of age, trained and insured."""
    on = on or today()
    return (
        Member.objects.active()
        .adults(on)
        .holding(Qualification.Kind.TRAINING, on)
        .holding(Qualification.Kind.INSURANCE, on)
        .filter(team__status=TeamStatus.APPROVED)
    )


def assisting(record):
    """The volunteers who assist, or were asked to, in a record of another field, who is there first."""
    return (
        Assistance.objects.on(record)
        .exclude(state=Assistance.State.ENDED, answered_at=None)
        .select_related("member__team", "asked_by")
        .order_by("state", "id")
    )


def teams(user):
    """Teams in sight of `user` with how many members are active."""
    return (
        Team.objects.visible_to(user)
        .select_related("unit", "place", "leader", "liaison")
        .annotate(size=Count("members", filter=Q(members__status="active")))
    )


def team_detail(team: Team, user) -> dict:
    """What the page of a team shows, in a fixed number of statements."""
    start = today().replace(day=1)
    hours = HoursEntry.objects.filter(team=team).aggregate(
        this_month=Sum("minutes", filter=Q(month=start)),
        this_year=Sum("minutes", filter=Q(month__year=start.year)),
    )
    return {
        "members": Member.objects.visible_to(user).filter(team=team).order_by("status", "name")[:200],
        "shifts": Shift.objects.visible_to(user).filter(team=team).upcoming().select_related("beat")[:10],
        "templates": team.templates.filter(is_active=True).select_related("beat"),
        "beats": team.beats.filter(is_active=True),
        "month_hours": (hours["this_month"] or 0) / 60,
        "year_hours": (hours["this_year"] or 0) / 60,
        "entries": timeline(team),
    }


def timeline(record) -> list[dict]:
    """The changes of state of one record, newest first."""
    labels = dict(record._meta.get_field("status").choices)
    return [
        {
            "at": move.at,
            "who": move.actor_name or _("System"),
            "what": str(labels.get(move.to_state, move.to_state)),
            "body": move.reason,
            "tone": "v",
            "icon": "arrow-right",
        }
        for move in reversed(list(workflow.history(record)))
    ]


def member_detail(member: Member, user) -> dict:
    """What the page of a member shows."""
    day = today()
    held = {q.kind: q for q in member.qualifications.filter(valid__contains=day)}
    return {
        "papers": [
            {"kind": kind, "label": label, "row": held.get(kind)}
            for kind, label in Qualification.Kind.choices
        ],
        "minutes": HoursEntry.objects.filter(member=member).aggregate(t=Sum("minutes"))["t"] or 0,
        "points": PointsEntry.objects.filter(member=member).aggregate(t=Sum("points"))["t"] or 0,
        "hours": HoursEntry.objects.filter(member=member).select_related("attendance__sign_up__shift")[:15],
        "point_entries": PointsEntry.objects.filter(member=member)[:15],
        "awards": member.awards.all(),
        "certificates": member.certificates.all()[:10],
        "sign_ups": SignUp.objects.visible_to(user)
        .filter(member=member)
        .select_related("shift")
        .order_by("-id")[:10],
        "entries": timeline(member),
    }


_SHIFT_WAY = (
    (("draft",), gettext_lazy("Draft")),
    (("open", "full"), gettext_lazy("Sign-up")),
    (("running",), gettext_lazy("On duty")),
    (("to_settle",), gettext_lazy("Settlement")),
    (("settled",), pgettext_lazy("shift", "Settled")),
)


def way(record, stations) -> list[dict]:
    """The steps bar of a record; empty when it left the way, such as by being cancelled."""
    now = next((n for n, (states, _label) in enumerate(stations) if record.status in states), None)
    if now is None:
        return []
    last = now == len(stations) - 1
    return [
        {"label": label, "state": "done" if n < now or last else "now" if n == now else "todo"}
        for n, (_states, label) in enumerate(stations)
    ]


def shift_detail(shift: Shift, user) -> dict:
    """What the page of a shift shows to `user`: the roster for police and leader, the own place for a volunteer."""
    rows = list(
        SignUp.objects.visible_to(user)
        .filter(shift=shift)
        .select_related("member", "attendance__checkpoint", "attendance__track", "appeal")
        .order_by("id")
    )
    own_member = Member.objects.filter(user=user).first() if not user.is_police else None
    runs = user.is_police or leads(user, shift.team)
    for row in rows:
        row.sent_late = hasattr(row, "attendance") and (
            row.attendance.in_received_at - row.attendance.in_at
        ) > timedelta(minutes=10)
        row.track_facts = track_facts(row.attendance) if hasattr(row, "attendance") else None
    return {
        "rows": rows if runs else [],
        "own": next((r for r in reversed(rows) if own_member and r.member_id == own_member.pk), None),
        "own_member": own_member,
        "runs": runs,
        "to_settle": any(row.status in ("in", "out") for row in rows),
        "taken": shift.sign_ups.filter(status__in=SEATED).count()
        if shift.status in ("draft", "open", "full", "running")
        else shift.sign_ups.exclude(status__in=["leave", "cancelled", "waiting"]).count(),
        "waiting": shift.sign_ups.filter(status="waiting").count(),
        "steps": way(shift, _SHIFT_WAY),
        "entries": timeline(shift),
    }


def track_facts(attendance) -> dict | None:
    """What a page says of the track of a duty; the line itself is shown to nobody but on the map of who runs the team."""
    track = attendance.track
    if track is None:
        return None
    return {
        "state": track.get_state_display(),
        "is_doubtful": track.state == Track.State.DOUBTFUL,
        "km": f"{track.distance_m / 1000:.1f}",
        "covered": "" if attendance.covered is None else f"{attendance.covered:.0%}",
        "gaps": len(track.gaps),
        "words": [str(DOUBTS[code]) for code in track.doubts if code in DOUBTS]
        + [f"{REASONS[code]} {count}" for code, count in track.dropped.items() if code in REASONS],
    }


_INCIDENT_WAY = (
    (("reported",), gettext_lazy("Reported")),
    (("received",), pgettext_lazy("incident", "Received")),
    (("handled", "transferred"), gettext_lazy("Handled")),
    (("fed_back",), gettext_lazy("Reporter told")),
    (("closed",), gettext_lazy("Closed")),
)


def incident_detail(incident: Incident) -> dict:
    return {
        "steps": way(incident, _INCIDENT_WAY),
        "entries": timeline(incident),
        "photos": list(incident.photos.all()),
        "clocks": [
            {
                "label": _("Receipt"),
                "due_at": clock.due_at,
                "met_at": clock.met_at,
                "paused_at": clock.paused_at,
            }
            for clock in workflow.clocks_of(incident)
            if clock.cancelled_at is None
        ],
    }


def my_page(member: Member) -> dict:
    """A volunteer's own phone page: what is next, what can be joined, what was served and reported."""
    now = timezone.now()
    mine = (
        SignUp.objects.filter(member=member)
        .exclude(status__in=["leave", "cancelled"])
        .select_related("shift__beat", "shift__team")
    )
    coming = [
        row
        for row in mine.filter(shift__ends_at__gt=now - timedelta(hours=12)).order_by("shift__starts_at")
        if row.status in ("signed", "waiting", "confirmed", "in")
    ]
    past = list(
        mine.filter(shift__ends_at__lte=now)
        .select_related("attendance", "appeal")
        .order_by("-shift__starts_at")[:10]
    )
    for row in past:
        row.may_appeal = (
            row.status in ("no_show", "rejected", "adjusted")
            and not hasattr(row, "appeal")
            and now < appeal_until(row)
        )
    offered = (
        Shift.objects.filter(
            team=member.team, status__in=[ShiftStatus.OPEN, ShiftStatus.FULL], starts_at__gt=now
        )
        .exclude(pk__in=mine.values("shift"))
        .annotate(taken=Count("sign_ups", filter=Q(sign_ups__status__in=SEATED)))
        .select_related("beat")
        .order_by("starts_at")[:10]
    )
    asked = list(
        member.assistances.filter(
            Q(state="asked") | Q(state="accepted", answered_at__gt=now - timedelta(days=60))
        )
        .select_related("asked_by", "unit")
        .order_by("state", "id")
    )
    return {
        "asked": [row for row in asked if row.state == Assistance.State.ASKED],
        "assists": [row for row in asked if row.state == Assistance.State.ACCEPTED],
        "coming": coming,
        "past": past,
        "offered": offered,
        "minutes": HoursEntry.objects.filter(member=member).aggregate(t=Sum("minutes"))["t"] or 0,
        "points": PointsEntry.objects.filter(member=member).aggregate(t=Sum("points"))["t"] or 0,
        "reports": Incident.objects.filter(member=member)[:5],
        "certificates": member.certificates.all()[:3],
    }
