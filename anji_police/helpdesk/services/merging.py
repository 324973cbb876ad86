"""Duplicates: found, merged into the request that goes on, and taken apart again."""

from datetime import timedelta

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.measure import D
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.helpdesk.models import HANDLE, HelpRequest, Merge, Message, Status
from anji_police.helpdesk.services.common import citizen_language, held, record, require, say, sync_due
from anji_police.workflow import services as workflow

NEAR = D(m=200)
RECENT = timedelta(days=30)


def possible_duplicates(request: HelpRequest, actor: User, limit: int = 5):
    """Open requests in sight of `actor` that may be the same matter: same category within 200 m or the same phone, 30 days."""
    found = (
        HelpRequest.objects.visible_to(actor)
        .exclude(pk=request.pk)
        .exclude(status__in=[Status.MERGED, Status.WITHDRAWN])
        .filter(received_at__gte=request.received_at - RECENT)
    )
    same = Q(pk__in=[])
    if request.reporter_phone_index:
        same |= Q(reporter_phone_index=request.reporter_phone_index)
    if request.location is not None:
        # A degree is at most 111.32 km: the box is found by the index, the distance decides.
        near = request.location.buffer(NEAR.m / 90_000)
        same |= Q(category=request.category, location__within=near)
    found = found.filter(same)
    if request.location is not None:
        found = found.annotate(distance=Distance("location", request.location)).order_by(
            "distance", "-received_at"
        )
    return found[:limit]


def merge(*, duplicate: HelpRequest, target: HelpRequest, actor: User, key: str = "") -> Merge:
    """Merge `duplicate` into `target`: its citizen keeps the own page, which shows the progress of the target from now on.

    Both are locked in the order of their keys, so that two merges at once can't wait for each other.
    """
    require(actor, HANDLE)
    if duplicate.pk == target.pk:
        raise InvalidInput(fields={"target": [_("A request can't be merged into itself.")]})
    with transaction.atomic():
        first, second = sorted((duplicate, target), key=lambda r: r.pk)
        locked = {r.pk: held(r, actor) for r in (first, second)}
        duplicate, target = locked[duplicate.pk], locked[target.pk]
        if target.status in (Status.MERGED, Status.WITHDRAWN):
            raise DomainError(_("Merge into a request that goes on, not into one that ended."))
        if HelpRequest.objects.filter(merged_into=duplicate).exists():
            raise DomainError(_("Others were merged into this one already. Merge the other way round."))
        row = Merge.objects.create(
            duplicate=duplicate, target=target, state_before=duplicate.status, merged_by=actor
        )
        duplicate.merged_into = target
        workflow.move(
            record=duplicate,
            to=Status.MERGED,
            actor=actor,
            action="helpdesk.request.merged",
            fields=("merged_into",),
            after={"into": target.reference},
        )
        workflow.cancel_clocks(duplicate)
        sync_due(duplicate)
        with citizen_language(duplicate):
            text = _("Your request is handled together with an earlier one about the same matter.")
        say(duplicate, kind=Message.Kind.PROGRESS, body=text, actor=actor, key=f"merged:{row.pk}")
        record(actor, "took-in", target, after={"duplicate": duplicate.reference})
    return row


def unmerge(*, duplicate: HelpRequest, actor: User, reason: str) -> HelpRequest:
    """Take a merged request out again: it goes back to the state it had, with fresh clocks."""
    require(actor, HANDLE)
    with transaction.atomic():
        duplicate = held(duplicate, actor)
        row = Merge.objects.select_for_update().filter(duplicate=duplicate, undone_at=None).first()
        if row is None:
            raise DomainError(_("This request is not merged."))
        duplicate.merged_into = None
        back = row.state_before
        if back == Status.ANSWERED and duplicate.answered_at is None:
            back = Status.IN_PROGRESS
        workflow.move(
            record=duplicate,
            to=back,
            actor=actor,
            reason=reason,
            action="helpdesk.request.unmerged",
            fields=("merged_into",),
        )
        row.undone_at = timezone.now()
        row.save(update_fields=["undone_at"])
        if duplicate.is_open:
            workflow.start_clock(record=duplicate, kind="helpdesk.answer", rule="helpdesk.answer")
        sync_due(duplicate)
    return duplicate
