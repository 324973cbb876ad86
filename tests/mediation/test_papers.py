"""The papers of a dispute: drawn from its records, scans as numbered pages, and the whole file kept at the archive."""

import io
import os
import re
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from anji_police import uploads
from anji_police.audit.models import AccessEntry, AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.jobs import services as jobs
from anji_police.periods import today
from mediation import casefile, services
from mediation.models import CaseFile, Dispute, Party
from mediation.papers import facts
from mediation.services import PartySpec, drawing, keeping
from tests.factories import UserFactory, leader, officer
from tests.helpdesk.files import jpeg, pdf, png
from tests.mediation.factories import (
    WRITTEN,
    again,
    appointed,
    checked,
    committee,
    consented,
    mediating,
    mediator,
    registered,
    reopened,
    visited,
    with_session,
)
from tests.reports import ink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PEOPLE = [
    PartySpec(
        side=Party.Side.APPLICANT,
        name="王小明",
        phone="13812345678",
        id_number="330523199003071218",
        address="孝源街道尚书圩村12号",
    ),
    PartySpec(side=Party.Side.RESPONDENT, name="李大山", phone="13987654321", id_number="341524198805052337"),
]


def shown(content: bytes, name: str) -> str:
    """The words of a PDF; kept for the eye when PAPERS_DIR is set."""
    if folder := os.environ.get("PAPERS_DIR"):
        Path(folder, f"{name}.pdf").write_bytes(content)
    return ink.text(content)


def settled(clerk, **changes) -> Dispute:
    """Agreed in writing under an appointed mediator, with an instalment; both parties known by their numbers."""
    lead = appointed("周调解")
    dispute = with_session(clerk, lead, parties=PEOPLE, **changes)
    services.record_agreement(
        dispute=dispute,
        actor=clerk,
        items=[("支付工料费", 3000, today() + timedelta(days=10))],
        signed_by=lead,
        committee=committee(),
        others_present="村干部老周",
        matters="围墙是否越过界址",
        **WRITTEN,
    )
    dispute.refresh_from_db()
    return dispute


def closed(clerk, *, identified: bool = True) -> Dispute:
    """A dispute that is performed, visited and closed; without `identified` the proof of identity is missing."""
    dispute = settled(clerk)
    services.put_into_effect(dispute=dispute, actor=clerk)
    services.tell_rights(dispute=dispute, actor=clerk)
    if identified:
        for party in dispute.parties.all():
            services.check_identity(party=party, actor=clerk)
    done = {dispute.agreement.items.get().pk: today()}
    services.record_performance(dispute=dispute, actor=clerk, done=done, proof="收据 0031")
    visited(clerk, dispute, satisfaction=5)
    services.close(dispute=dispute, actor=clerk)
    dispute.refresh_from_db()
    return dispute


def line(dispute, key):
    return next(one for one in casefile.catalogue(dispute) if one.item.key == key)


def pages(content: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(content)) as found:
        count = len(found.pages)
    return ["".join(words for _y, _x, words in ink.text_lines(content, n)) for n in range(1, count + 1)]


# -- one paper -------------------------------------------------------------------------------------------------------


def test_the_agreement_holds_what_the_law_asks_for():
    clerk = officer()
    dispute = settled(clerk)
    told = shown(services.draw(dispute=dispute, actor=clerk, item="agreement"), "agreement")
    for asked in (
        "人民调解协议书",
        dispute.code,
        "王小明",
        "330523199003071218",
        "双方因围墙位置多次争吵",
        "围墙是否越过界址",
        "围墙内移五十公分",
        "支付工料费",
        "3,000.00元",
        facts.chinese_date(today() + timedelta(days=10)),
        "履行方式：现金当面支付",
        "村干部老周",
        "孝源街道人民调解委员会",
        "人民调解员（周调解）",
        "三十日内共同向人民法院申请司法确认",
    ):
        assert asked in told, asked


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_paper_is_the_archival_format_and_written_down_before_it_leaves(language):
    clerk = officer()
    dispute = closed(clerk)
    with translation.override(language):
        for key in (
            "application",
            "rights",
            "identity",
            "session",
            "agreement",
            "performance",
            "follow_up",
        ):
            before = AccessEntry.objects.count()
            content = services.draw(dispute=dispute, actor=clerk, item=key)
            with pikepdf.open(io.BytesIO(content)) as found, found.open_metadata() as meta:
                assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
                assert "/OpenAction" not in found.Root
            assert AccessEntry.objects.count() == before + 2  # one for each party
            words = shown(content, key)
            assert "王小明" in words or key in ("performance", "follow_up")
            left = re.sub(r"TJ2\d{3}-\d{6}|SHA-256", "", words)
            assert not re.search("[A-Za-z]{3}", left), left  # no English word, whatever the reader's language
    if language == "en":
        assert "Draws the paper: Agreement" in {row.reason for row in AccessEntry.objects.all()}


