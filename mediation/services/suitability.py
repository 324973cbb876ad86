"""Whether a public-security case may be mediated (治安调解, 程序规定 art. 178 and 179): the check, and what follows from it."""

from django.db import transaction
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.workflow import services as workflow
from mediation.models import (
    REGISTER,
    Dispute,
    DisputeStatus,
    Party,
    PoliceCase,
    SuitabilityCheck,
)
from mediation.services.common import held, must_be, record, require
from mediation.services.mediating import end_without_agreement
from mediation.services.public_security import BARS, is_public_security, open_case
from mediation.services.registering import advance, refuse

_CHECKED_IN = (
    DisputeStatus.CONSULTING,
    DisputeStatus.TO_ASSIGN,
    DisputeStatus.OFFERED,
    DisputeStatus.MEDIATING,
)


def check_suitability(
    *,
    dispute: Dispute,
    actor: User,
    act: str,
    ground: str,
    is_minor_case: bool,
    answers: dict[str, dict],
    parts: dict[int, str] | None = None,
) -> SuitabilityCheck:
    """Check whether the case is open to mediation: a minor act with one of the grounds of art. 178, and none of the seven bars.

    `answers`: each bar -> {"applies": bool, "reason": str}, a reason for each that applies. `parts`: party key -> part in the
    case. What is not open is refused, or ended when mediation runs, and the case goes on. Police only.
    """
    require(actor, REGISTER)
    faults: dict[str, list[str]] = {}
    if act not in SuitabilityCheck.Act.values:
        faults["act"] = [_("Choose one of the answers.")]
    if ground not in SuitabilityCheck.Ground.values:
        faults["ground"] = [_("Choose one of the answers.")]
    for bar, label in BARS.items():
        answer = answers.get(bar, {})
        if answer.get("applies") not in (True, False):
            faults[f"bar_{bar}"] = [_("Answer yes or no: %(what)s") % {"what": label}]
        elif answer["applies"] and not str(answer.get("reason", "")).strip():
            faults[f"reason_{bar}"] = [_("Say why this applies.")]
    if set(answers) - set(BARS):
        faults["answers"] = [_("Choose one of the answers.")]
    if faults:
        raise InvalidInput(fields=faults)
    kept = {
        bar: {
            "applies": bool(answers[bar]["applies"]),
            "reason": str(answers[bar].get("reason", "")).strip()[:300],
        }
        for bar in BARS
    }
    barred = [BARS[bar] for bar, answer in kept.items() if answer["applies"]]
    suitable = is_minor_case and ground != "none" and act != "other" and not barred
    with transaction.atomic():
        dispute = held(dispute, actor)
        if not is_public_security(dispute):
            raise DomainError(_("This is people's mediation; the check is for public-security mediation."))
        must_be(dispute, *_CHECKED_IN)
        _set_parts(dispute, parts or {})
        row = SuitabilityCheck.objects.create(
            dispute=dispute,
            act=act,
            ground=ground,
            is_minor_case=is_minor_case,
            answers=kept,
            is_suitable=suitable,
            checked_by=actor,
        )
        record(actor, "suitability-checked", dispute, after={"suitable": suitable, "act": act})
        if suitable:
            workflow.save(dispute)
            advance(dispute, actor)
            return row
        why = "；".join(str(label) for label in barred) or _(
            "No minor case of the kinds that may be mediated."
        )
        if dispute.status == DisputeStatus.MEDIATING:
            end_without_agreement(dispute, actor, why, cause=PoliceCase.Cause.BARRED)
        else:
            refuse(dispute, actor, why)
            open_case(dispute, PoliceCase.Cause.BARRED, at=dispute.registered_at)
    return row


def _set_parts(dispute: Dispute, parts: dict[int, str]) -> None:
    mine = {party.pk: party for party in dispute.parties.select_for_update()}
    for key, part in parts.items():
        if key not in mine or part not in Party.Part.values:
            raise InvalidInput(fields={"parts": [_("Choose one of the answers.")]})
        if part != Party.Part.VICTIM and mine[key].representative_name:
            raise InvalidInput(
                fields={"parts": [_("A suspect comes in person and can't send a representative (art. 181).")]}
            )
        mine[key].part = part
        mine[key].save(update_fields=["part"])
