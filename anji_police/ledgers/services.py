"""Checking a sheet without writing, and taking its good rows over. The same sheet twice changes nothing the second time."""

import hashlib
import json
from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.ledgers import reading
from anji_police.ledgers.models import Import
from anji_police.ledgers.registry import BAD, SAME, Ledger, Planned, SheetRow, get

KEPT = timedelta(days=1)


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise NotAllowed(_("Your account may not do this."))


def check(*, actor: User, ledger: Ledger, name: str, content: bytes) -> Import:
    """Read a sheet and say what it would do. Writes no record of the field. Raises InvalidInput for a file that can't be read."""
    _require(actor, ledger.permission)
    rows = reading.read(content, ledger.columns)
    planned = ledger.plan(rows, actor)
    with transaction.atomic():
        _forget(actor)
        run = Import(
            ledger=ledger.key,
            file_name=name.replace("\\", "/").rsplit("/", 1)[-1][:100] or "sheet",
            sha256=hashlib.sha256(content).hexdigest(),
            rows=json.dumps([[row.number, row.cells, row.faults] for row in rows], ensure_ascii=False),
            counts=dict(Counter(plan.state for plan in planned)),
            made_by=actor,
        )
        run.save()
        audit.record(actor=actor, action="ledgers.sheet.checked", subject=run, after=_facts(run))
    return run


def _facts(run: Import) -> dict:
    return {"ledger": run.ledger, "file": run.file_name, "sha256": run.sha256, "rows": run.counts}


def _forget(actor: User) -> None:
    """Drop what the person left lying, and what anybody left for a day."""
    left = Import.objects.select_for_update(skip_locked=True).filter(state=Import.State.CHECKED)
    for run in left.filter(made_by=actor) | left.filter(made_at__lt=timezone.now() - KEPT):
        _end(run, Import.State.DROPPED)


def _end(run: Import, state: str) -> None:
    run.state, run.ended_at, run.rows = state, timezone.now(), ""
    run.save(update_fields=["state", "ended_at", "rows", "counts"])


def _known(run: Import) -> Ledger:
    """Raises DomainError for an import into a ledger that a later version of the portal has not."""
    ledger = get(run.ledger)
    if ledger is None:
        raise DomainError(_("This ledger is not there any more."))
    return ledger


def plan_of(run: Import, actor: User) -> list[Planned]:
    """What the rows of a checked import would do now. Empty once it has ended."""
    if run.state != Import.State.CHECKED:
        return []
    rows = [SheetRow(number, cells, faults) for number, cells, faults in json.loads(run.rows.reveal())]
    return _known(run).plan(rows, actor)


def apply(*, actor: User, run: Import) -> Import:
    """Take the good rows over, all or none, planned anew under lock; rows with faults stay out."""
    ledger = _known(run)
    _require(actor, ledger.permission)
    with transaction.atomic():
        run = Import.objects.select_for_update(of=("self",)).get(pk=run.pk, made_by=actor)
        if run.state != Import.State.CHECKED:
            raise DomainError(_("This sheet was taken over or given up already."))
        planned = plan_of(run, actor)
        for plan in planned:
            if plan.state in (BAD, SAME):
                continue
            try:
                ledger.apply(plan, actor)
            except InvalidInput as error:
                words = "；".join(str(text) for texts in error.fields.values() for text in texts) or str(
                    error
                )
                raise DomainError(
                    _("Row %(number)d: %(words)s Nothing was taken over.")
                    % {"number": plan.row.number, "words": words}
                ) from error
        run.counts = dict(Counter(plan.state for plan in planned))
        _end(run, Import.State.APPLIED)
        audit.record(actor=actor, action="ledgers.sheet.applied", subject=run, after=_facts(run))
    return run


def record_export(*, actor: User, ledger: Ledger, rows: int) -> None:
    """An export leaves a trail: who, of what, how many."""
    _require(actor, ledger.view_permission)
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="ledgers.sheet.exported",
            subject=actor,
            after={"ledger": ledger.key, "rows": rows},
        )