def test_the_same_records_give_the_same_bytes():
    clerk = officer()
    dispute = closed(clerk)
    services.file_paper(dispute=dispute, actor=clerk, item="evidence", upload=jpeg("墙.jpg"))
    services.file_paper(dispute=dispute, actor=clerk, item="evidence", upload=pdf("清单.pdf"))
    for key in ("agreement", "session"):
        one, other = (services.draw(dispute=dispute, actor=clerk, item=key) for _n in range(2))
        assert one == other
    assert drawing.whole(dispute) == drawing.whole(dispute)


def test_who_was_not_appointed_on_the_day_of_the_session_stands_as_an_assistant():
    clerk = officer()
    guest = mediator("吴老乡")
    dispute = mediating(clerk, appointed("周调解"), parties=PEOPLE)
    services.offer(dispute=dispute, actor=clerk, mediator=guest, role="assists")
    asked = dispute.assignments.get(mediator=guest)
    services.accept_offer(dispute=dispute, actor=clerk, conflict_disclosed=True, assignment=asked)
    services.record_session(
        dispute=dispute,
        actor=clerk,
        held_at=timezone.now(),
        venue="村委会",
        text="双方陈述了经过",
        mediators=[dispute.mediator, guest],
        is_signed=True,
    )
    told = ink.text(services.draw(dispute=dispute, actor=clerk, item="session"))
    assert "人民调解员周调解" in told
    assert "协助调解人吴老乡" in told


def test_one_session_of_several_is_drawn_alone():
    clerk = officer()
    dispute = with_session(clerk, parties=PEOPLE)
    services.record_session(
        dispute=dispute,
        actor=clerk,
        held_at=timezone.now(),
        venue="村委会",
        text="第二次商定赔偿",
        mediators=[dispute.mediator],
        is_signed=False,
    )
    both = ink.text(services.draw(dispute=dispute, actor=clerk, item="session"))
    second = ink.text(services.draw(dispute=dispute, actor=clerk, item="session", only=2))
    assert "调解记录（第1次）" in both
    assert "调解记录（第2次）" in both
    assert "第二次商定赔偿" in second
    assert "各退一步" not in second
    for none in (0, 3):
        with pytest.raises(DomainError, match="nothing yet"):
            services.draw(dispute=dispute, actor=clerk, item="session", only=none)


def test_a_failed_mediation_gives_the_notice_with_its_reason_and_the_routes():
    clerk = officer()
    dispute = with_session(clerk, parties=PEOPLE)
    services.conclude_failed(dispute=dispute, actor=clerk, reason="双方分歧过大")
    dispute.refresh_from_db()
    told = shown(services.draw(dispute=dispute, actor=clerk, item="statement"), "termination")
    assert "终止调解通知书" in told
    assert "双方分歧过大" in told
    assert "仲裁、行政、司法等途径" in told
    assert not line(dispute, "agreement").needed
    assert line(dispute, "statement").needed


def test_a_matter_that_is_not_mediated_gets_its_notice():
    clerk = officer()
    dispute = registered(clerk, parties=PEOPLE)
    services.refuse_mediation(dispute=dispute, actor=clerk, reason="法院已经受理")
    dispute.refresh_from_db()
    told = ink.text(services.draw(dispute=dispute, actor=clerk, item="statement"))
    assert "不予调解告知书" in told
    assert "法院已经受理" in told


def test_public_security_mediation_has_words_of_its_own():
    clerk = officer()
    dispute = registered(clerk, parties=PEOPLE, track=Dispute.Track.PUBLIC_SECURITY)
    checked(clerk, dispute)
    told = shown(services.draw(dispute=dispute, actor=clerk, item="rights"), "rights-police")
    assert "治安调解权利义务告知书" in told
    assert "选择或者接受人民调解员" not in told
    assert "违法嫌疑人（李大山）" in told
    assert [i.title_in(dispute) for i in casefile.CATALOGUE][7] == "治安调解协议书"


def test_the_file_keeps_the_agreement_of_before_the_dispute_was_opened_again():
    clerk = officer()
    dispute = reopened(clerk)
    again(clerk, dispute)
    dispute.refresh_from_db()
    alone = ink.text(services.draw(dispute=dispute, actor=clerk, item="agreement"))
    assert "改为一次付清" in alone
    assert "分两次付清医药费" not in alone
    told = ink.text(services.draw_file(dispute=dispute, actor=clerk))
    assert "分两次付清医药费" in told
    assert "被后来达成的协议取代" in told
    assert told.count("人民调解口头协议登记表") == 2


