"""Reads of mediation that are too wide for a QuerySet method."""

from datetime import timedelta

from django.db.models import DateField, Exists, F, Func, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anji_police.errors import DomainError
from anji_police.helpdesk.models import HelpRequest
from anji_police.places.models import Unit
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from mediation import casefile
from mediation.models import Appointment, Assignment, CaseFile, Dispute, DisputeStatus, Mediator
from mediation.roles import roles_in, roles_on
from mediation.services import closing, confirming, limits
from mediation.services.common import speaks_for
from mediation.services.dispatching import CURRENT, with_load
from mediation.services.grading import RISK_FACTORS
from volunteers.selectors import assisting

_CLOCKS = {
    "mediation.accept": gettext_lazy("Acceptance by the mediator"),
    "mediation.conclude": gettext_lazy("Conclusion"),
    limits.CONSENT: gettext_lazy("Answer of the parties"),
    limits.CHOOSE: gettext_lazy("Choice of a mediator by the parties"),
    limits.APPOINT: gettext_lazy("Appointment of a mediator"),
    limits.SECOND_TRY: gettext_lazy("Second try"),
    limits.CASE: gettext_lazy("Decision of the case"),
    limits.OUTSIDE: gettext_lazy("Move to who is competent"),
    limits.RED: gettext_lazy("Red: see the parties"),
    limits.TASK: gettext_lazy("Answer of the police"),
    limits.CONFIRM: gettext_lazy("Application for judicial confirmation"),
    limits.CONFIRM_WARNING: gettext_lazy("Reminder of judicial confirmation"),
    limits.RECEIPT: gettext_lazy("Receipt of the referral"),
}
_WAY = (
    (("registered", "consulting"), gettext_lazy("Consent")),
    (("to_assign", "offered"), gettext_lazy("Mediator")),
    (("mediating",), gettext_lazy("Mediation")),
    (("agreed", "effective", "unperformed"), gettext_lazy("Performance")),
    (("performed", "failed", "refused"), gettext_lazy("Follow-up")),
    (("closed", "archived"), gettext_lazy("Closed")),
)


def _steps(dispute: Dispute) -> list[dict]:
    now = next(number for number, (states, _label) in enumerate(_WAY) if dispute.status in states)
    ended = now == len(_WAY) - 1
    return [
        {"label": label, "state": "done" if number < now or ended else "now" if number == now else "todo"}
        for number, (_states, label) in enumerate(_WAY)
    ]


