"""Pages and API of the reports: who sees what, and that each number leads to its rows."""

import io
import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from anji_police import metrics
from anji_police.accounts.roles import Role
from anji_police.audit.models import AccessEntry
from anji_police.jobs import services as jobs
from anji_police.metrics import Metric
from anji_police.reports import services
from anji_police.reports.models import ReportRun, ReportVersion
from tests.factories import UnitFactory, UserFactory, bureau, officer
from tests.reports.conftest import count_one, counted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("figures_of_tests")]
DETAIL = "/reports/2024-05/1/"


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.DEMO_WITHOUT_SECOND_FACTOR = True


def enter(client, person):
    person.is_demo = True
    person.save(update_fields=["is_demo"])
    client.force_login(person)
    return client


@pytest.fixture
def draft(clock, desk):
    unit = UnitFactory()
    for day in range(1, 21):
        count_one(unit.code, datetime(2024, 5, day, 4, tzinfo=UTC), solved=day % 2 == 0)
    version = services.request_report(month="2024-05", actor=desk)
    jobs.run_due()
    version.refresh_from_db()
    return version


@pytest.fixture
def issued(draft, other_desk, leader):
    version = services.sign_and_issue(version=services.review(version=draft, actor=other_desk), actor=leader)
    jobs.run_due()
    version.refresh_from_db()
    return version