def test_nothing_on_record_nothing_drawn():
    clerk = officer()
    dispute = registered(clerk)
    for key in ("session", "agreement", "follow_up", "identity", "back_cover", "no-such-item"):
        with pytest.raises(DomainError, match="nothing yet"):
            services.draw(dispute=dispute, actor=clerk, item=key)
    assert not AccessEntry.objects.exists()
    assert services.draw(
        dispute=dispute, actor=clerk, item="rights"
    )  # before it is told, so that it can be signed


# -- the whole file --------------------------------------------------------------------------------------------------


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


# -- filing ----------------------------------------------------------------------------------------------------------


def test_the_pages_of_a_scan_are_counted_and_a_file_comes_once():
    clerk = officer()
    dispute = settled(clerk)
    add = {"dispute": dispute, "actor": clerk, "item": "authority"}
    paper = services.file_paper(**add, pages=9, upload=pdf("委托书.pdf", pages=3))
    assert (paper.pages, paper.title) == (3, "委托书.pdf")
    photo = services.file_paper(**add, title="照片", upload=jpeg("a.jpg"))
    with pytest.raises(InvalidInput) as refused:
        services.file_paper(**add, upload=jpeg("a.jpg"))
    assert refused.value.fields == {"upload": ["This file is there already."]}
    with pytest.raises(InvalidInput):
        services.withdraw_paper(paper=photo, actor=clerk, reason=" ")
    services.withdraw_paper(paper=photo, actor=clerk, reason="传错了")
    with pytest.raises(DomainError, match="already"):
        services.withdraw_paper(paper=photo, actor=clerk, reason="传错了")
    assert line(dispute, "authority").papers == [paper]
    assert AuditEntry.objects.filter(action="mediation.dispute.paper-withdrawn").get().reason == "传错了"
    services.file_paper(**add, upload=jpeg("a.jpg"))


def test_a_paper_is_refused_beside_its_field():
    clerk = officer()
    dispute = settled(clerk)
    for item, upload, field in (
        ("back_cover", jpeg("a.jpg"), "item"),
        ("no-such", None, "item"),
        ("evidence", pdf("锁.pdf", password="x"), "upload"),
    ):
        with pytest.raises(InvalidInput) as refused:
            services.file_paper(dispute=dispute, actor=clerk, item=item, title="材料", upload=upload)
        assert list(refused.value.fields) == [field]
    assert not dispute.papers.exists()


# -- the archive -----------------------------------------------------------------------------------------------------


def test_the_page_names_what_lacks_only_when_it_lacks_for_good(client_of):
    clerk = officer()
    browser = client_of(clerk)
    dispute = with_session(clerk)
    services.record_agreement(dispute=dispute, actor=clerk, is_written=False, terms="当场和解，各自让步")
    services.record_performance(dispute=dispute, actor=clerk)
    lacking = browser.get(dispute.get_absolute_url()).context["lacking"]
    assert {item.key for item in lacking} == {"rights", "identity"}
    services.tell_rights(dispute=dispute, actor=clerk)
    for party in dispute.parties.all():
        services.check_identity(party=party, actor=clerk)
    page = browser.get(dispute.get_absolute_url())
    assert page.context["lacking"] == []
    assert "归档前还缺" not in page.content.decode()


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


# -- who -------------------------------------------------------------------------------------------------------------


def test_a_mediator_draws_only_what_was_taken_on():
    clerk = officer()
    account = UserFactory(roles=["mediator"], unit=None)
    lead = mediator("金水根", user=account)
    dispute = consented(clerk, parties=PEOPLE)
    services.offer(dispute=dispute, actor=clerk, mediator=lead)
    filed = services.file_paper(dispute=dispute, actor=clerk, item="identity", upload=jpeg("身份证.jpg"))
    for refused in (
        lambda: services.draw(dispute=dispute, actor=account, item="rights"),
        lambda: services.draw_file(dispute=dispute, actor=account),
        lambda: services.read_paper(paper=filed, actor=account),
    ):
        with pytest.raises(NotAllowed):
            refused()
    services.accept_offer(dispute=dispute, actor=account, conflict_disclosed=True)
    assert services.draw(dispute=dispute, actor=account, item="rights")
    assert {row.actor_name for row in AccessEntry.objects.all()} == {account.name}
    with pytest.raises(NotAllowed):
        services.draw(dispute=dispute, actor=leader(), item="rights")


# -- pages -----------------------------------------------------------------------------------------------------------


def url(name, *args):
    return reverse(f"mediation:{name}", args=args)


