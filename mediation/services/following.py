"""Follow-up visits (回访) after mediation."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import SHANGHAI, today
from anji_police.workflow import rules
from mediation.models import MEDIATE, OPEN, Dispute, FollowUp
from mediation.services.common import held, must_be, must_take_part, record, require


def plan_after_conclusion(dispute: Dispute) -> FollowUp:
    """Plan the first visit by the grade: A and B at home, C and D by phone (dated rules mediation.follow_up_*)."""
    due = rules.due_after(f"mediation.follow_up_{dispute.risk.lower()}", timezone.now())
    home = dispute.risk in (Dispute.Risk.A, Dispute.Risk.B)
    day = (due - timedelta(seconds=1)).astimezone(SHANGHAI).date()
    found, _created = FollowUp.objects.get_or_create(
        dispute=dispute,
        done_at=None,
        waived_reason="",
        defaults={"due_on": day, "way": FollowUp.Way.VISIT if home else FollowUp.Way.PHONE},
    )
    return found


def plan_follow_up(*, dispute: Dispute, actor: User, due_on: date, way: str) -> FollowUp:
    """Plan a further visit."""
    require(actor, MEDIATE)
    if way not in FollowUp.Way.values:
        raise InvalidInput(fields={"way": [_("Choose one of the answers.")]})
    if due_on < today():
        raise InvalidInput(fields={"due_on": [_("The day has passed.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor)
        must_be(dispute, *OPEN)
        row = FollowUp.objects.create(dispute=dispute, due_on=due_on, way=way)
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
) -> FollowUp:
    """Record a visit: performance, satisfaction from 1 to 5, and signs of escalation."""
    require(actor, MEDIATE)
    if satisfaction is not None and satisfaction not in range(1, 6):
        raise InvalidInput(fields={"satisfaction": [_("Choose a level from 1 to 5.")]})
    if not performance.strip():
        raise InvalidInput(fields={"performance": [_("Say how the agreement is being kept.")]})
    with transaction.atomic():
        dispute = held(follow_up.dispute, actor)
        must_take_part(dispute, actor)
        row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
        if not row.is_open:
            raise DomainError(_("This visit was recorded already."))
        row.done_at, row.done_by, row.performance = timezone.now(), actor, performance.strip()[:200]
        row.satisfaction, row.signs_of_escalation, row.note = satisfaction, signs_of_escalation, note.strip()
        row.save()
        record(
            actor,
            "followed-up",
            dispute,
            after={"satisfaction": satisfaction, "escalation": signs_of_escalation},
        )
    return row


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
        record(actor, "follow-up-waived", dispute, reason=reason)
    return row
