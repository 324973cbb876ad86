"""The papers of a dispute by its page and by program."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anji_police import uploads
from anji_police.audit.models import AccessEntry
from anji_police.jobs import services as jobs
from mediation import casefile, services
from mediation.models import CaseFile
from tests.factories import leader, officer
from tests.helpdesk.files import jpeg
from tests.mediation.factories import with_session
from tests.mediation.filed import closed, settled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


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
