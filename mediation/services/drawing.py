"""The papers of a dispute drawn from its records as PDF/A-2a: one line of the catalogue, or the whole file (调解卷宗)."""

from pathlib import Path

import typst
from django.utils import translation
from django.utils.translation import gettext as _

from anji_police import typesetting, uploads
from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.audit.models import AccessEntry
from anji_police.crypto import sealed_fields
from anji_police.errors import DomainError, NotAllowed
from mediation import casefile
from mediation.casefile import KEYS, Line
from mediation.models import MEDIATE, Agreement, CaseFile, Dispute, Paper, Party
from mediation.papers import facts
from mediation.services.common import must_take_part, require

TEMPLATE = Path(facts.__file__).with_name("papers.typ")
IDENTIFYING = tuple(column.name for column in sealed_fields(Party))
# Pages of PDF scans that are drawn while somebody waits, about a fifth of a second each; the archive's job takes any number.
MAX_WAITING = 60


def papers_of(dispute: Dispute, key: str, only: int | None = None) -> list[dict]:
    """What the records give for one line of the catalogue, personal data in the clear, in Chinese; `only`: the record of that
    session, counted from 1."""
    if key not in KEYS or not KEYS[key].state_in(dispute)[1]:
        return []
    with translation.override("zh-hans"):
        drawn = _DRAWERS[key](dispute, list(dispute.parties.all()))
    return drawn if only is None else drawn[max(only - 1, 0) : max(only, 0)]


def _sessions(dispute: Dispute, parties) -> list[dict]:
    found = dispute.sessions.prefetch_related("mediators").select_related("officer", "recorded_by")
    return facts.sessions(dispute, parties, list(found))


def _agreements(dispute: Dispute) -> list[Agreement]:
    """All agreements, the standing one last: those of before the dispute was opened again belong to its file."""
    found = dispute.agreements.select_related("signed_by", "committee", "presider").prefetch_related("items")
    return list(found.order_by("id"))


def _performed(dispute: Dispute, parties) -> list[dict]:
    found = [one for one in _agreements(dispute) if any(item.done_on for item in one.items.all())]
    return [facts.performance(dispute, one) for one in found]


def _visits(dispute: Dispute) -> list:
    return list(dispute.follow_ups.exclude(done_at=None).select_related("done_by").order_by("done_at", "id"))


_DRAWERS = {
    "application": lambda d, p: [facts.application(d, p)],
    "rights": lambda d, p: [facts.rights(d, p)],
    "identity": lambda d, p: [facts.identity(d, p)],
    "session": _sessions,
    "agreement": lambda d, p: [facts.agreement(d, p, one) for one in _agreements(d)],
    "performance": _performed,
    "follow_up": lambda d, p: [facts.follow_up(d, _visits(d))],
    "confirmation": lambda d, p: [facts.confirmation(d, list(d.confirmations.order_by("id")))],
    "statement": facts.statements,
}


def draw(*, dispute: Dispute, actor: User, item: str, only: int | None = None) -> bytes:
    """The papers of one line of the catalogue as one PDF/A-2a, the parties in the clear, after an access row for each of them.
    The same records give the same bytes.

    `only`: the record of one session, counted from 1. Raises DomainError while the records hold nothing to draw it from.
    """
    _must_be_open_to(actor, dispute)
    papers = papers_of(dispute, item, only)
    if item == "agreement":
        papers = papers[-1:]  # an earlier one stands in the whole file only
    if not papers:
        raise DomainError(_("The record holds nothing yet to draw this paper from."))
    line = KEYS[item]
    _written_down(dispute, actor, line.label)
    data = {
        "title": f"{line.title_in(dispute)} {dispute.code}",
        "author": dispute.unit.name,
        "papers": papers,
    }
    return typesetting.pdf(TEMPLATE, data, moment=dispute.registered_at)


def draw_file(*, dispute: Dispute, actor: User) -> bytes:
    """The whole file: of an archived dispute as it was kept, else as it stands now, marked as not archived yet. PDF/A-2a.

    Raises DomainError when it has too many scans to wait for, or the archive has not drawn it yet; RuntimeError when what was kept
    is not what it was.
    """
    _must_be_open_to(actor, dispute)
    kept = CaseFile.objects.filter(dispute=dispute).first()
    if kept is None and dispute.archived_at:
        raise DomainError(_("The whole file is still being drawn. Look again in a minute."))
    if kept is None and (pages := _scanned_pages(dispute)) > MAX_WAITING:
        raise DomainError(
            _(
                "The scans of this file have %(pages)d pages. It is drawn in the background when it is archived."
            )
            % {"pages": pages}
        )
    _written_down(dispute, actor, _("case file"))
    if kept is None:
        return whole(dispute)
    audit.accessed(actor=actor, kind=AccessEntry.Kind.DOWNLOAD, subject=kept, fields=["file"])
    content = uploads.stored(kept.path).read_bytes()
    if uploads.sha256(content) != kept.sha256:
        raise RuntimeError(f"case file {kept.pk} was changed on the disk")
    return content


def read_paper(*, paper: Paper, actor: User) -> bytes:
    """The content of a filed paper, after an access row. Raises FileNotFoundError when it is kept on paper only."""
    _must_be_open_to(actor, paper.dispute)
    if not paper.path:
        raise FileNotFoundError
    audit.accessed(actor=actor, kind=AccessEntry.Kind.DOWNLOAD, subject=paper, fields=["file"])
    return uploads.stored(paper.path).read_bytes()


