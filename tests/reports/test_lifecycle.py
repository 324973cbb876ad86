"""From the month's end to the signed paper: who may do what, once and only once."""

import threading
from datetime import UTC, date, datetime

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from anji_police.accounts.models import UserRole
from anji_police.audit.models import AccessEntry, AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed, StaleError, TransitionError
from anji_police.jobs import services as jobs
from anji_police.jobs.models import Job
from anji_police.notifications.models import Notification
from anji_police.periods import SHANGHAI
from anji_police.reports import drawing, figures, numbers, services
from anji_police.reports.handlers import month_before
from anji_police.reports.models import DocumentNumber, Report, ReportRun, ReportVersion
from tests.factories import UnitFactory, UserFactory, officer
from tests.reports import ink
from tests.reports.conftest import count_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("figures_of_tests"), pytest.mark.smoke]


@pytest.fixture
def draft(clock, desk):
    """The measured and drawn draft of May 2024."""
    unit = UnitFactory()
    for day in range(1, 21):
        count_one(unit.code, datetime(2024, 5, day, 4, tzinfo=UTC), solved=day % 2 == 0)
    version = services.request_report(month="2024-05", actor=desk)
    jobs.run_due()
    version.refresh_from_db()
    return version


@pytest.fixture
def reviewed(draft, other_desk):
    return services.review(version=draft, actor=other_desk)


@pytest.fixture
def issued(reviewed, leader):
    version = services.sign_and_issue(version=reviewed, actor=leader)
    jobs.run_due()
    version.refresh_from_db()
    return version


def text_of(version) -> str:
    with version.pdf.open() as file:
        return ink.text(file.read())


def test_draft_has_frozen_figures_and_a_pdf_that_counts_them(draft):
    assert draft.figures["metrics"][0]["month"]["numerator"] == 20
    assert draft.figures_sha256 == figures.fingerprint(draft.figures)
    assert default_storage.exists(draft.pdf.name)
    assert draft.runs.get().state == "done"
    words = text_of(draft)
    assert "测试受理20件" in words
    assert draft.figures_sha256[:16] in words


def test_a_month_that_runs_is_refused(clock, desk):
    with pytest.raises(DomainError, match="2024-06"):
        services.request_report(month="2024-06", actor=desk)
    assert not Report.objects.exists()


@pytest.mark.parametrize("roles", [["officer"], ["station_chief"], ["leadership"], ["system_admin"]])
def test_only_the_duty_desk_asks_for_a_report(clock, roles):
    with pytest.raises(NotAllowed):
        services.request_report(month="2024-05", actor=UserFactory(roles=roles))


def test_asked_for_twice_and_closed_by_the_month_it_is_one_report_and_one_job(clock, desk, other_desk):
    first = services.request_report(month="2024-05", actor=desk)
    assert services.request_report(month="2024-05", actor=other_desk) == first
    assert services.close_month(month="2024-05") == first
    jobs.run_due()
    assert services.close_month(month="2024-05") == first
    assert (Report.objects.count(), ReportVersion.objects.count(), ReportRun.objects.count()) == (1, 1, 1)
    assert Job.objects.filter(kind="reports.draw").count() == 1


def test_figures_stay_as_they_were_frozen(draft):
    before = (draft.figures_sha256, draft.pdf_sha256)
    count_one(draft.figures["metrics"][0]["stations"][0]["unit"], datetime(2024, 5, 9, tzinfo=UTC))
    draft.runs.update(finished_at=None)
    finish = services.perform(run_id=draft.runs.get().pk, progress=lambda *a: None)
    with transaction.atomic():
        finish()
    draft.refresh_from_db()
    assert (draft.figures_sha256, draft.pdf_sha256) == before


def test_first_of_the_month_at_two_closes_the_month_before(clock):
    clock.move_to(datetime(2024, 6, 30, 17, 59, tzinfo=UTC))  # 1 July, 01:59
    jobs.tick()
    Job.objects.exclude(kind="reports.close_month").delete()
    jobs.run_due()
    assert [r.iso_month for r in Report.objects.all()] == ["2024-05"]  # the moment of 1 June, made up for
    clock.move_to(datetime(2024, 6, 30, 18, 0, tzinfo=UTC))  # 02:00
    for _ in range(3):
        jobs.tick()
    jobs.run_due()
    assert {r.iso_month for r in Report.objects.all()} == {"2024-05", "2024-06"}
    version = ReportVersion.objects.get(report__month=date(2024, 6, 1))
    assert version.requested_by is None
    assert version.status == "draft"


