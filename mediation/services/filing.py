"""The file of a dispute (调解卷宗): its papers drawn from the record, scans beside them, the check for what is missing."""

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
import typst
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police import typesetting, uploads
from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import SHANGHAI, add_months, today
from anji_police.workflow import rules
from anji_police.workflow.models import TransitionEntry
from mediation.models import MEDIATE, CaseFile, CasePaper, Dispute, DisputeStatus, Party
from mediation.papers import facts, items
from mediation.papers.items import BY_KEY, CATALOGUE, Item
from mediation.services.common import held, must_take_part, record, require

TEMPLATE = Path(facts.__file__).with_name("papers.typ")
IDENTIFYING = ["name", "id_number", "address", "phone", "guardian_name", "representative_name"]


@dataclass
class Entry:
    """One item of the file: what is drawn for it (`drawn`: papers as data), what was scanned, and whether it may be missing."""

    item: Item
    is_compulsory: bool
    drawn: list[dict] = field(default_factory=list)
    scans: list[CasePaper] = field(default_factory=list)

    @property
    def is_missing(self) -> bool:
        return self.is_compulsory and not self.drawn and not self.scans and self.item.key != "end"

    @property
    def pages(self) -> int:
        return sum(scan.pages for scan in self.scans)


def contents(dispute: Dispute) -> list[Entry]:
    """The thirteen items of the file with what there is for each. Reads personal data into the drawn papers: who shows these
    to a person goes through draw()."""
    parties = list(dispute.parties.all())
    sessions = list(
        dispute.sessions.filter(is_signed=True)
        .prefetch_related("mediators")
        .select_related("officer", "recorded_by")
    )
    standing = dispute.agreements.filter(superseded_at=None).select_related("signed_by", "committee").first()
    visits = list(dispute.follow_ups.exclude(done_at=None).select_related("done_by"))
    drawn: dict[str, list[dict]] = {"application": [facts.application(dispute, parties)]}
    if parties and all(party.consent != Party.Consent.UNASKED for party in parties):
        drawn["notice"] = [facts.notice(dispute, parties)]
    if parties and all(party.id_number for party in parties):
        drawn["identity"] = [facts.identity(dispute, parties)]
    drawn["record"] = [facts.record(dispute, parties, one, n) for n, one in enumerate(sessions, start=1)]
    if standing:
        drawn["agreement"] = [facts.agreement(dispute, parties, standing)]
        done = facts.performance(dispute, standing)
        drawn["performance"] = [done] if done else []
    if visits:
        drawn["follow_up"] = [facts.follow_up(dispute, visits)]
    if dispute.outcome == Dispute.Outcome.FAILED:
        drawn["statement"] = [termination(dispute, parties)]
    scans: dict[str, list[CasePaper]] = {}
    for paper in dispute.papers.standing():
        scans.setdefault(paper.item, []).append(paper)
    needed = _needed(dispute, bool(standing))
    return [
        Entry(item, item.compulsory in needed, drawn.get(item.key, []), scans.get(item.key, []))
        for item in CATALOGUE
    ]


def _needed(dispute: Dispute, has_agreement: bool) -> set[str]:
    """Which sorts of compulsory items this dispute's file needs."""
    found = {"always"}
    if dispute.outcome and dispute.outcome != Dispute.Outcome.REFUSED:
        found.add("mediated")
    if has_agreement:
        found.add("agreed")
    return found


def missing(dispute: Dispute) -> list[Item]:
    """The compulsory items that the file lacks."""
    return [entry.item for entry in contents(dispute) if entry.is_missing]


def termination(dispute: Dispute, parties: list[Party]) -> dict:
    """The notice that mediation has ended without agreement, with the reason given then."""
    entry = (
        TransitionEntry.objects.filter(
            subject_type=dispute._meta.label_lower, subject_id=dispute.pk, to_state=DisputeStatus.FAILED
        )
        .order_by("-id")
        .first()
    )
    return facts.termination(
        dispute, parties, entry.reason if entry else "", entry.at if entry else timezone.now()
    )


