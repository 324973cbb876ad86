"""The file of a dispute: papers drawn from the record, scans as numbered pages, and nothing put away with an item missing."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from anji_police.audit.models import AccessEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.periods import today
from mediation import services
from mediation.models import CaseFile, Dispute, Party
from mediation.papers import facts
from mediation.services import PartySpec
from tests.factories import UserFactory, leader, officer
from tests.helpdesk.files import jpeg
from tests.mediation.factories import appointed, committee, consented, mediator, registered, with_session
from tests.reports.ink import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PEOPLE = [
    PartySpec(side=Party.Side.APPLICANT, name="王小明", phone="13812345678", id_number="330523199003071218"),
    PartySpec(side=Party.Side.RESPONDENT, name="李大山", phone="13987654321", id_number="341524198805052337"),
]


def settled(clerk, **facts_) -> Dispute:
    """Agreed in writing under an appointed mediator, with an instalment; both parties known by their numbers."""
    lead = appointed()
    dispute = with_session(clerk, lead, parties=PEOPLE, **facts_)
    services.record_agreement(
        dispute=dispute,
        actor=clerk,
        is_written=True,
        terms="李大山将围墙内移五十公分。\n王小明补偿工料费。",
        items=[("支付工料费", 3000, today() + timedelta(days=10))],
        signed_by=lead,
        committee=committee(),
    )
    dispute.refresh_from_db()
    return dispute


def words(pdf: bytes) -> str:
    return "".join(text(pdf).split())


def entry(dispute, key):
    return next(e for e in services.contents(dispute) if e.item.key == key)


def test_the_agreement_holds_what_the_law_asks_for():
    clerk = officer()
    dispute = settled(clerk)
    told = words(services.draw(dispute=dispute, actor=clerk, item="agreement"))
    for asked in (
        "人民调解协议书",
        dispute.code,
        "王小明",
        "330523199003071218",
        "双方因围墙位置多次争吵",
        "李大山将围墙内移五十公分",
        "支付工料费",
        "3,000.00元",
        facts.chinese_date(today() + timedelta(days=10)),
        "孝源街道人民调解委员会",
        "人民调解员（张守源）",
        "三十日内共同向人民法院申请司法确认",
    ):
        assert asked in told, asked


def test_each_paper_is_the_archival_format_and_written_down_before_it_leaves():
    clerk = officer()
    dispute = settled(clerk)
    for key in ("application", "notice", "identity", "record", "agreement"):
        before = AccessEntry.objects.count()
        pdf = services.draw(dispute=dispute, actor=clerk, item=key)
        assert b"<pdfaid:part>2</pdfaid:part>" in pdf
        assert AccessEntry.objects.count() == before + 2  # one of each party
    assert "Draws the paper: Agreement" in {e.reason for e in AccessEntry.objects.all()}


def test_who_was_not_appointed_on_the_day_of_the_session_stands_as_an_assistant():
    clerk = officer()
    appointed_one, guest = appointed(), mediator("吴老乡")
    dispute = with_session(clerk, appointed_one, parties=PEOPLE)
    services.offer(dispute=dispute, actor=clerk, mediator=guest, role="assists")
    asked = dispute.assignments.get(mediator=guest)
    services.accept_offer(dispute=dispute, actor=clerk, conflict_disclosed=True, assignment=asked)
    dispute.sessions.get().mediators.add(guest)
    told = words(services.draw(dispute=dispute, actor=clerk, item="record"))
    assert "人民调解员张守源" in told
    assert "协助调解人吴老乡" in told


def test_a_failed_mediation_gives_the_notice_with_its_reason_and_the_routes():
    clerk = officer()
    dispute = with_session(clerk, parties=PEOPLE)
    services.conclude_failed(dispute=dispute, actor=clerk, reason="双方分歧过大")
    dispute.refresh_from_db()
    told = words(services.draw(dispute=dispute, actor=clerk, item="statement"))
    assert "终止调解通知书" in told
    assert "双方分歧过大" in told
    assert "仲裁、行政、司法等途径" in told
    assert not entry(dispute, "agreement").is_compulsory


def test_nothing_on_record_nothing_drawn():
    clerk = officer()
    dispute = registered(clerk)
    for key in ("notice", "record", "agreement", "follow_up", "end", "no-such-item"):
        with pytest.raises(DomainError, match="nothing yet"):
            services.draw(dispute=dispute, actor=clerk, item=key)
    assert not AccessEntry.objects.exists()


def test_the_whole_file_has_cover_catalogue_and_the_pages_that_the_catalogue_says():
    clerk = officer()
    dispute = settled(clerk)
    services.attach_paper(
        dispute=dispute, actor=clerk, item="evidence", title="围墙照片", upload=jpeg("墙.jpg")
    )
    pdf = services.draw_case_file(dispute=dispute, actor=clerk)
    with pikepdf.open(io.BytesIO(pdf)) as found:
        count = len(found.pages)
        assert sum(len(page.images) for page in found.pages) == 1
    told = words(pdf)
    assert "人民调解卷宗" in told
    assert "卷内目录" in told
    assert f"共{count - 2}页" in told  # cover and catalogue are not counted
    # application, notice, identity, evidence, record, agreement, back cover: thirteen lines, six of them without pages
    assert told.count("—") >= 6
    assert "保管期限10年" in told


def test_a_pdf_scan_becomes_as_many_pages_as_it_has():
    clerk = officer()
    dispute = settled(clerk)
    with pikepdf.new() as blank:
        for _n in range(3):
            blank.add_blank_page(page_size=(595, 842))
        out = io.BytesIO()
        blank.save(out)
    scan = SimpleUploadedFile("授权.pdf", out.getvalue(), "application/pdf")
    before = services.draw_case_file(dispute=dispute, actor=clerk)
    paper = services.attach_paper(dispute=dispute, actor=clerk, item="authority", title="", upload=scan)
    assert paper.pages == 3
    after = services.draw_case_file(dispute=dispute, actor=clerk)
    with pikepdf.open(io.BytesIO(before)) as one, pikepdf.open(io.BytesIO(after)) as other:
        assert len(other.pages) == len(one.pages) + 3


def test_a_scan_once_and_withdrawn_with_a_reason():
    clerk = officer()
    dispute = settled(clerk)
    add = {"dispute": dispute, "actor": clerk, "item": "evidence", "title": "照片"}
    paper = services.attach_paper(**add, upload=jpeg("a.jpg"))
    with pytest.raises(InvalidInput) as refused:
        services.attach_paper(**add, upload=jpeg("a.jpg"))
    assert refused.value.fields == {"files": ["This file is there already."]}
    with pytest.raises(InvalidInput):
        services.withdraw_paper(paper=paper, actor=clerk, reason=" ")
    services.withdraw_paper(paper=paper, actor=clerk, reason="传错了")
    with pytest.raises(DomainError, match="already"):
        services.withdraw_paper(paper=paper, actor=clerk, reason="传错了")
    assert entry(dispute, "evidence").scans == []
    services.attach_paper(**add, upload=jpeg("a.jpg"))


def test_what_is_missing_is_named_and_keeps_the_file_open():
    clerk = officer()
    dispute = with_session(clerk)  # without identity numbers
    services.record_agreement(dispute=dispute, actor=clerk, is_written=False, terms="当场和解履行")
    dispute.refresh_from_db()
    assert [item.key for item in services.missing(dispute)] == ["identity"]
    with pytest.raises(DomainError, match="Proof of identity"):
        services.put_away(dispute=dispute, actor=clerk)
    services.attach_paper(
        dispute=dispute, actor=clerk, item="identity", title="身份证复印件", upload=jpeg("id.jpg")
    )
    assert services.missing(dispute) == []


def test_before_consent_was_asked_the_notice_is_missing():
    assert [item.key for item in services.missing(registered(officer()))] == ["notice", "identity"]
    assert [item.key for item in services.missing(consented(officer(), parties=PEOPLE))] == []


def test_the_file_put_away_is_kept_as_it_was():
    clerk = officer()
    dispute = settled(clerk)
    file = services.put_away(dispute=dispute, actor=clerk)
    content = services.read_case_file(file=file, actor=clerk)
    assert content.startswith(b"%PDF")
    assert (file.keep_until.year, file.keep_until.month) == (today().year + 10, today().month)
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseFile.objects.filter(pk=file.pk).update(sha256="")
    from anji_police import uploads

    uploads.stored(file.path).write_bytes(content + b"x")
    with pytest.raises(RuntimeError, match="changed on the disk"):
        services.read_case_file(file=file, actor=clerk)


def test_a_mediator_draws_only_what_was_taken_on():
    clerk = officer()
    account = UserFactory(roles=["mediator"], unit=None)
    lead = mediator("金水根", user=account)
    dispute = consented(clerk, parties=PEOPLE)
    services.offer(dispute=dispute, actor=clerk, mediator=lead)
    with pytest.raises(NotAllowed):
        services.draw(dispute=dispute, actor=account, item="notice")
    services.accept_offer(dispute=dispute, actor=account, conflict_disclosed=True)
    assert services.draw(dispute=dispute, actor=account, item="notice")
    assert {e.actor_name for e in AccessEntry.objects.all()} == {account.name}


def test_the_page_shows_no_name_and_sends_the_paper_to_who_may_have_it(client_of):
    clerk = officer()
    dispute = settled(clerk)
    browser = client_of(clerk)
    page = browser.get(reverse("mediation:file", args=[dispute.code])).content.decode()
    assert "王小明" not in page
    assert page.count("<li>") >= 13
    sent = browser.post(reverse("mediation:file-draw", args=[dispute.code, "agreement"]))
    assert (sent.status_code, sent["Content-Type"]) == (200, "application/pdf")
    assert sent["Cache-Control"] == "no-store"
    assert (
        client_of(officer())
        .post(reverse("mediation:file-draw", args=[dispute.code, "agreement"]))
        .status_code
        == 404
    )
    assert (
        client_of(leader()).post(reverse("mediation:file-draw", args=[dispute.code, "agreement"])).status_code
        == 403
    )
    added = browser.post(
        reverse("mediation:file-add", args=[dispute.code]),
        {"item": "evidence", "title": "照片", "files": jpeg("a.jpg")},
    )
    assert added.status_code == 302
    paper = dispute.papers.get()
    opened = browser.post(reverse("mediation:file-scan", args=[dispute.code, paper.uid]))
    assert (opened.status_code, opened["Content-Type"]) == (200, "image/jpeg")
    refused = browser.post(reverse("mediation:file-add", args=[dispute.code]), {"item": "evidence"})
    assert refused.status_code == 422
