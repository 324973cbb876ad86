"""Follow-up visits (回访) after mediation."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.periods import today
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from mediation.models import MEDIATE, OPEN, Dispute, DisputeStatus, FollowUp
from mediation.services.common import (
    held,
    must_be,
    must_take_part,
    record,
    require,
    sync_due,
    tell_police,
)
from mediation.services.grading import GRAVE, plan_visit, seen


def plan_follow_up(
    *, dispute: Dispute, actor: User, due_on: date, way: str, assignee: User | None = None
) -> FollowUp:
    """Plan a further visit, for `assignee` or whoever of the station comes to it."""
    require(actor, MEDIATE)
    if way not in FollowUp.Way.values:
        raise InvalidInput(fields={"way": [_("Choose one of the answers.")]})
    if due_on < today():
        raise InvalidInput(fields={"due_on": [_("The day has passed.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor)
        must_be(dispute, *OPEN)
        if assignee is not None and not Dispute.objects.visible_to(assignee).filter(pk=dispute.pk).exists():
            raise InvalidInput(fields={"assignee": [_("Name somebody who sees this dispute.")]})
        row = FollowUp.objects.create(dispute=dispute, due_on=due_on, way=way, assignee=assignee)
        workflow.save(dispute)
        record(actor, "follow-up-planned", dispute, after={"due_on": due_on, "way": way})
    return row


def record_follow_up(
    *,
    follow_up: FollowUp,
    actor: User,
    performance: str,
    satisfaction: int | None = None,
    signs_of_escalation: bool = False,
    note: str = "",
    measures: str = "",
    court_outcome: str = "",
    cadre: str = "",
) -> FollowUp:
    """Record a visit: performance, satisfaction from 1 to 5, signs of escalation and what was done about them.

    A and B are visited at home by police and a village cadre (`cadre`). The next visit is planned by the grade, until the end rule
    (`visits_left`) is met.
    """
    require(actor, MEDIATE)
    faults: dict[str, list[str]] = {}
    if satisfaction is not None and satisfaction not in range(1, 6):
        faults["satisfaction"] = [_("Choose a level from 1 to 5.")]
    if not performance.strip():
        faults["performance"] = [_("Say how the agreement is being kept.")]
    if signs_of_escalation and not measures.strip():
        faults["measures"] = [_("Say what was done about the signs.")]
    if faults:
        raise InvalidInput(fields=faults)
    with transaction.atomic():
        dispute = held(follow_up.dispute, actor)
        must_take_part(dispute, actor)
        row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
        if not row.is_open:
            raise DomainError(_("This visit was recorded already."))
        if row.way == FollowUp.Way.VISIT and dispute.risk in GRAVE:
            if not actor.is_police:
                raise NotAllowed(_("The police visit a dispute of grade A or B."))
            if not cadre.strip():
                raise InvalidInput(fields={"cadre": [_("Name the village cadre who came along.")]})
        row.done_at, row.done_by, row.performance = timezone.now(), actor, performance.strip()[:200]
        row.satisfaction, row.signs_of_escalation, row.note = satisfaction, signs_of_escalation, note.strip()
        row.measures, row.court_outcome = measures.strip()[:300], court_outcome.strip()[:200]
        row.cadre = cadre.strip()[:40]
        row.save()
        workflow.save(dispute)
        seen(dispute)
        sync_due(dispute)
        record(
            actor,
            "followed-up",
            dispute,
            after={"satisfaction": satisfaction, "escalation": signs_of_escalation},
        )
        if signs_of_escalation:
            tell_police(
                dispute,
                _(
                    "The visit to %(code)s found signs of escalation. Grade it again, or hand it to the police."
                ),
                key=f"mediation.signs:{row.pk}",
            )
        if visits_left(dispute):
            plan_visit(dispute, first=False)
    return row


def visits_left(dispute: Dispute) -> int:
    """The end rule: how many visits are still needed. While the dispute is open, A and B always need one more. After its end the
    rule mediation.visits_<grade> says how many it takes, and the last of them must have found no signs of escalation."""
    if dispute.status in (DisputeStatus.CLOSED, DisputeStatus.ARCHIVED):
        return 0
    if not (dispute.is_ended or dispute.status == DisputeStatus.EFFECTIVE):
        return 1 if dispute.risk in GRAVE else 0
    since = (
        workflow.history(dispute)
        .filter(to_state__in=[DisputeStatus.EFFECTIVE, DisputeStatus.FAILED, DisputeStatus.REFUSED])
        .last()
    )
    made = (
        dispute.follow_ups.filter(done_at__gte=since.at)
        if since
        else dispute.follow_ups.exclude(done_at=None)
    )
    left = int(rules.value(f"mediation.visits_{dispute.risk.lower()}")) - made.count()
    last = made.order_by("-done_at").first()
    if last is not None and last.signs_of_escalation:
        left = max(left, 1)
    return max(left, 0)


def waive_follow_up(*, follow_up: FollowUp, actor: User, reason: str) -> FollowUp:
    """Do without a planned visit, for a stated reason."""
    require(actor, MEDIATE)
    if not reason.strip():
        raise InvalidInput(fields={"reason": [_("Give the reason.")]})
    with transaction.atomic():
        dispute = held(follow_up.dispute, actor)
        must_take_part(dispute, actor, as_lead=True)
        row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
        if not row.is_open:
            raise DomainError(_("This visit was recorded already."))
        row.waived_reason = reason.strip()[:200]
        row.save(update_fields=["waived_reason"])
        workflow.save(dispute)
        record(actor, "follow-up-waived", dispute, reason=reason)
    return row