def test_the_page_shows_thirteen_lines_with_their_state_and_no_name(client_of):
    clerk = officer()
    dispute, browser = closed(clerk, identified=False), client_of(clerk)
    services.file_paper(dispute=dispute, actor=clerk, item="evidence", title="围墙照片", upload=jpeg("a.jpg"))
    page = browser.get(dispute.get_absolute_url())
    words = page.content.decode()
    assert "王小明" not in words
    card = words.split('id="file"')[1].split("</ol>")[0]
    assert card.count("<li>") == 13
    drawable = {key for key in casefile.KEYS if url("draw", dispute.code, key) in card}
    assert drawable == {"application", "rights", "session", "agreement", "performance", "follow_up"}
    states = {line.item.key: (line.recorded, line.missing) for line, _forms in page.context["filed_lines"]}
    assert states["agreement"] == (True, False)
    assert states["identity"] == (False, True)
    assert [item.key for item in page.context["lacking"]] == ["identity"]
    assert "归档前还缺" in words
    assert "保管10 年" in words
    refused = browser.post(url("archive", dispute.code))
    assert refused.status_code == 409
    assert "身份证明" in refused.content.decode()
    dispute.refresh_from_db()
    assert dispute.archive_number is None


def test_the_way_of_the_file_by_the_page(client_of):
    clerk = officer()
    dispute, browser = closed(clerk, identified=False), client_of(clerk)
    sent = browser.get(url("draw", dispute.code, "agreement"))
    assert (sent.status_code, sent["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in sent["Cache-Control"]
    assert "attachment" in sent["Content-Disposition"]
    nothing = browser.get(url("draw", dispute.code, "identity"), follow=True)
    assert "尚无可生成该文书的记录" in nothing.content.decode()
    assert browser.get(url("draw", dispute.code, "no-such")).status_code == 404
    form = {"item": "identity", "title": "", "pages": "1", "upload": jpeg("身份证.jpg")}
    assert browser.post(url("paper", dispute.code), form).status_code == 302
    again = browser.post(url("paper", dispute.code), form | {"upload": jpeg("身份证.jpg")})
    assert again.status_code == 422
    assert "该文件已在卷宗中" in again.content.decode()
    paper = dispute.papers.get()
    assert browser.get(url("paper-file", dispute.code, paper.pk))["Content-Type"] == "image/jpeg"
    withdraw = url("paper-withdraw", dispute.code, paper.pk)
    assert browser.post(withdraw, {"reason": ""}).status_code == 422
    assert browser.post(withdraw, {"reason": "照片不清"}).status_code == 302
    assert browser.get(url("paper-file", dispute.code, paper.pk)).status_code == 404
    better = form | {"upload": jpeg("身份证.jpg", size=(640, 480))}
    assert browser.post(url("paper", dispute.code), better).status_code == 302
    assert browser.get(url("file", dispute.code))["Content-Type"] == "application/pdf"
    assert browser.post(url("archive", dispute.code)).status_code == 302
    waiting = browser.get(url("file", dispute.code), follow=True)
    assert "整卷正在生成" in waiting.content.decode()
    jobs.run_due()
    page = browser.get(dispute.get_absolute_url()).content.decode()
    assert CaseFile.objects.get().sha256 in page
    one, other = (browser.get(url("file", dispute.code)).content for _n in range(2))
    assert one == other
    assert uploads.sha256(one) == CaseFile.objects.get().sha256


def test_papers_out_of_sight_do_not_exist_and_who_only_reads_gets_none(client_of):
    clerk = officer()
    dispute = settled(clerk)
    paper = services.file_paper(dispute=dispute, actor=clerk, item="identity", upload=jpeg("身份证.jpg"))
    ways = (
        url("draw", dispute.code, "agreement"),
        url("file", dispute.code),
        url("paper-file", dispute.code, paper.pk),
    )
    for account, status in ((officer(), 404), (leader(), 403)):
        browser = client_of(account)
        assert [browser.get(way).status_code for way in ways] == [status] * 3
        answer = browser.post(url("paper-withdraw", dispute.code, paper.pk), {"reason": "传错了"})
        assert answer.status_code == status
    assert not AccessEntry.objects.exists()
    page = client_of(leader()).get(dispute.get_absolute_url()).content.decode()
    assert not any(way in page for way in ways)


def test_a_program_reads_the_state_of_the_file(client_of):
    clerk = officer()
    dispute = settled(clerk)
    path = reverse("api:mediation:dispute-papers", args=[dispute.code])
    rows = client_of(clerk).get(path).json()
    assert [row["number"] for row in rows] == list(range(1, 14))
    assert {row["key"] for row in rows if row["missing"]} == {"rights", "identity", "back_cover"}
    assert client_of(officer()).get(path).status_code == 404


def test_the_page_takes_as_many_statements_for_many_papers_as_for_one(client_of):
    clerk = officer()
    dispute, browser = settled(clerk), client_of(clerk)

    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(dispute.get_absolute_url()).status_code == 200
        return len(found)

    services.file_paper(dispute=dispute, actor=clerk, item="evidence", title="照片")
    statements()
    before = statements()
    for n in range(5):
        services.file_paper(dispute=dispute, actor=clerk, item="evidence", title=f"照片{n}")
    assert statements() == before
