"""Signs that a dispute turns violent or criminal: to the police at once, and the dispute stays open (人民调解法 art. 25)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.notifications import services as notifications
from anji_police.workflow import services as workflow
from mediation.models import OPEN, Dispute, PoliceTask
from mediation.services.common import held, must_be, must_take_part, record, require, tell_police, told
from mediation.services.limits import TASK, refresh_due

ESCALATE, ANSWER = "mediation.escalate_dispute", "mediation.answer_task"


def escalate(*, dispute: Dispute, actor: User, signs: str = "") -> PoliceTask:
    """Report the dispute to the station's police, with one tap: the words may be left out. The duty desk is told too."""
    require(actor, ESCALATE)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor)
        must_be(dispute, *OPEN)
        earlier = dispute.tasks.filter(answered_at=None).select_related("raised_by").first()
        if earlier is not None:
            raise DomainError(
                _("%(who)s has reported it to the police already.") % {"who": earlier.raised_by.name}
            )
        row = PoliceTask.objects.create(dispute=dispute, signs=signs.strip()[:300], raised_by=actor)
        workflow.start_clock(record=dispute, kind=TASK, rule=TASK, at=row.raised_at)
        refresh_due(dispute)
        workflow.save(dispute)
        record(actor, "escalated", dispute, after={"task": row.pk}, reason=row.signs)
        tell_police(
            dispute,
            _("%(code)s shows signs of escalation. Go there, and answer the task."),
            key=f"mediation.escalated:{row.pk}",
            officers=True,
        )
    return row


def _open_task(dispute: Dispute) -> PoliceTask:
    row = dispute.tasks.select_for_update().filter(answered_at=None).first()
    if row is None:
        last = dispute.tasks.select_related("answered_by").first()
        if last is not None:
            raise DomainError(_("%(who)s has answered this task already.") % {"who": last.answered_by.name})
        raise DomainError(_("No task is open for this dispute."))
    return row


def take_task(*, dispute: Dispute, actor: User) -> PoliceTask:
    """An officer goes there."""
    require(actor, ANSWER)
    with transaction.atomic():
        dispute = held(dispute, actor)
        row = _open_task(dispute)
        if row.taken_by_id:
            raise DomainError(_("%(who)s has taken this task already.") % {"who": row.taken_by.name})
        row.taken_by, row.taken_at = actor, timezone.now()
        row.save(update_fields=["taken_by", "taken_at"])
        workflow.save(dispute)
        record(actor, "task-taken", dispute, after={"task": row.pk})
    return row


def answer_task(
    *, dispute: Dispute, actor: User, result: str, answer: str, case_number: str = ""
) -> PoliceTask:
    """Say what the police found and did. Who reported it is told; a case has a number."""
    require(actor, ANSWER)
    if result not in PoliceTask.Result.values:
        raise InvalidInput(fields={"result": [_("Choose one of the answers.")]})
    answer = told(answer, "answer", _("Say what was found and done, in at least four characters."), least=4)
    if result == PoliceTask.Result.CASE and not case_number.strip():
        raise InvalidInput(fields={"case_number": [_("Enter the number of the case.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        row = _open_task(dispute)
        row.result, row.answer, row.case_number = result, answer, case_number.strip()[:60]
        row.answered_by, row.answered_at = actor, timezone.now()
        row.taken_by, row.taken_at = row.taken_by or actor, row.taken_at or row.answered_at
        row.save()
        workflow.meet_clock(dispute, TASK)
        refresh_due(dispute)
        workflow.save(dispute)
        record(actor, "task-answered", dispute, after={"task": row.pk, "result": result}, reason=answer)
        notifications.tell(
            user=row.raised_by,
            text=_("The police have answered your report on %(code)s: %(answer)s")
            % {"code": dispute.code, "answer": answer},
            url=dispute.get_absolute_url(),
            key=f"mediation.escalated:{row.pk}:answer",
        )
    return row
