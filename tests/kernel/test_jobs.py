"""Accepted work is done once, whoever dies."""

import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from anji_police.audit.models import AuditEntry
from anji_police.jobs import registry, services
from anji_police.jobs.models import Job
from anji_police.periods import SHANGHAI
from anji_police.places.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(monkeypatch):
    """A job kind whose effect is one unit named after the job's key."""
    state = {"fail": 0, "runs": 0}

    def run(job):
        state["runs"] += 1
        Unit.objects.create(code=job.key, name=job.key, short_name="x", kind="station", path=f"/{job.pk}/")
        if state["fail"]:
            state["fail"] -= 1
            raise ValueError("gateway down")

    monkeypatch.setitem(registry._handlers, "test.unit", registry.Handler("test.unit", run, False, 60))
    return state


def test_the_same_key_is_one_job(kind):
    first = services.enqueue("test.unit", key="a")
    assert services.enqueue("test.unit", key="a").pk == first.pk
    assert services.run_due() == 1
    services.run(first.pk)
    assert kind["runs"] == 1
    assert Unit.objects.filter(code="a").count() == 1


def test_an_unknown_kind_is_refused_when_asked_for():
    with pytest.raises(ValueError, match=r"nobody handles"):
        services.enqueue("test.nobody", key="a")


def test_a_failed_run_leaves_no_effect_and_comes_back_later(kind):
    kind["fail"] = 1
    job = services.enqueue("test.unit", key="a")
    services.run_due()
    job.refresh_from_db()
    assert not Unit.objects.exists()
    assert (job.tries, job.state) == (1, "retrying")
    assert "gateway down" in job.error
    assert services.run_due() == 0
    Job.objects.update(due_at=timezone.now())
    services.run_due()
    assert Unit.objects.count() == 1


def test_after_the_last_try_a_job_is_dead_and_a_person_can_revive_it(kind):
    kind["fail"] = 2
    job = services.enqueue("test.unit", key="a", max_tries=1)
    services.run_due()
    job.refresh_from_db()
    assert job.state == "dead"
    kind["fail"] = 0
    services.retry(job=job, actor=None)
    services.run_due()
    job.refresh_from_db()
    assert job.state == "done"
    assert AuditEntry.objects.filter(action="jobs.job.retried").count() == 1


def test_a_job_lost_with_the_broker_is_handed_out_again(kind):
    job = services.enqueue("test.unit", key="a")
    assert services.claim_due() == [job.pk]
    assert services.claim_due() == []
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert services.claim_due() == [job.pk]


def test_a_long_job_reports_progress_stops_on_request_and_ends_in_its_final_transaction(monkeypatch):
    seen = []

    def run(job, progress):
        for n in range(1, 4):
            if n == 3 and job.key == "stopped":
                services.request_cancel(job=job, actor=None)
            progress(n, 3, f"第{n}步")
            seen.append(n)
        return lambda: Unit.objects.create(
            code=job.key, name="x", short_name="x", kind="station", path=f"/{job.pk}/"
        )

    monkeypatch.setitem(registry._handlers, "test.long", registry.Handler("test.long", run, True, 60))
    whole, stopped = services.enqueue("test.long", key="whole"), services.enqueue("test.long", key="stopped")
    services.run_due()
    whole.refresh_from_db()
    stopped.refresh_from_db()
    assert (whole.state, whole.progress_done, whole.progress_note) == ("done", 3, "第3步")
    assert stopped.state == "dead"
    assert list(Unit.objects.values_list("code", flat=True)) == ["whole"]


def test_a_worker_that_lost_its_lease_has_no_effect(monkeypatch):
    def run(job, progress):
        Job.objects.update(lease=None)  # the sweep gave it to somebody else meanwhile
        return lambda: Unit.objects.create(code="x", name="x", short_name="x", kind="station", path="/1/")

    monkeypatch.setitem(registry._handlers, "test.long", registry.Handler("test.long", run, True, 60))
    job = services.enqueue("test.long", key="a")
    services.run_due()
    job.refresh_from_db()
    assert job.done_at is None
    assert not Unit.objects.exists()


