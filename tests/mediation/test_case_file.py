"""The whole file of a dispute: catalogue, scans as numbered pages, and what the archive keeps."""

import io

import pikepdf
import pytest
from django.db import DatabaseError, transaction

from anji_police import uploads
from anji_police.audit.models import AccessEntry, AuditEntry
from anji_police.errors import DomainError
from anji_police.jobs import services as jobs
from anji_police.periods import today
from mediation import casefile, services
from mediation.models import CaseFile
from mediation.services import drawing, keeping
from tests.factories import officer
from tests.helpdesk.files import jpeg, pdf, png
from tests.mediation.factories import (
    consented,
    registered,
)
from tests.mediation.filed import PEOPLE, closed, shown
from tests.reports import ink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def pages(content: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(content)) as found:
        count = len(found.pages)
    return ["".join(words for _y, _x, words in ink.text_lines(content, n)) for n in range(1, count + 1)]


def test_the_catalogue_says_the_pages_on_which_the_items_stand():
    clerk = officer()
    dispute = closed(clerk)
    services.file_paper(
        dispute=dispute, actor=clerk, item="evidence", upload=jpeg("墙.jpg", size=(900, 1200))
    )
    services.file_paper(dispute=dispute, actor=clerk, item="evidence", upload=pdf("清单.pdf", pages=3))
    services.file_paper(dispute=dispute, actor=clerk, item="agreement", upload=png("签字页.png"))
    services.file_paper(dispute=dispute, actor=clerk, item="inquiry", title="调查笔录", pages=4)
    content = services.draw_file(dispute=dispute, actor=clerk)
    told = shown(content, "whole")
    found = pages(content)
    assert "人民调解卷宗" in found[0]
    assert "卷内目录" in found[1]
    body = found[2:]  # cover and catalogue are not counted
    assert f"共{len(body)}页" in body[-1]
    assert all(
        words.endswith(str(n)) for n, words in enumerate(body, start=1)
    )  # the running number at the foot
    first = {  # the line of the catalogue -> the page on which its first words stand
        key: next(n for n, words in enumerate(body, start=1) if heading in words)
        for key, heading in (
            ("application", "人民调解受理登记表"),
            ("rights", "人民调解权利义务告知书"),
            ("identity", "当事人身份核验表"),
            ("inquiry", "纸质原件"),
            ("session", "调解情况"),
            ("agreement", "人民调解协议书"),
            ("performance", "履行情况登记表"),
            ("follow_up", "回访记录"),
            ("back_cover", "本卷页数"),
        )
    } | {"evidence": next(n for n, words in enumerate(body, start=1) if words == str(n))}
    starts = [*sorted(first.values()), len(body) + 1]
    listed = ""
    for item in casefile.CATALOGUE:
        stands = "—"
        if item.key in first:
            start = first[item.key]
            last = starts[starts.index(start) + 1] - 1
            stands = str(start) if start == last else f"{start}–{last}"
        listed += f"{item.number}{item.title}{stands}"
    told_lines = "".join(words for _y, _x, words in ink.text_lines(content, 2))
    assert told_lines.replace(" ", "").endswith("备注" + listed)
    with pikepdf.open(io.BytesIO(content)) as opened, opened.open_metadata() as meta:
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert (
            sum(len(page.get_images()) > 0 for page in opened.pages) == 5
        )  # photo, three pages, the signed page
    assert "纸质原件" in told
    assert "（未归档）" in told


def test_what_does_not_count_yet_is_missing_in_the_file_and_marked():
    clerk = officer()
    dispute = consented(clerk, parties=PEOPLE)
    told = ink.text(services.draw_file(dispute=dispute, actor=clerk))
    assert "人民调解权利义务告知书—缺" in told
    assert "调解记录—缺" in told


def test_too_many_scans_to_wait_for_are_left_to_the_archive(monkeypatch):
    clerk = officer()
    dispute = closed(clerk)
    monkeypatch.setattr(drawing, "MAX_WAITING", 2)
    services.file_paper(dispute=dispute, actor=clerk, item="evidence", upload=pdf("清单.pdf", pages=3))
    with pytest.raises(DomainError, match="3 pages"):
        services.draw_file(dispute=dispute, actor=clerk)


def test_the_archive_is_refused_while_a_compulsory_item_is_missing():
    clerk = officer()
    dispute = closed(clerk, identified=False)
    with pytest.raises(DomainError, match="The file lacks: Proof of identity$"):
        services.archive(dispute=dispute, actor=clerk)
    jobs.run_due()
    assert not CaseFile.objects.exists()
    taken = services.file_paper(dispute=dispute, actor=clerk, item="identity", upload=jpeg("身份证.jpg"))
    services.withdraw_paper(paper=taken, actor=clerk, reason="照片不清")
    with pytest.raises(DomainError, match="Proof of identity"):
        services.archive(dispute=dispute, actor=clerk)
    services.file_paper(
        dispute=dispute, actor=clerk, item="identity", upload=jpeg("身份证2.jpg", size=(400, 300))
    )
    services.archive(dispute=dispute, actor=clerk)


def test_the_archived_file_is_kept_byte_for_byte():
    clerk = officer()
    dispute = closed(clerk)
    services.file_paper(dispute=dispute, actor=clerk, item="evidence", upload=pdf("清单.pdf", pages=2))
    archived = services.archive(dispute=dispute, actor=clerk)
    with pytest.raises(DomainError, match="still being drawn"):
        services.draw_file(dispute=archived, actor=clerk)
    jobs.run_due()
    kept = CaseFile.objects.get(dispute=dispute)
    content = services.draw_file(dispute=archived, actor=clerk)
    told = shown(content, "archived")
    assert uploads.sha256(content) == kept.sha256
    assert content == services.draw_file(dispute=archived, actor=clerk)
    assert archived.archive_number in told
    assert "保管期限10年" in told
    assert clerk.name in told
    assert "未归档" not in told
    assert AccessEntry.objects.about(kept).filter(kind="download").count() == 2
    for act in (
        lambda: services.file_paper(dispute=dispute, actor=clerk, item="evidence", title="补充"),
        lambda: services.withdraw_paper(paper=dispute.papers.get(), actor=clerk, reason="传错了"),
    ):
        with pytest.raises(DomainError):
            act()
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseFile.objects.filter(pk=kept.pk).update(sha256="")
    # Drawn once: the job run again keeps nothing new.
    before = AuditEntry.objects.filter(action="mediation.dispute.case-file-kept").count()
    assert keeping.keep(dispute_id=dispute.pk, by=clerk.pk, progress=lambda *_: None) is None
    assert before == 1
    uploads.stored(kept.path).write_bytes(content + b"x")
    with pytest.raises(RuntimeError, match="changed on the disk"):
        services.draw_file(dispute=archived, actor=clerk)


@pytest.mark.parametrize(("kind", "years"), [("neighbours", 10), ("land", 30), ("family", 30)])
def test_the_file_is_kept_as_long_as_the_rule_of_its_type_says(kind, years):
    clerk = officer()
    dispute = registered(clerk, parties=PEOPLE, type=kind)
    services.refuse_mediation(dispute=dispute, actor=clerk, reason="不属受理范围")
    for visit in dispute.follow_ups.open():
        services.waive_follow_up(follow_up=visit, actor=clerk, reason="无需回访")
    services.close(dispute=dispute, actor=clerk)
    archived = services.archive(dispute=dispute, actor=clerk)
    assert archived.retain_until.year == today().year + years
    jobs.run_due()
    assert f"保管期限{years}年" in ink.text(services.draw_file(dispute=archived, actor=clerk))
