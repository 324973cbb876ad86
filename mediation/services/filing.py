"""Papers of the case file, and its archive."""

import typst
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police import typesetting, uploads
from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import add_months, today
from anji_police.workflow import services as workflow
from mediation import casefile
from mediation.models import CLOSE, MEDIATE, OPEN, Dispute, DisputeStatus, Paper, Party
from mediation.services import keeping
from mediation.services.common import held, must_be, must_take_part, record, require, told

_NUMBER_LOCK = 7_331_021


def tell_rights(*, dispute: Dispute, actor: User) -> Dispute:
    """The parties were told of their rights and duties (权利义务告知书), before mediation."""
    require(actor, MEDIATE)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor)
        must_be(dispute, *OPEN)
        if dispute.rights_told_at:
            raise DomainError(_("This was recorded already."))
        dispute.rights_told_at = timezone.now()
        workflow.save(dispute, "rights_told_at")
        record(actor, "rights-told", dispute)
    return dispute


def check_identity(*, party: Party, actor: User) -> Party:
    """Somebody has seen the party's identity papers."""
    require(actor, MEDIATE)
    with transaction.atomic():
        dispute = held(party.dispute, actor)
        must_take_part(dispute, actor)
        must_be(dispute, *OPEN)
        party = Party.objects.select_for_update().get(pk=party.pk)
        if party.identity_checked_at:
            raise DomainError(_("This was recorded already."))
        party.identity_checked_at = timezone.now()
        party.save(update_fields=["identity_checked_at"])
        workflow.save(dispute)
        record(actor, "identity-checked", dispute, after={"side": party.side})
    return party


def file_paper(
    *, dispute: Dispute, actor: User, item: str, title: str = "", pages: int = 1, upload=None
) -> Paper:
    """File a paper under a line of the catalogue, with a photo or PDF of it when there is one. Until the file is archived.

    The pages of a photo or PDF are counted; `pages` is said of a paper that is kept on paper only. The same file twice under one
    line is refused, and so is a PDF that the whole file could not show.
    """
    require(actor, MEDIATE)
    faults: dict[str, list[str]] = {}
    if item not in {one.key for one in casefile.SCANNED}:
        faults["item"] = [_("Choose one of the answers.")]
    if not 1 <= pages <= 999:
        faults["pages"] = [_("A paper has 1 to 999 pages.")]
    if faults:
        raise InvalidInput(fields=faults)
    clean = None
    if upload is not None:  # takes its time, so before any lock
        try:
            clean = uploads.clean(upload)
        except InvalidInput as error:
            raise InvalidInput(str(error), fields={"upload": list(*error.fields.values())}) from None
        pages = _drawable_pages(clean)
    title = title.strip()[:80] or (clean.name[:80] if clean else casefile.KEYS[item].title_in(dispute))
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor)
        must_be(dispute, *OPEN, DisputeStatus.CLOSED)
        row = Paper(dispute=dispute, item=item, title=title, pages=pages, added_by=actor)
        if clean is not None:
            if dispute.papers.standing().filter(item=item, sha256=clean.sha256).exists():
                raise InvalidInput(fields={"upload": [_("This file is there already.")]})
            row.path = uploads.store(clean)
            row.content_type, row.size, row.sha256 = clean.content_type, len(clean.content), clean.sha256
        row.save()
        workflow.save(dispute)
        record(actor, "paper-filed", dispute, after={"item": item, "pages": pages, "sha256": row.sha256})
    return row


def _drawable_pages(clean: uploads.CleanFile) -> int:
    """The pages of a photo or PDF. Raises InvalidInput for a PDF that can't be drawn, so that the archive never meets one."""
    if clean.content_type != uploads.PDF:
        return 1
    try:
        return len(typesetting.pages_as_pictures(clean.content, ppi=12))
    except typst.TypstError:
        words = _("This PDF can't be drawn as pages of the file. Send it as photos.")
        raise InvalidInput(fields={"upload": [words]}) from None


def withdraw_paper(*, paper: Paper, actor: User, reason: str) -> Paper:
    """Take a paper that was filed by mistake out of the file; it is kept, with the reason."""
    require(actor, MEDIATE)
    reason = told(reason, "reason", _("Give the reason."), most=200)
    with transaction.atomic():
        dispute = held(paper.dispute, actor)
        must_take_part(dispute, actor)
        must_be(dispute, *OPEN, DisputeStatus.CLOSED)
        paper = Paper.objects.select_for_update().get(pk=paper.pk)
        if paper.withdrawn_at:
            raise DomainError(_("This paper was taken out already."))
        paper.withdrawn_at, paper.withdrawn_reason = timezone.now(), reason
        paper.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        workflow.save(dispute)
        record(
            actor,
            "paper-withdrawn",
            dispute,
            after={"item": paper.item, "sha256": paper.sha256},
            reason=reason,
        )
    return paper


def archive(*, dispute: Dispute, actor: User) -> Dispute:
    """Archive the file of a closed dispute: refused while a compulsory paper is missing. It gets its number, and is kept as long as
    the rule mediation.retention_<type> says. The whole file is drawn in the background and kept (services/keeping.py)."""
    require(actor, CLOSE)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_be(dispute, DisputeStatus.CLOSED)
        if lacking := casefile.missing(dispute):
            raise DomainError(
                _("The file lacks: %(what)s") % {"what": _(", ").join(str(item.label) for item in lacking)}
            )
        dispute.archived_at = timezone.now()
        dispute.archive_number = _next_number(dispute)
        dispute.retain_until = add_months(today(), casefile.retention(dispute))
        workflow.move(
            record=dispute,
            to=DisputeStatus.ARCHIVED,
            actor=actor,
            action="mediation.dispute.archived",
            fields=("archived_at", "archive_number", "retain_until"),
            after={"number": dispute.archive_number, "until": dispute.retain_until},
        )
        keeping.ask(dispute, actor)
    return dispute


def _next_number(dispute: Dispute) -> str:
    """(2026)人调字第0001号: a running number of the year and track, under a lock, so that none is missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    word = "人调" if dispute.track == Dispute.Track.PEOPLE else "治调"
    start = f"({today().year}){word}字第"
    last = (
        Dispute.objects.filter(archive_number__startswith=start)
        .order_by("-archive_number")
        .values_list("archive_number", flat=True)
        .first()
    )
    number = int(last.removeprefix(start).removesuffix("号")) + 1 if last else 1
    return f"{start}{number:05d}号"
