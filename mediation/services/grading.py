"""Grading the risk that a dispute turns criminal (民转刑). The dispute is graded, never a person; no origin is a factor."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import SHANGHAI, today
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from anji_police.workflow.models import Rule
from mediation.models import OPEN, REGISTER, Dispute, FollowUp, RiskAssessment
from mediation.services.common import held, must_be, record, require, tell_police
from mediation.services.limits import RED, refresh_due

LEAD = "mediation.put_in_charge"
# The factor sheet. The weight of each is the dated rule mediation.factor_<key>, in points.
RISK_FACTORS = {
    "violence": gettext_lazy("Violence was used"),
    "threat": gettext_lazy("A threat was spoken"),
    "weapon": gettext_lazy("A weapon was shown"),
    "domestic": gettext_lazy("Domestic violence"),
    "alcohol": gettext_lazy("Alcohol"),
    "repeat_calls": gettext_lazy("Repeated 110 calls"),
    "failed_before": gettext_lazy("Mediation failed before"),
    "debt_or_marriage": gettext_lazy("Debt, wages or marriage"),
    "group": gettext_lazy("Ten or more people"),
    "minor": gettext_lazy("A minor is involved"),
}
_ABOVE_D = (Dispute.Risk.A, Dispute.Risk.B, Dispute.Risk.C)
GRAVE = (Dispute.Risk.A, Dispute.Risk.B)


def suggested_grade(factors) -> str:
    """The grade that the factor sheet suggests today: the sum of the factors' points, against the least sum of each grade."""
    codes = [f"mediation.factor_{f}" for f in factors] + [f"mediation.grade_{g.lower()}" for g in _ABOVE_D]
    points = dict(Rule.objects.filter(code__in=codes, valid__contains=today()).values_list("code", "value"))
    for code in codes:
        if code not in points:
            rules.value(code)  # says which rule is missing
    total = sum(points[f"mediation.factor_{f}"] for f in factors)
    return next((g for g in _ABOVE_D if total >= points[f"mediation.grade_{g.lower()}"]), Dispute.Risk.D)


def assess_risk(
    *, dispute: Dispute, actor: User, factors=(), grade: str | None = None, reason: str = ""
) -> RiskAssessment:
    """Grade the risk: the sheet suggests, the officer decides, both are kept, and no earlier grading is overwritten.

    A grade other than the suggested one needs a reason. A grade only drops after a follow-up visit, so a lower one than now is
    refused until one was done since the last grading. With A a leader takes the dispute in charge (包案), and it is to be seen
    within the time of mediation.red_unseen; A and B are visited at home.
    """
    require(actor, REGISTER)
    if set(factors) - set(RISK_FACTORS):
        raise InvalidInput(fields={"factors": [_("Choose one of the answers.")]})
    suggested = suggested_grade(factors)
    grade = grade or suggested
    if grade not in Dispute.Risk.values:
        raise InvalidInput(fields={"grade": [_("Choose one of the answers.")]})
    if grade != suggested and not reason.strip():
        raise InvalidInput(fields={"reason": [_("Say why the grade differs from the suggested one.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_be(dispute, *OPEN)
        last = dispute.assessments.first()
        if last and grade > dispute.risk and not _seen_since(dispute, last):
            raise DomainError(_("The grade can drop only after a follow-up visit."))
        row = RiskAssessment.objects.create(
            dispute=dispute,
            factors=sorted(factors),
            suggested=suggested,
            grade=grade,
            reason=reason.strip()[:300],
            assessed_by=actor,
        )
        before, dispute.risk = dispute.risk, grade
        if grade == Dispute.Risk.A and dispute.leader_id is None:
            dispute.leader = chief_of(dispute)
        workflow.save(dispute, "risk", "leader")
        record(
            actor,
            "risk-assessed",
            dispute,
            before={"risk": before},
            after={
                "risk": grade,
                "suggested": suggested,
                "leader": dispute.leader.name if dispute.leader else "",
            },
        )
        _watch(dispute, row)
    return row


def _seen_since(dispute: Dispute, last: RiskAssessment) -> bool:
    return dispute.follow_ups.filter(done_at__gt=last.assessed_at).exists()


def chief_of(dispute: Dispute) -> User | None:
    return User.objects.with_role(Role.STATION_CHIEF).filter(unit=dispute.unit_id).order_by("pk").first()


def _watch(dispute: Dispute, row: RiskAssessment) -> None:
    """What a grade entails: red has to be seen in a day, red and orange are visited at home while the dispute is open."""
    if row.grade == Dispute.Risk.A:
        workflow.start_clock(record=dispute, kind=RED, rule=RED, at=row.assessed_at)
        tell_police(
            dispute,
            _("%(code)s is graded A (red). See the parties within a day."),
            key=f"mediation.graded:{row.pk}",
        )
    else:
        workflow.cancel_clocks(dispute, RED)
    if row.grade in GRAVE:
        plan_visit(dispute, first=True)
    refresh_due(dispute)


def seen(dispute: Dispute) -> None:
    """Somebody was with the parties: a red dispute is no longer unseen."""
    workflow.meet_clock(dispute, RED)


def plan_visit(dispute: Dispute, *, first: bool) -> FollowUp:
    """Plan the next visit by the grade, unless one is planned: A and B at home, C and D by phone. The first is due by the dated rule
    mediation.follow_up_<grade>, each further one by mediation.visit_every_<grade>. An A is the leader's to visit."""
    rule = f"mediation.{'follow_up' if first else 'visit_every'}_{dispute.risk.lower()}"
    due = rules.due_after(rule, timezone.now())
    day = (due - timedelta(seconds=1)).astimezone(SHANGHAI).date()
    grave = dispute.risk in GRAVE
    leader = dispute.leader if dispute.risk == Dispute.Risk.A else None
    found = dispute.follow_ups.open().order_by("due_on", "id").first()
    if found is None:
        return FollowUp.objects.create(
            dispute=dispute,
            due_on=day,
            way=FollowUp.Way.VISIT if grave else FollowUp.Way.PHONE,
            assignee=leader,
        )
    if grave and (found.way == FollowUp.Way.PHONE or found.due_on > day):
        # Planned by a milder grade: it is a visit at home now, and sooner.
        found.way, found.due_on = FollowUp.Way.VISIT, min(found.due_on, day)
        found.assignee = found.assignee or leader
        found.save(update_fields=["way", "due_on", "assignee"])
    return found


def put_in_charge(*, dispute: Dispute, actor: User, leader: User) -> Dispute:
    """Name the leader who answers for a hard dispute (包案): a chief of its station, or of the bureau."""
    require(actor, LEAD)
    chiefs = User.objects.with_role(Role.STATION_CHIEF, Role.LEADERSHIP)
    if not chiefs.filter(pk=leader.pk).exists() or not Dispute.objects.visible_to(leader).filter(
        pk=dispute.pk
    ):
        raise InvalidInput(fields={"leader": [_("Name a chief who sees this dispute.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_be(dispute, *OPEN)
        before, dispute.leader = dispute.leader, leader
        workflow.save(dispute, "leader")
        dispute.follow_ups.open().filter(assignee=before).exclude(assignee=None).update(assignee=leader)
        record(
            actor,
            "put-in-charge",
            dispute,
            before={"leader": before.name if before else ""},
            after={"leader": leader.name},
        )
    return dispute