def attach_paper(*, dispute: Dispute, actor: User, item: str, title: str, upload) -> CasePaper:
    """Add a scan (photo or PDF) to an item of the file. The same file twice is refused. Raises InvalidInput."""
    require(actor, MEDIATE)
    if item not in {one.key for one in items.SCANNED}:
        raise InvalidInput(fields={"item": [_("Choose one of the answers.")]})
    clean = uploads.clean(upload)
    pages = _pages(clean.content) if clean.content_type == uploads.PDF else 1
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_take_part(dispute, actor)
        _must_be_open(dispute)
        if dispute.papers.standing().filter(item=item, sha256=clean.sha256).exists():
            raise InvalidInput(fields={"files": [_("This file is there already.")]})
        paper = CasePaper.objects.create(
            dispute=dispute,
            item=item,
            title=title.strip()[:80] or clean.name,
            path=uploads.store(clean),
            content_type=clean.content_type,
            size=len(clean.content),
            pages=pages,
            sha256=clean.sha256,
            added_by=actor,
        )
        record(actor, "paper-attached", dispute, after={"item": item, "pages": pages, "sha256": clean.sha256})
    return paper


def withdraw_paper(*, paper: CasePaper, actor: User, reason: str) -> CasePaper:
    """Take a scan out of the file; it is kept, with the reason."""
    require(actor, MEDIATE)
    if not reason.strip():
        raise InvalidInput(fields={"reason": [_("Give the reason.")]})
    with transaction.atomic():
        dispute = held(paper.dispute, actor)
        must_take_part(dispute, actor)
        _must_be_open(dispute)
        paper = CasePaper.objects.select_for_update().get(pk=paper.pk)
        if paper.withdrawn_at:
            raise DomainError(_("This paper was withdrawn already."))
        paper.withdrawn_at, paper.withdrawn_reason = timezone.now(), reason.strip()[:200]
        paper.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        record(
            actor,
            "paper-withdrawn",
            dispute,
            after={"item": paper.item, "sha256": paper.sha256},
            reason=reason.strip(),
        )
    return paper


def read_paper(*, paper: CasePaper, actor: User) -> bytes:
    """The content of a scan, after an access row."""
    require(actor, MEDIATE)
    must_take_part(paper.dispute, actor)
    _written_down(paper.dispute, actor, str(BY_KEY[paper.item].label))
    return uploads.stored(paper.path).read_bytes()


def read_case_file(*, file: CaseFile, actor: User) -> bytes:
    """A file as it was put away, after access rows. Raises RuntimeError when it is not what it was then."""
    require(actor, MEDIATE)
    must_take_part(file.dispute, actor)
    _written_down(file.dispute, actor, _("case file"))
    content = uploads.stored(file.path).read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise RuntimeError(f"case file {file.pk} was changed on the disk")
    return content


def draw(*, dispute: Dispute, actor: User, item: str) -> bytes:
    """The papers of one item as one PDF/A-2a, parties in the clear, after an access row for each of them.

    Raises DomainError while the record holds nothing to draw it from.
    """
    require(actor, MEDIATE)
    must_take_part(dispute, actor)
    entry = next((e for e in contents(dispute) if e.item.key == item), None)
    if entry is None or not entry.drawn:
        raise DomainError(_("The record holds nothing yet to draw this paper from."))
    _written_down(dispute, actor, str(entry.item.label))
    data = {"title": entry.item.title, "author": dispute.unit.name, "papers": entry.drawn}
    return typesetting.pdf(TEMPLATE, data, moment=dispute.registered_at)


def draw_case_file(*, dispute: Dispute, actor: User) -> bytes:
    """The whole file as it stands: cover, catalogue with page numbers, all papers and scans, back cover. PDF/A-2a."""
    require(actor, MEDIATE)
    must_take_part(dispute, actor)
    _written_down(dispute, actor, _("case file"))
    return _whole(dispute, actor)