@pytest.mark.parametrize(
    ("period", "month"), [("2024-01-01T02:00", "2023-12"), ("2024-03-01T02:00", "2024-02")]
)
def test_month_before(period, month):
    assert month_before(period) == month


def test_review_then_another_person_signs(reviewed, leader):
    version = services.sign_and_issue(version=reviewed, actor=leader)
    assert (version.status, version.signed_by) == ("issued", leader)
    assert str(version.report.document) == "安公〔2024〕1号"
    assert not version.pdf  # the draft's PDF does not pass for the issued one
    jobs.run_due()
    version.refresh_from_db()
    words = text_of(version)
    assert "安公〔2024〕1号" in words
    assert "签发人：陈局长" in words
    assert "2024年6月10日" in words
    actions = set(AuditEntry.objects.about(version).values_list("action", flat=True))
    assert {
        "reports.version.requested",
        "reports.version.drawn",
        "reports.version.reviewed",
        "reports.version.issued",
    } <= actions


def test_who_reviewed_or_asked_cannot_sign(draft, desk, other_desk, leader):
    for person in (desk, other_desk):
        UserRole.objects.create(user=person, role="leadership", kind="police")
        person.__dict__.pop("roles", None), person.__dict__.pop("rights", None)
    version = services.review(version=draft, actor=other_desk)
    for person in (desk, other_desk):
        with pytest.raises(NotAllowed, match=r"sign|签发"):
            services.sign_and_issue(version=version, actor=person)
    assert not DocumentNumber.objects.exists()
    assert services.sign_and_issue(version=version, actor=leader).status == "issued"


def test_the_database_too_refuses_one_person_in_both_places(reviewed):
    with pytest.raises(IntegrityError, match="other_signer"), transaction.atomic():
        ReportVersion.objects.filter(pk=reviewed.pk).update(
            signed_by=reviewed.reviewed_by, issued_at=timezone.now(), status="issued"
        )


def test_without_the_right_nobody_signs_or_reviews(draft, other_desk):
    with pytest.raises(NotAllowed):
        services.review(version=draft, actor=officer())
    version = services.review(version=draft, actor=other_desk)
    with pytest.raises(NotAllowed):
        services.sign_and_issue(version=version, actor=officer())
    assert not DocumentNumber.objects.exists()


def test_a_draft_is_not_issued_without_review(draft, leader):
    with pytest.raises(TransitionError):
        services.sign_and_issue(version=draft, actor=leader)
    assert not DocumentNumber.objects.exists()


def test_a_draft_is_not_reviewed_before_it_is_drawn(clock, desk, other_desk):
    version = services.request_report(month="2024-05", actor=desk)
    with pytest.raises(InvalidInput):
        services.review(version=version, actor=other_desk)


def test_who_looked_at_an_older_state_is_told(draft, other_desk):
    with pytest.raises(StaleError):
        services.review(version=draft, actor=other_desk, seen=draft.version - 1)
    assert services.review(version=draft, actor=other_desk, seen=draft.version).status == "reviewed"


def test_sent_back_with_a_reason(reviewed, desk):
    with pytest.raises(InvalidInput):
        services.send_back(version=reviewed, actor=desk, reason=" ")
    version = services.send_back(version=reviewed, actor=desk, reason="缺少灵峰所数据")
    assert (version.status, version.reviewed_by) == ("draft", None)


def test_withdrawn_month_can_be_asked_for_again(draft, desk):
    services.withdraw(version=draft, actor=desk, reason="口径有误")
    again = services.request_report(month="2024-05", actor=desk)
    assert (again.number, again.status) == (2, "draft")
    jobs.run_due()
    again.refresh_from_db()
    assert again.paper["marking"] == ""  # nothing was issued before


def test_issued_cannot_be_withdrawn(issued, desk):
    with pytest.raises(TransitionError):
        services.withdraw(version=issued, actor=desk, reason="口径有误")