def timeline(dispute: Dispute, sessions) -> list[dict]:
    """Changes of state and sessions together, newest first; in a session each mediator stands with the legal role of its day."""
    labels = dict(DisputeStatus.choices)
    sessions = list(sessions)
    legal = roles_in(sessions)
    entries = [
        {
            "at": move.at,
            "who": move.actor_name or _("System"),
            "what": str(labels.get(move.to_state, move.to_state)),
            "body": move.reason,
            "tone": "v",
            "icon": "arrow-right",
        }
        for move in workflow.history(dispute)
    ]
    entries += [
        {
            "at": session.held_at,
            "who": "、".join(f"{m.name}（{legal[session.pk, m.pk].label}）" for m in session.mediators.all()),
            "what": _("Session at %(venue)s") % {"venue": session.venue},
            "body": session.record,
            "tone": "a",
            "icon": "messages",
        }
        for session in sessions
    ]
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def detail(dispute: Dispute, user) -> dict:
    """All that the page of one dispute shows to `user`, in a fixed number of statements."""
    sessions = list(dispute.sessions.prefetch_related("mediators"))
    team = list(
        dispute.assignments.filter(state__in=CURRENT).select_related("mediator").order_by("-role", "id")
    )
    legal = roles_on([row.mediator_id for row in team], timezone.localdate())
    for row in team:
        row.legal_role = legal[row.mediator_id].label
    lead = next((row for row in team if row.role == Assignment.Role.LEAD), None)
    agreements = list(
        dispute.agreements.select_related("signed_by", "committee", "presider").prefetch_related("items")
    )
    standing = next((found for found in agreements if found.superseded_at is None), None)
    follow_ups = list(dispute.follow_ups.select_related("done_by", "assignee"))
    papers = casefile.catalogue(dispute)
    cases, tasks = (
        list(dispute.cases.all()),
        list(dispute.tasks.select_related("raised_by", "taken_by", "answered_by")),
    )
    courts, referrals = list(dispute.confirmations.all()), list(dispute.referrals.select_related("unit"))
    appraisals = list(dispute.appraisals.all())
    open_referrals = [row for row in referrals if row.answered_at is None]
    origin = None
    if dispute.source == Dispute.Source.REQUEST:
        origin = HelpRequest.objects.visible_to(user).filter(reference=dispute.source_code).first()
    return {
        "parties": list(dispute.parties.select_related("origin")),
        "assessments": [
            (row, [RISK_FACTORS[f] for f in row.factors if f in RISK_FACTORS])
            for row in dispute.assessments.select_related("assessed_by")[:5]
        ],
        "lead": lead,
        "assistants": [
            (row, row.state == Assignment.State.OFFERED and speaks_for(user, row.mediator))
            for row in team
            if row.role == Assignment.Role.ASSISTS
        ],
        "volunteers": list(assisting(dispute)),
        "conducts": user.is_police or _has_taken(user, [lead] if lead else []),
        "takes_part": user.is_police or _has_taken(user, team),
        "may_answer": lead is not None and speaks_for(user, lead.mediator),
        "sessions": sessions,
        "agreements": agreements,
        "open_items": [item for item in standing.items.all() if not item.done_on] if standing else [],
        "follow_ups": follow_ups,
        "standing": standing,
        "check": dispute.checks.select_related("checked_by").first(),
        "cases": cases,
        "case": next((row for row in cases if row.decided_on is None), None),
        "tasks": tasks,
        "task": next((row for row in tasks if row.answered_at is None), None),
        "confirmations": [(row, confirming.court_days(row)) for row in courts],
        "confirmation": next((row for row in courts if row.status not in ("rejected", "withdrawn")), None),
        "referrals": referrals,
        "referred": next((row for row in open_referrals if row.direction == "out"), None),
        "referred_in": next((row for row in open_referrals if row.direction == "in"), None),
        "appraisals": appraisals,
        "appraisal": next((row for row in appraisals if row.ended_at is None), None),
        "extensions": list(dispute.extensions.all()),
        "catalogue": papers,
        "lacking": [line.item for line in papers if line.missing and not line.is_early],
        "case_file": CaseFile.objects.filter(dispute=dispute).select_related("filed_by").first(),
        "kept_for": _kept_for(dispute),
        "hinders": closing.what_hinders(dispute) if dispute.is_ended else "",
        "open_visit": next((visit for visit in follow_ups if visit.is_open), None),
        "entries": timeline(dispute, sessions),
        "clocks": _clocks(dispute),
        "steps": _steps(dispute),
        "origin": origin,
        "can": {right.split(".")[1] for right in user.rights if right.startswith("mediation.")},
        "today": timezone.localdate(),
        "now": timezone.now(),
        "found": dispute,
    }


def _kept_for(dispute: Dispute) -> str:
    """How long the file will be kept; "" when the bureau has put the rule out of force."""
    try:
        months = casefile.retention(dispute)
    except DomainError:
        return ""
    if months % 12:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return ngettext("%(n)s year", "%(n)s years", months // 12) % {"n": months // 12}


def _has_taken(user, team) -> bool:
    return any(row.mediator.user_id == user.pk and row.state == Assignment.State.ACCEPTED for row in team)


def _clocks(dispute: Dispute) -> list[dict]:
    return [
        {
            "label": _CLOCKS.get(clock.kind, clock.kind),
            "due_at": clock.due_at,
            "met_at": clock.met_at,
            "paused_at": clock.paused_at,
        }
        for clock in workflow.clocks_of(dispute)
        if clock.cancelled_at is None
    ]


def people(user):
    """Mediators in sight of `user` with their load, origin, place and team."""
    visible = Mediator.objects.visible_to(user).values("pk")
    return with_load().filter(pk__in=visible).select_related("origin", "place", "team", "station", "user")


def ending_appointments(user):
    """Appointments that end within the days of the rule `mediation.appointment_warning`, of mediators in the unit's townships who
    stay, and whom no later appointment takes over; the nearest end first. County-wide accounts see all."""
    day = timezone.localdate()
    try:
        until = day + timedelta(days=int(rules.value("mediation.appointment_warning")))
    except DomainError:  # the bureau has put the rule out of force: no warning
        return Appointment.objects.none()
    ends = Func(F("valid"), function="upper", output_field=DateField())
    later = Appointment.objects.filter(mediator=OuterRef("mediator"), valid__contains=until)
    found = (
        Appointment.objects.filter(valid__contains=day, mediator__left_on=None)
        .annotate(ends_on=ends)
        .filter(ends_on__lte=until)
        .exclude(Exists(later))
        .order_by("ends_on", "pk")
    )
    if user.is_county_wide:
        return found
    units = Unit.objects.keys_visible_to(user)
    return found.filter(
        mediator__place__jurisdictions__unit__in=units, mediator__place__jurisdictions__valid__contains=day
    )
