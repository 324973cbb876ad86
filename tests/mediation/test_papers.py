"""One paper of a dispute: drawn from its records, filed as a scan, and only for who may have it."""

import io
import re
from datetime import timedelta

import pikepdf
import pytest
from django.utils import timezone, translation

from anji_police.audit.models import AccessEntry, AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.periods import today
from mediation import casefile, services
from mediation.models import Dispute
from mediation.papers import facts
from mediation.services import drawing
from tests.factories import UserFactory, leader, officer
from tests.helpdesk.files import jpeg, pdf
from tests.mediation.factories import (
    again,
    appointed,
    checked,
    consented,
    mediating,
    mediator,
    registered,
    reopened,
    with_session,
)
from tests.mediation.filed import PEOPLE, closed, line, settled, shown
from tests.reports import ink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


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
    for stranger in (leader(), officer()):  # without the right, and of another station
        for refused in (
            lambda who: services.draw(dispute=dispute, actor=who, item="rights"),
            lambda who: services.draw_file(dispute=dispute, actor=who),
            lambda who: services.read_paper(paper=filed, actor=who),
        ):
            with pytest.raises(NotAllowed):
                refused(stranger)
    assert {row.actor_name for row in AccessEntry.objects.all()} == {account.name}