def test_restated_version_keeps_the_number_and_says_why(issued, desk, other_desk, leader):
    count_one(issued.figures["metrics"][0]["stations"][0]["unit"], datetime(2024, 5, 9, tzinfo=UTC))
    second = services.restate(version=issued, actor=desk, reason="补录5月9日一件")
    with pytest.raises(DomainError):
        services.restate(version=issued, actor=desk, reason="再更正一次")
    jobs.run_due()
    second = services.review(version=second, actor=other_desk)
    second = services.sign_and_issue(version=second, actor=leader)
    jobs.run_due()
    second.refresh_from_db()
    issued.refresh_from_db()
    assert (issued.status, second.status) == ("superseded", "issued")
    assert DocumentNumber.objects.count() == 1
    words = text_of(second)
    assert "安公〔2024〕1号" in words
    assert "（第2版）" in words
    assert "补录5月9日一件" in words
    assert second.figures["metrics"][0]["month"]["numerator"] == 21
    assert issued.figures["metrics"][0]["month"]["numerator"] == 20


@pytest.mark.parametrize("reason", ["", "  ", "错"])
def test_correction_needs_a_reason(issued, desk, reason):
    with pytest.raises(InvalidInput):
        services.restate(version=issued, actor=desk, reason=reason)


def test_numbers_count_up_within_a_year(clock, leader):
    reports = [Report.objects.create(month=date(2024, m, 1), edition="330523") for m in (3, 4, 5)]
    assert [str(numbers.allot(report=r, actor=leader)) for r in reports[:2]] == [
        "安公〔2024〕1号",
        "安公〔2024〕2号",
    ]
    assert str(numbers.allot(report=reports[0], actor=leader)) == "安公〔2024〕1号"
    clock.move_to(datetime(2024, 12, 31, 16, 0, tzinfo=UTC))  # new year in Anji
    assert str(numbers.allot(report=reports[2], actor=leader)) == "安公〔2025〕1号"


def test_a_number_is_neither_changed_nor_deleted(issued):
    for act in (
        lambda: DocumentNumber.objects.update(number=9),
        lambda: DocumentNumber.objects.all().delete(),
    ):
        with pytest.raises(Exception, match=r"permission denied|Cannot"), transaction.atomic():
            act()


def test_drawn_again_it_is_the_same_file(issued):
    assert services.verify_pdf(issued) == services.Proof(figures=True, stored=True, redrawn=True)
    assert drawing.draw(issued.paper) == issued.pdf.open().read()


def test_changed_figures_or_files_are_found(issued):
    issued.figures["metrics"][0]["month"]["numerator"] = 21
    assert services.verify_pdf(issued).figures is False
    issued.refresh_from_db()
    with open(issued.pdf.path, "ab") as file:
        file.write(b"%")
    proof = services.verify_pdf(issued)
    assert (proof.stored, proof.holds) == (False, False)
    with pytest.raises(DomainError):
        services.open_pdf(version=issued, actor=issued.signed_by, download=True)


def test_opening_the_pdf_is_written_down(issued, leader):
    content = services.open_pdf(version=issued, actor=leader, download=True)
    assert content.startswith(b"%PDF-1.7")
    entry = AccessEntry.objects.about(issued).get()
    assert (entry.kind, entry.actor_name) == ("download", "陈局长")


def test_the_pdf_is_pdf_a_and_holds_no_script(issued):
    with pikepdf.open(issued.pdf.open()) as pdf, pdf.open_metadata() as meta:
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert "/OpenAction" not in pdf.Root
        assert "/JavaScript" not in pdf.Root.get("/Names", {})


def test_people_are_told_once(other_desk, draft, desk):
    told = Notification.objects.filter(user__in=[desk, other_desk])
    assert told.count() == 2
    assert told.first().url == "/reports/2024-05/1/"


def test_an_error_is_visible_and_the_run_can_be_started_again(clock, desk, monkeypatch):
    version = services.request_report(month="2024-05", actor=desk)
    monkeypatch.setattr(
        drawing, "draw_with_facts", lambda paper: (_ for _ in ()).throw(drawing.DrawingError("字体缺失"))
    )
    run = version.runs.get()
    for _ in range(run.job.max_tries):
        Job.objects.filter(pk=run.job_id).update(due_at=timezone.now())
        jobs.run_due()
    run = ReportRun.objects.get(pk=run.pk)
    assert run.state == "dead"
    assert "字体缺失" in run.error
    version.refresh_from_db()
    assert version.figures is None  # nothing half made
    monkeypatch.undo()
    services.restart_run(run=run, actor=desk)
    jobs.run_due()
    assert ReportRun.objects.get(pk=run.pk).state == "done"