def put_away(*, dispute: Dispute, actor: User) -> CaseFile:
    """Draw the file of a dispute that is being archived and keep it for good. Called inside the transaction that archives.

    Raises DomainError naming the compulsory items that are missing.
    """
    lacking = missing(dispute)
    if lacking:
        raise DomainError(
            _("The file can't be put away, these items are missing: %(items)s.")
            % {"items": _(", ").join(str(item.label) for item in lacking)}
        )
    content = _whole(dispute, actor)
    file = uploads.CleanFile(f"{dispute.code}.pdf", uploads.PDF, content)
    return CaseFile.objects.create(
        dispute=dispute,
        path=uploads.store(file),
        sha256=file.sha256,
        pages=_pages(content),
        filed_by=actor,
        keep_until=keep_until(dispute),
    )


def keep_until(dispute: Dispute):
    """The last day on which the file of `dispute` is kept, by the dated rule of its type, from the day of closing."""
    closed = dispute.closed_at.astimezone(SHANGHAI).date() if dispute.closed_at else today()
    return add_months(closed, int(rules.value(f"mediation.keep_{dispute.type}", closed)))


def _whole(dispute: Dispute, actor: User) -> bytes:
    entries = contents(dispute)
    papers, pictures = [], {}
    for entry in entries:
        papers += entry.drawn
        for scan in entry.scans:
            papers += _scanned(scan, pictures)
    months = int(rules.value(f"mediation.keep_{dispute.type}"))
    concluded = dispute.concluded_at or dispute.registered_at
    data = {
        "title": f"调解卷宗 {dispute.code}",
        "author": dispute.unit.name,
        "cover": {
            "title": "人民调解卷宗" if dispute.track == Dispute.Track.PEOPLE else "治安调解卷宗",
            "rows": [
                ["卷　　名", dispute.title],
                ["卷　　号", dispute.code],
                ["调 解 员", dispute.mediator.name if dispute.mediator_id else "—"],
                ["调解日期", facts.chinese_date(concluded)],
                ["立 卷 人", actor.name],
                ["保管期限", f"{months // 12}年" if months % 12 == 0 else f"{months}个月"],
            ],
        },
        "catalogue": [
            {
                "number": str(n),
                "key": entry.item.key,
                "title": entry.item.title,
                "count": 1 if entry.item.key == "end" else len(entry.drawn) + len(entry.scans),
                "note": "缺" if entry.is_missing else "",
            }
            for n, entry in enumerate(entries, start=1)
        ],
        "papers": papers,
        "back": {"filed_by": actor.name, "filed_on": facts.chinese_date(today()), "note": ""},
    }
    return typesetting.pdf(TEMPLATE, data, moment=timezone.now(), pictures=pictures)


def _scanned(scan: CasePaper, pictures: dict[str, bytes]) -> list[dict]:
    """A scan as pages of the file, one paper a page; its pictures are added to `pictures`."""
    content = uploads.stored(scan.path).read_bytes()
    if scan.content_type == uploads.PDF:
        try:
            pages = typesetting.pages_as_pictures(content, scan.pages)
        except typst.TypstError:
            raise DomainError(
                _("The scan “%(title)s” can't be drawn. Withdraw it and add it as photos.")
                % {"title": scan.title.reveal()}
            ) from None
        kind = "png"
    else:
        pages, kind = [content], scan.content_type.rsplit("/", 1)[-1]
    found = []
    for n, page in enumerate(pages, start=1):
        name = f"{scan.uid.hex}-{n}.{kind}"
        pictures[name] = page
        block = {"kind": "picture", "file": name, "alt": f"{scan.title.reveal()} {n}"}
        found.append({"key": scan.item, "title": "", "number": "", "picture": True, "blocks": [block]})
    return found


def _pages(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def _must_be_open(dispute: Dispute) -> None:
    if dispute.status == DisputeStatus.ARCHIVED:
        raise DomainError(_("The file is archived and stays as it is."))


def _written_down(dispute: Dispute, actor: User, what: str) -> None:
    """An access row for each party whose data stand in the paper, kept before the paper leaves."""
    for party in dispute.parties.all():
        shown = [name for name in IDENTIFYING if getattr(party, name)]
        audit.reveal(
            actor=actor, subject=party, fields=shown, reason=_("Draws the paper: %(what)s") % {"what": what}
        )