@pytest.mark.parametrize(
    ("every", "at", "now", "due"),
    [
        ("month", "01T02:00", "2026-02-01T02:00", "2026-02-01T02:00"),
        ("month", "01T02:00", "2026-02-01T01:59", "2026-01-01T02:00"),
        ("month", "31T02:00", "2026-03-01T00:00", "2026-02-28T02:00"),
        ("month", "01T02:00", "2026-01-01T01:00", "2025-12-01T02:00"),
        ("day", "03:10", "2026-01-01T03:09", "2025-12-31T03:10"),
        ("hour", "15", "2026-01-01T00:14", "2025-12-31T23:15"),
        ("minute", "", "2026-01-01T00:14", "2026-01-01T00:14"),
    ],
)
def test_the_latest_due_moment_is_told_in_shanghai_time(every, at, now, due):
    job = registry.Periodic("x", every, at, lambda period: None)
    moment = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    assert job.latest_due(moment).strftime("%Y-%m-%dT%H:%M") == due


def test_two_beats_or_a_late_one_make_one_job_for_a_month(monkeypatch):
    runs = []
    monkeypatch.setattr(registry, "_periodics", {})
    monkeypatch.setattr(registry, "_handlers", {})
    registry.periodic("test.close", every="month", at="01T02:00")(runs.append)
    for day in (1, 1, 4):
        services.tick(datetime(2026, 2, day, 2, 0, tzinfo=SHANGHAI))
    services.run_due()
    assert runs == ["2026-02-01T02:00"]


def test_a_job_is_kept_only_when_its_business_transaction_is(kind):
    with pytest.raises(RuntimeError), transaction.atomic():
        services.enqueue("test.unit", key="a")
        raise RuntimeError
    assert not Job.objects.exists()


def test_the_row_of_a_month_of_31_days_stays_until_the_month_is_over(monkeypatch):
    """The month's work would be done twice if its row went on the 31st."""
    ran = []
    monkeypatch.setattr(registry, "_periodics", {})
    monkeypatch.setattr(registry, "_handlers", {})
    registry.periodic("test.month", every="month", at="01T02:00")(ran.append)
    for day, hour in ((1, 3), (31, 4), (31, 5)):
        with time_machine.travel(datetime(2026, 10, day, hour, tzinfo=SHANGHAI)):
            services.tick()
            services.run_due()
            services.purge_done()
    assert ran == ["2026-10-01T02:00"]


def test_a_worker_that_lost_its_job_takes_it_from_nobody_when_it_fails(monkeypatch):
    """The lease ran out and another worker has the job; what the first one meets then is not the job's failure."""
    other = uuid.uuid4()

    def run(job, progress):
        Job.objects.filter(pk=job.pk).update(lease=other, lease_until=timezone.now() + timedelta(minutes=5))
        raise ConnectionError("too late")

    monkeypatch.setitem(registry._handlers, "test.long", registry.Handler("test.long", run, True, 60))
    job = services.enqueue("test.long", key="a")
    services.run(job.pk)
    job.refresh_from_db()
    assert (job.lease, job.tries, job.state) == (other, 0, "running")


def test_the_error_of_a_job_shows_no_values_of_a_refused_row(monkeypatch):
    def run(job):
        Unit.objects.create(code="x", name="王小明 13812345678", short_name="x", kind="station", path="bad")

    monkeypatch.setitem(registry._handlers, "test.bad", registry.Handler("test.bad", run, False, 60))
    job = services.enqueue("test.bad", key="a")
    services.run(job.pk)
    job.refresh_from_db()
    assert "unit_path_form" in job.error
    assert "王小明" not in job.error
    assert "5678" not in job.error