def test_a_run_that_goes_well_is_not_restarted(draft, desk):
    with pytest.raises(DomainError):
        services.restart_run(run=draft.runs.get(), actor=desk)


def test_a_killed_worker_leaves_nothing_and_the_next_one_finishes(clock, desk, monkeypatch):
    version = services.request_report(month="2024-05", actor=desk)

    class Killed(BaseException):
        pass

    real = drawing.draw_with_facts
    monkeypatch.setattr(drawing, "draw_with_facts", lambda paper: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        jobs.run_due()
    monkeypatch.setattr(drawing, "draw_with_facts", real)
    assert jobs.run_due() == 0  # the dead worker's lease still holds
    clock.shift(901)
    jobs.run_due()
    version.refresh_from_db()
    assert version.runs.get().state == "done"
    assert version.pdf_sha256


def test_preview_shows_only_the_month_that_runs(clock):
    actor = officer()
    assert services.preview(month="2024-06", actor=actor)["month"] == "2024-06"
    for month in ("2024-05", "2024-07"):
        with pytest.raises(DomainError):
            services.preview(month=month, actor=actor)
    assert not Report.objects.exists()


def test_officers_see_only_what_was_issued(draft, other_desk, leader):
    viewer = officer()
    assert not ReportVersion.objects.visible_to(viewer).exists()
    assert not Report.objects.visible_to(viewer).exists()
    assert ReportVersion.objects.visible_to(leader).get() == draft
    version = services.review(version=draft, actor=other_desk)
    services.sign_and_issue(version=version, actor=leader)
    assert ReportVersion.objects.visible_to(viewer).get() == draft
    assert not ReportRun.objects.visible_to(viewer).exists()


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_no_double_under_eight_threads(leader):
    months = [date(2020 + m // 12, m % 12 + 1, 1) for m in range(40)]
    reports = [Report.objects.create(month=month, edition="330523") for month in months]
    barrier, faults = threading.Barrier(8), []

    def work(mine):
        try:
            barrier.wait()
            for report in mine:
                with transaction.atomic():
                    numbers.allot(report=report, actor=leader)
                    if report.month.month == 6:
                        transaction.set_rollback(True)  # an issue that fails gives its number back
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(reports[i::8],)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    kept = len([m for m in months if m.month != 6])
    assert sorted(DocumentNumber.objects.values_list("number", flat=True)) == list(range(1, kept + 1))


@pytest.mark.django_db(transaction=True)
def test_eight_who_ask_at_once_get_one_report(clock, desk):
    barrier, found, faults = threading.Barrier(8), [], []

    def work():
        try:
            barrier.wait()
            found.append(services.request_report(month="2024-05", actor=desk).pk)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(set(found)) == 1
    assert Job.objects.filter(kind="reports.draw").count() == 1


def months_with_a_report() -> list[str]:
    return [report.iso_month for report in Report.objects.order_by("pk")]


def test_months_that_an_outage_swallowed_close_in_order(clock, desk):
    services.close_month(month="2024-01")
    services.request_report(month="2024-03", actor=desk)  # by hand, in the midst
    clock.move_to(datetime(2024, 6, 1, 2, 0, 30, tzinfo=SHANGHAI))
    jobs.tick()
    jobs.run_due()
    assert months_with_a_report() == ["2024-01", "2024-03", "2024-02", "2024-04", "2024-05"]
    before = ReportVersion.objects.count()
    services.close_months(until="2024-05")
    assert ReportVersion.objects.count() == before


def test_a_portal_s_first_month_end_closes_that_month_alone(clock, desk):
    services.request_report(month="2023-06", actor=desk)  # somebody tried it out
    services.close_months(until="2024-05")
    assert months_with_a_report() == ["2023-06", "2024-05"]


def test_a_withdrawn_month_is_not_a_missed_one(clock, desk):
    services.close_month(month="2024-03")
    april = services.close_month(month="2024-04")
    services.withdraw(version=april, actor=desk, reason="entered in error")
    services.close_months(until="2024-05")
    assert april.report.versions.count() == 1
