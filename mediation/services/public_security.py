"""Public-security mediation (治安调解, 程序规定 ch. 10) and the case behind it."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.periods import today
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from mediation.models import (
    Dispute,
    PoliceCase,
    Session,
)
from mediation.services.common import held, record, require, told
from mediation.services.limits import CASE, SECOND_TRY, refresh_due

DECIDE = "mediation.decide_case"
# The seven bars of art. 179, in its order.
BARS = {
    "hired": gettext_lazy("Somebody was hired to injure"),
    "gang": gettext_lazy("A gang fight, or other picking of quarrels"),
    "repeated": gettext_lazy("Repeated acts against public security"),
    "unwilling": gettext_lazy("A party clearly does not want mediation"),
    "again": gettext_lazy("A new act against the other side during mediation"),
    "absconded": gettext_lazy("The suspect absconded during mediation"),
    "other": gettext_lazy("Otherwise unfit for mediation"),
}


def is_public_security(dispute: Dispute) -> bool:
    return dispute.track == Dispute.Track.PUBLIC_SECURITY


def what_is_missing(dispute: Dispute) -> str:
    """Why a public-security mediation can't begin yet, or "" when it can. People's mediation needs nothing of this."""
    if not is_public_security(dispute):
        return ""
    last = dispute.checks.first()
    if last is None or not last.is_suitable:
        return _("First check whether the case is open to mediation.")
    if dispute.parties.filter(part="").exists():
        return _("First say which part each party has in the case.")
    return ""


def check_session(
    dispute: Dispute, *, earlier: int, officer: User | None, held_at, guardian: str, again_because: str
) -> None:
    """The guards of a session: an officer presides (art. 178), a minor's guardian is there (art. 181), normally once, and the second
    time within seven working days after the first (art. 183)."""
    if not is_public_security(dispute):
        return
    if officer is None:
        raise InvalidInput(fields={"officer": [_("In public-security mediation an officer presides.")]})
    if dispute.parties.filter(is_minor=True).exists() and guardian not in Session.Guardian.values:
        raise InvalidInput(
            fields={"guardian": [_("A party is a minor: record that the guardian was there, or why not.")]}
        )
    if earlier >= rules.value("mediation.public_security_tries"):
        raise DomainError(_("Mediation was tried as often as the law allows. End it; the case goes on."))
    if not earlier:
        return
    if again_because not in Session.Again.values:
        raise InvalidInput(
            fields={"again_because": [_("Mediation is held once; say why it is tried once more.")]}
        )
    limit = workflow.clocks_of(dispute).filter(kind=SECOND_TRY, cancelled_at=None).first()
    if limit is not None and held_at >= limit.due_at:
        raise InvalidInput(
            fields={"held_at": [_("The seven working days for a second try are over. End mediation.")]}
        )


def after_session(dispute: Dispute, session: Session) -> None:
    """The time for a second try runs from the first session."""
    if is_public_security(dispute) and session.attempt == 1:
        workflow.start_clock(record=dispute, kind=SECOND_TRY, rule=SECOND_TRY, at=session.held_at)
        refresh_due(dispute)


def check_agreement(dispute: Dispute, facts: dict) -> None:
    """An agreement is written under the police's eyes and has the contents of art. 184."""
    if not facts["is_written"]:
        raise InvalidInput(
            fields={"is_written": [_("In public-security mediation the agreement is made in writing.")]}
        )
    faults = {}
    for name, words in (
        ("presider", _("Name the officer who presided.")),
        ("incident_at", _("Say when it happened.")),
        ("incident_place", _("Say where it happened.")),
    ):
        if not facts.get(name):
            faults[name] = [words]
    if facts.get("incident_at") and facts["incident_at"] > timezone.now():
        faults["incident_at"] = [_("The day lies in the future.")]
    if faults:
        raise InvalidInput(fields=faults)


def open_case(dispute: Dispute, cause: str, *, at=None) -> PoliceCase | None:
    """The case goes on and its time limit begins (art. 185). Nothing happens in people's mediation, or when it is open already."""
    if not is_public_security(dispute) or dispute.cases.filter(decided_on=None).exists():
        return None
    at = at or timezone.now()
    case = PoliceCase.objects.create(dispute=dispute, cause=cause, opened_at=at)
    workflow.start_clock(record=dispute, kind=CASE, rule="mediation.case", at=at)
    refresh_due(dispute)
    record(None, "case-opened", dispute, after={"cause": cause})
    return case


def _open_case(dispute: Dispute) -> PoliceCase:
    found = dispute.cases.select_for_update().filter(decided_on=None).first()
    if found is None:
        raise DomainError(_("No case is open for this dispute."))
    return found


def extend_case(*, dispute: Dispute, actor: User, approved_by: str, reason: str) -> PoliceCase:
    """Extend the time of a complicated case once, with the approval of the police above (art. 165)."""
    require(actor, DECIDE)
    approved_by = told(approved_by, "approved_by", _("Name who approved it."), most=60)
    reason = told(reason, "reason", _("Give the reason."))
    with transaction.atomic():
        dispute = held(dispute, actor)
        case = _open_case(dispute)
        if case.extended_by:
            raise DomainError(_("The time of this case was extended already."))
        case.extended_by, case.extension_reason = approved_by, reason
        case.save(update_fields=["extended_by", "extension_reason"])
        moved = workflow.extend_clock(dispute, CASE, days=int(rules.value("mediation.case_extension")))
        refresh_due(dispute)
        workflow.save(dispute)
        record(
            actor,
            "case-extended",
            dispute,
            after={"approved_by": approved_by, "due": moved[1] if moved else ""},
            reason=reason,
        )
    return case


def decide_case(
    *, dispute: Dispute, actor: User, decision: str, number: str = "", decided_on: date | None = None
) -> PoliceCase:
    """Record how the case ended: its clock is met, and the dispute can be closed."""
    require(actor, DECIDE)
    decided_on = decided_on or today()
    if decision not in PoliceCase.Decision.values:
        raise InvalidInput(fields={"decision": [_("Choose one of the answers.")]})
    if decision in ("penalty", "no_penalty", "criminal") and not number.strip():
        raise InvalidInput(fields={"number": [_("Enter the number of the decision.")]})
    if decided_on > today():
        raise InvalidInput(fields={"decided_on": [_("The day lies in the future.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        case = _open_case(dispute)
        _decided(dispute, case, actor, decision, number, decided_on)
        workflow.save(dispute)
    return case


def _decided(dispute, case, actor, decision: str, number: str, on: date) -> None:
    case.decision, case.decision_number = decision, number.strip()[:60]
    case.decided_on, case.decided_by = on, actor
    case.save(update_fields=["decision", "decision_number", "decided_on", "decided_by"])
    workflow.meet_clock(dispute, CASE)
    refresh_due(dispute)
    record(actor, "case-decided", dispute, after={"decision": decision, "number": number})


def performed_after_all(dispute: Dispute, actor: User) -> None:
    """Who performs is not punished (art. 185): a case that was open only for that ends."""
    case = dispute.cases.select_for_update().filter(decided_on=None, cause="unperformed").first()
    if case is not None:
        _decided(dispute, case, actor, PoliceCase.Decision.PERFORMED, "", today())


def must_be_police(actor: User) -> None:
    if not actor.is_police:
        raise NotAllowed(_("Your account may not do this."))