def test_whole_way_by_pages(client, clock, desk, other_desk, leader):
    enter(client, desk)
    answer = client.post(reverse("reports:report-request"), {"month": "2024-05"})
    run = ReportRun.objects.get()
    assert answer.url == reverse("reports:run-detail", args=[run.pk])
    moving = client.get(answer.url, HTTP_HX_REQUEST="true").content.decode()
    assert 'hx-trigger="every 2s"' in moving
    assert "<html" not in moving
    jobs.run_due()
    assert "hx-trigger" not in client.get(answer.url, HTTP_HX_REQUEST="true").content.decode()
    enter(client, other_desk)
    page = client.get(DETAIL).content.decode()
    assert f"{DETAIL}review/" in page
    assert f"{DETAIL}issue/" not in page
    seen = ReportVersion.objects.get().version
    assert client.post(f"{DETAIL}review/", {"seen": seen}).status_code == 302
    enter(client, leader)
    assert f"{DETAIL}issue/" in client.get(DETAIL).content.decode()
    assert client.post(f"{DETAIL}issue/", {"seen": seen + 1}).status_code == 302
    jobs.run_due()
    pdf = client.get(f"{DETAIL}pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert AccessEntry.objects.filter(kind="open", actor_name="陈局长").count() == 1
    assert client.get("/reports/").content.decode().count("安公〔2024〕1号") == 1


@pytest.mark.parametrize("role", [Role.OFFICER, Role.STATION_CHIEF])
def test_officers_find_an_issued_report_but_never_a_draft(client, draft, other_desk, leader, role):
    enter(client, UserFactory(roles=[role]))
    for url in (DETAIL, f"{DETAIL}pdf/"):
        assert client.get(url).status_code == 404
    assert DETAIL not in client.get("/reports/").content.decode()
    services.sign_and_issue(version=services.review(version=draft, actor=other_desk), actor=leader)
    jobs.run_due()
    assert client.get(DETAIL).status_code == 200
    assert client.get(f"{DETAIL}pdf/?download=1")["Content-Disposition"].startswith("attachment")
    assert client.get("/reports/runs/").status_code == 403
    assert client.post(f"{DETAIL}restate/", {"seen": 1, "reason": "补录一件"}).status_code == 403


@pytest.mark.parametrize("role", [Role.MEDIATOR, Role.VOLUNTEER, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN])
def test_others_have_no_reports_at_all(client, issued, role):
    enter(client, UserFactory(roles=[role]))
    for url in (
        "/reports/",
        DETAIL,
        f"{DETAIL}pdf/",
        "/reports/preview/",
        "/reports/definitions/",
        "/reports/runs/",
    ):
        assert client.get(url).status_code == 403, url


def test_anonymous_is_sent_to_sign_in(client, issued):
    for url in ("/reports/", DETAIL, f"{DETAIL}pdf/", "/reports/preview/"):
        answer = client.get(url)
        assert answer.status_code == 302
        assert "login" in answer.url


def test_who_reviewed_is_refused_by_the_page_too(client, draft, other_desk):
    enter(client, other_desk)
    services.review(version=draft, actor=other_desk)
    assert client.post(f"{DETAIL}issue/", {"seen": draft.version + 1}).status_code == 403


def test_a_decision_on_an_older_state_is_a_conflict(client, draft, other_desk):
    enter(client, other_desk)
    assert client.post(f"{DETAIL}review/", {"seen": 1}).status_code == 409
    assert ReportVersion.objects.get().status == "draft"


def test_unknown_decisions_months_and_versions_are_not_found(client, draft, desk):
    enter(client, desk)
    assert client.post(f"{DETAIL}burn/", {"seen": 1}).status_code == 404
    for url in ("/reports/2024-04/1/", "/reports/2024-05/9/", "/reports/2024-13/1/"):
        assert client.get(url).status_code == 404


def test_page_shows_the_figures_of_the_pdf_and_leads_to_their_rows(client, clock, desk, monkeypatch):
    own = Metric("mediation.counted", "测试受理", "件", counted, "count", "reports:report-list", "up", "")
    monkeypatch.setattr(metrics, "_registry", {own.key: own})
    unit = UnitFactory()
    for day in range(1, 21):
        count_one(unit.code, datetime(2024, 5, day, tzinfo=UTC))
    services.request_report(month="2024-05", actor=desk)
    jobs.run_due()
    page = enter(client, desk).get(DETAIL).content.decode()
    assert "测试受理20件，环比增加20件（上月0件）" in page
    assert 'href="/reports/?view=all&amp;month=2024-05">20件' in page
    assert unit.short_name in page
    english = client.get(DETAIL, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "up by 20" in english


def test_preview_is_marked_and_counts_only_units_in_sight(client, clock):
    mine, other = UnitFactory(), UnitFactory()
    for unit, number in ((mine, 3), (other, 5)):
        for day in range(1, number + 1):
            count_one(unit.code, datetime(2024, 6, day, tzinfo=UTC))
    page = enter(client, officer(unit=mine)).get("/reports/preview/").content.decode()
    assert "测试受理3件" in page
    assert "2024-06-10 09:00" in page


def test_check_tells_that_all_is_unchanged(client, issued, leader):
    answer = enter(client, leader).post(f"{DETAIL}verify/", follow=True)
    assert answer.context["messages"]._loaded_data[0].level_tag in {"ok", "success"}


def test_list_takes_the_same_number_of_statements_for_many_versions(
    client, clock, desk, django_assert_max_num_queries
):
    for month in ("2023-10", "2023-11", "2023-12", "2024-01", "2024-02"):
        services.close_month(month=month)
    enter(client, desk).get("/reports/")
    with django_assert_max_num_queries(22):
        client.get("/reports/")


def test_api_lists_and_gives_figures_and_pdf(client, issued):
    enter(client, officer())
    found = client.get("/api/v1/reports/").json()["results"]
    assert [(r["month"], r["status"], r["document"]) for r in found] == [
        ("2024-05", "issued", "安公〔2024〕1号")
    ]
    one = client.get(f"/api/v1/reports/{issued.pk}/").json()
    assert one["figures"]["metrics"][0]["month"]["numerator"] == 20
    pdf = client.get(f"/api/v1/reports/{issued.pk}/pdf/", HTTP_ACCEPT="application/pdf")
    assert io.BytesIO(pdf.content).read(4) == b"%PDF"
    assert AccessEntry.objects.filter(kind="download").count() == 1


def test_api_hides_drafts_from_officers(client, draft):
    enter(client, officer())
    assert client.get("/api/v1/reports/").json()["results"] == []
    assert client.get(f"/api/v1/reports/{draft.pk}/").status_code == 404
    refused = client.get(f"/api/v1/reports/{draft.pk}/pdf/", HTTP_ACCEPT="application/pdf")
    assert (refused.status_code, refused.json()["status"]) == (404, 404)


def test_what_waits_is_in_my_work(client, draft, other_desk, leader):
    from anji_police import queues

    assert [item.code for _queue, item in queues.items(other_desk, key="reports.review")] == ["2024-05"]
    services.review(version=draft, actor=other_desk)
    assert queues.items(other_desk, key="reports.review") == []
    assert [item.url for _queue, item in queues.items(leader, key="reports.sign")] == [DETAIL]
    both = UserFactory(roles=[Role.DUTY_DESK, Role.LEADERSHIP], unit=bureau())
    assert len(queues.items(both, key="reports.sign")) == 1


def test_ids_of_the_page_are_its_own(client, issued, leader):
    page = enter(client, leader).get(DETAIL).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
