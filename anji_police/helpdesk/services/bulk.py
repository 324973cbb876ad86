"""One act on many requests: previewed, capped, and told row by row."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.helpdesk.models import ASSIGN, HANDLE, HelpRequest
from anji_police.helpdesk.services import assigning, handling, merging
from anji_police.helpdesk.services.common import require
from anji_police.places.models import Unit

CAP = 200
ACTS = {"assign": ASSIGN, "accept": HANDLE, "priority": ASSIGN, "merge": HANDLE, "close": HANDLE}


@dataclass(frozen=True)
class Outcome:
    """What became of one row; `refusal` is empty when it was done."""

    request: HelpRequest
    refusal: str = ""


def _check_act(act: str, actor: User) -> None:
    if act not in ACTS:
        raise InvalidInput(fields={"act": [_("Choose one of the answers.")]})
    require(actor, ACTS[act])


def preview_bulk(*, act: str, requests, actor: User) -> tuple[list[HelpRequest], int]:
    """The rows that `act` would touch, at most 200, and how many match in all (capped at 10,001). Raises NotAllowed for
    an act that `actor` may do to no row."""
    from anji_police.api.pagination import capped_count

    _check_act(act, actor)
    return list(requests.select_related("unit", "assignee")[:CAP]), capped_count(requests.order_by())


def apply_in_bulk(
    *,
    act: str,
    references: list[str],
    actor: User,
    unit: Unit | None = None,
    assignee: User | None = None,
    priority: str = "",
    target: HelpRequest | None = None,
) -> list[Outcome]:
    """Do `act` on each request in its own transaction: right, sight and state are checked for each row, and a refused row
    holds up no other. At most 200 rows a call."""
    _check_act(act, actor)
    if len(references) > CAP:
        raise InvalidInput(_("At most %(count)d at once. Narrow the filter.") % {"count": CAP})
    if act == "merge" and target is None:
        raise InvalidInput(fields={"target": [_("There is no such request, or it is not yours to see.")]})
    found = {r.reference: r for r in HelpRequest.objects.visible_to(actor).filter(reference__in=references)}
    doers = {
        "assign": lambda r: assigning.assign(request=r, actor=actor, unit=unit or r.unit, assignee=assignee),
        "accept": lambda r: assigning.accept(request=r, actor=actor),
        "priority": lambda r: handling.set_priority(request=r, actor=actor, priority=priority),
        "merge": lambda r: merging.merge(duplicate=r, target=target, actor=actor),
        "close": lambda r: handling.close(request=r, actor=actor),
    }
    outcomes = []
    for reference in references:
        request = found.get(reference)
        if request is None:
            continue  # out of sight: as if it were not there
        try:
            with transaction.atomic():
                doers[act](request)
            outcomes.append(Outcome(request))
        except DomainError as error:
            detail = "；".join(m for messages in getattr(error, "fields", {}).values() for m in messages)
            outcomes.append(Outcome(request, detail or str(error)))
    return outcomes
