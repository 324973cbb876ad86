"""More time to conclude: with everybody's consent, or while an expert opinion is made."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from mediation.models import MEDIATE, Appraisal, Dispute, DisputeStatus, Extension, Party
from mediation.services.common import (
    CONCLUDE,
    held,
    must_be,
    must_take_part,
    record,
    require,
    sync_due,
    told,
)


def extend(
    *, dispute: Dispute, actor: User, days: int, reason: str, form: str, agreed_by: list[int]
) -> Extension:
    """Extend the time to conclude, at most by the rule mediation.extension at a time. Every party has to agree: `agreed_by` names
    all of them (宁波市人民调解条例 art. 27, 在线调解规则 art. 24)."""
    require(actor, MEDIATE)
    reason = told(reason, "reason", _("Give the reason."))
    most = int(rules.value("mediation.extension"))
    if not 1 <= days <= most:
        raise InvalidInput(
            fields={"days": [_("Extend by 1 to %(most)d days.") % {"most": most}]},
        )
    if form not in Party.Form.values:
        raise InvalidInput(fields={"form": [_("Say how the party answered.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor, as_lead=True)
        must_be(dispute, DisputeStatus.MEDIATING)
        everybody = set(dispute.parties.values_list("pk", flat=True))
        if set(agreed_by) != everybody:
            raise InvalidInput(
                fields={"agreed_by": [_("The time is extended only when every party agrees.")]}
            )
        moved = workflow.extend_clock(dispute, CONCLUDE, days=days)
        if moved is None:
            raise DomainError(_("No time limit runs that could be extended."))
        row = Extension.objects.create(
            dispute=dispute,
            days=days,
            from_due=moved[0],
            to_due=moved[1],
            reason=reason,
            form=form,
            parties=len(everybody),
            recorded_by=actor,
        )
        sync_due(dispute)
        workflow.save(dispute)
        record(actor, "extended", dispute, after={"days": days, "due": moved[1]}, reason=reason)
    return row


def begin_appraisal(*, dispute: Dispute, actor: User, what: str, agency: str = "") -> Appraisal:
    """An expert opinion is asked for: the time to conclude stands still until it is there."""
    require(actor, MEDIATE)
    what = told(what, "what", _("Say what is appraised."), most=100)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor, as_lead=True)
        must_be(dispute, DisputeStatus.MEDIATING)
        if dispute.appraisals.filter(ended_at=None).exists():
            raise DomainError(_("An appraisal is being made already."))
        row = Appraisal.objects.create(
            dispute=dispute, what=what, agency=agency.strip()[:80], recorded_by=actor
        )
        workflow.pause_clock(dispute, CONCLUDE, reason=what, at=row.started_at)
        sync_due(dispute)
        workflow.save(dispute)
        record(actor, "appraisal-begun", dispute, after={"what": what})
    return row


def end_appraisal(*, dispute: Dispute, actor: User, result: str) -> Appraisal:
    """The opinion is there: the time runs on, later by as long as it took."""
    require(actor, MEDIATE)
    result = told(result, "result", _("Say what the appraisal found."))
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor, as_lead=True)
        row = dispute.appraisals.select_for_update().filter(ended_at=None).first()
        if row is None:
            raise DomainError(_("No appraisal is being made."))
        row.ended_at, row.result = timezone.now(), result
        row.save(update_fields=["ended_at", "result"])
        workflow.resume_clock(dispute, CONCLUDE, at=row.ended_at)
        sync_due(dispute)
        workflow.save(dispute)
        record(actor, "appraisal-ended", dispute, after={"result": result})
    return row
