"""Papers of the case file, and its archive."""

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police import uploads
from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import add_months, today
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from mediation import casefile
from mediation.models import CLOSE, MEDIATE, OPEN, Dispute, DisputeStatus, Paper, Party
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


def file_paper(*, dispute: Dispute, actor: User, item: str, title: str, pages: int = 1, upload=None) -> Paper:
    """File a paper under a line of the catalogue, with a photo or PDF of it when there is one. Until the file is archived."""
    require(actor, MEDIATE)
    if item not in casefile.KEYS:
        raise InvalidInput(fields={"item": [_("Choose one of the answers.")]})
    title = told(title, "title", _("Name the paper."), least=2, most=80)
    if not 1 <= pages <= 999:
        raise InvalidInput(fields={"pages": [_("A paper has 1 to 999 pages.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor)
        must_be(dispute, *OPEN, DisputeStatus.CLOSED)
        row = Paper(dispute=dispute, item=item, title=title, pages=pages, added_by=actor)
        if upload is not None:
            clean = uploads.clean(upload)
            row.path = uploads.store(clean)
            row.content_type, row.size, row.sha256 = clean.content_type, len(clean.content), clean.sha256
        row.save()
        workflow.save(dispute)
        record(actor, "paper-filed", dispute, after={"item": item, "pages": pages, "sha256": row.sha256})
    return row


def archive(*, dispute: Dispute, actor: User) -> Dispute:
    """Archive the file of a closed dispute: refused while a compulsory paper is missing. It gets its number, and is kept as long as
    the rule mediation.retention_<type> says."""
    require(actor, CLOSE)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_be(dispute, DisputeStatus.CLOSED)
        if lacking := casefile.missing(dispute):
            raise DomainError(
                _("The file lacks: %(what)s") % {"what": "、".join(str(item.label) for item in lacking)}
            )
        dispute.archived_at = timezone.now()
        dispute.archive_number = _next_number(dispute)
        dispute.retain_until = add_months(today(), int(rules.value(f"mediation.retention_{dispute.type}")))
        workflow.move(
            record=dispute,
            to=DisputeStatus.ARCHIVED,
            actor=actor,
            action="mediation.dispute.archived",
            fields=("archived_at", "archive_number", "retain_until"),
            after={"number": dispute.archive_number, "until": dispute.retain_until},
        )
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