def _must_be_open_to(actor: User, dispute: Dispute) -> None:
    """Papers hold personal data in the clear: for who has the dispute in sight and takes part in it."""
    require(actor, MEDIATE)
    if not Dispute.objects.visible_to(actor).filter(pk=dispute.pk).exists():
        raise NotAllowed(_("This is not yours any more."))
    must_take_part(dispute, actor)


def _scanned_pages(dispute: Dispute) -> int:
    scans = dispute.papers.standing().filter(content_type=uploads.PDF)
    return sum(scans.values_list("pages", flat=True))


def _written_down(dispute: Dispute, actor: User, what) -> None:
    """An access row for each party whose data stand in the paper, kept before the paper leaves."""
    for party in dispute.parties.all():
        shown = [name for name in IDENTIFYING if getattr(party, name)]
        audit.reveal(
            actor=actor, subject=party, fields=shown, reason=_("Draws the paper: %(what)s") % {"what": what}
        )


def whole(dispute: Dispute, *, filed_by: User | None = None, progress=None) -> bytes:
    """The bytes of the whole file. `filed_by`: who archived it, named on the covers; without, it is a draft. `progress(done, of)` is
    told of each scan."""
    with translation.override("zh-hans"):
        data, pictures = _contents(dispute, filed_by, progress)
    return typesetting.pdf(
        TEMPLATE, data, moment=dispute.archived_at or dispute.registered_at, pictures=pictures
    )


def _contents(dispute: Dispute, filed_by: User | None, progress) -> tuple[dict, dict[str, bytes]]:
    """The data of the whole file, and its pictures by name. Of the records only what counts is in it, see Line.recorded."""
    lines = casefile.catalogue(dispute)
    scans = sum(len(line.papers) for line in lines)
    papers, pictures, counts, done = [], {}, {}, 0
    for line in lines:
        drawn = papers_of(dispute, line.item.key) if line.recorded else []
        papers += drawn
        counts[line.item.key] = len(drawn) + len(line.papers)
        for scan in line.papers:
            papers += _scanned(scan, pictures)
            done += 1
            if progress:
                progress(done, scans)
    people = dispute.track == Dispute.Track.PEOPLE
    ended = facts.chinese_date(dispute.concluded_at or dispute.closed_at)
    data = {
        "title": f"调解卷宗 {dispute.archive_number or dispute.code}",
        "author": dispute.unit.name,
        "cover": {
            "title": "人民调解卷宗" if people else "治安调解卷宗",
            "rows": [
                ["卷　　名", dispute.title],
                ["卷　　号", dispute.archive_number or "（未归档）"],
                ["纠纷编号", dispute.code],
                ["调 解 员", dispute.mediator.name if dispute.mediator_id else "—"],
                ["调解日期", ended or "—"],
                ["立 卷 人", filed_by.name if filed_by else ""],
                ["立卷单位", dispute.unit.name],
                ["保管期限", _kept_for(dispute)],
            ],
        },
        "catalogue": [_catalogued(dispute, line, counts[line.item.key]) for line in lines],
        "papers": papers,
        "back": {
            "filed_by": filed_by.name if filed_by else "",
            "filed_on": facts.chinese_date(dispute.archived_at),
            "note": "" if dispute.archived_at else "未归档，仅供查阅",
        },
    }
    return data, pictures


def _catalogued(dispute: Dispute, line: Line, count: int) -> dict:
    is_back = line.item.key == "back_cover"
    return {
        "number": str(line.item.number),
        "key": line.item.key,
        "title": line.item.title_in(dispute),
        "count": 1 if is_back else count,
        "note": "缺" if line.missing and not is_back else "",
    }


def _kept_for(dispute: Dispute) -> str:
    months = casefile.retention(dispute)
    kept = f"{months // 12}年" if months % 12 == 0 else f"{months}个月"
    until = f"（至{facts.chinese_date(dispute.retain_until)}）" if dispute.retain_until else ""
    return kept + until


def _scanned(scan: Paper, pictures: dict[str, bytes]) -> list[dict]:
    """A filed paper as pages of the file, one paper a page; its pictures are added to `pictures`. One that is kept on paper only has
    a sheet that says so."""
    if not scan.path:
        return [facts.on_paper(scan.item, scan.title, scan.pages, scan.dispute.code)]
    content = uploads.stored(scan.path).read_bytes()
    kind = scan.content_type.rsplit("/", 1)[-1]
    pages = [content]
    if scan.content_type == uploads.PDF:
        kind = "jpeg"
        try:
            pages = typesetting.pages_as_pictures(content)
        except typst.TypstError:
            raise DomainError(
                _("The scan “%(title)s” can't be drawn. Take it out and file it as photos.")
                % {"title": scan.title}
            ) from None
    found = []
    for n, page in enumerate(pages, start=1):
        name = f"{scan.pk}-{n}.{kind}"
        pictures[name] = page
        block = {"kind": "picture", "file": name, "alt": f"{scan.title} {n}"}
        found.append({"key": scan.item, "title": "", "number": "", "picture": True, "blocks": [block]})
    return found
