"""Many at once: a limit lets exactly its number through, a job has one relay, a missed clock is told once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from anji_police import limits
from anji_police.errors import TooMany
from anji_police.jobs import registry as job_registry
from anji_police.jobs import services as jobs
from anji_police.places.models import Unit
from anji_police.workflow import registry as clock_registry
from anji_police.workflow import services as workflow
from anji_police.workflow.models import Deadline
from tests.factories import bureau

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, act) -> list:
    """What `act(number)` gives in `count` threads that start together, each with a connection of its own."""
    gate = threading.Barrier(count)

    def one(number: int):
        try:
            gate.wait(timeout=20)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_of_sixty_hits_at_once_exactly_the_limit_passes(monkeypatch):
    start = limits._window(3600)
    monkeypatch.setattr(limits, "_window", lambda seconds: start)  # the hour must not turn in the midst

    def knock(_number) -> list[bool]:
        passed = []
        for _ in range(3):
            try:
                limits.allow("races", limit=17, seconds=3600)
            except TooMany as refused:
                passed.append(not 0 < refused.retry_after <= 3600)
            else:
                passed.append(True)
        return passed

    answers = [answer for found in at_once(20, knock) for answer in found]
    assert len(answers) == 60
    assert answers.count(True) == 17
    assert limits.peek("races", seconds=3600) == 60


def test_every_hit_at_once_gets_a_number_of_its_own(monkeypatch):
    start = limits._window(60)
    monkeypatch.setattr(limits, "_window", lambda seconds: start)
    assert sorted(at_once(20, lambda _n: limits.hit("numbers", seconds=60))) == list(range(1, 21))


def test_relays_at_once_claim_disjoint_jobs_and_leave_none(monkeypatch):
    monkeypatch.setitem(
        job_registry._handlers, "test.none", job_registry.Handler("test.none", lambda job: None, False, 60)
    )
    wanted = {jobs.enqueue("test.none", key=f"race-{n}").pk for n in range(120)}

    def relay(_number) -> list[int]:
        claimed: list[int] = []
        while batch := jobs.claim_due(limit=7):
            claimed += batch
        return claimed

    found = at_once(4, relay)
    together = [key for keys in found for key in keys]
    assert len(together) == len(set(together)), "a job was handed out twice"
    # Who came while another held the last rows went home early: one more round takes what is left.
    assert set(together) | set(jobs.claim_due(limit=200)) == wanted


def test_workers_at_once_do_one_job_once(monkeypatch):
    def make(job):
        Unit.objects.create(code="race", name="x", short_name="x", kind="station", path=f"/{job.pk}/")

    monkeypatch.setitem(
        job_registry._handlers, "test.make", job_registry.Handler("test.make", make, False, 60)
    )
    job = jobs.enqueue("test.make", key="once")
    at_once(6, lambda _n: jobs.run(job.pk))
    job.refresh_from_db()
    assert (job.state, job.tries, Unit.objects.filter(code="race").count()) == ("done", 0, 1)


def test_sweeps_at_once_escalate_each_missed_clock_once(monkeypatch):
    told, lock = [], threading.Lock()

    def tell(deadline) -> None:
        with lock:
            told.append(deadline.pk)

    monkeypatch.setitem(clock_registry._escalations, "test.late", tell)
    unit, now = bureau(), timezone.now()
    missed = Deadline.objects.bulk_create(
        Deadline(
            subject_type="places.unit",
            subject_id=unit.pk + n,
            kind="test.late",
            rule_code="test",
            started_at=now - timedelta(days=2),
            due_at=now - timedelta(days=1),
        )
        for n in range(40)
    )
    counts = at_once(4, lambda _n: workflow.escalate_missed())
    # A sweep that found the last ones held by another ends; the next minute's sweep would look again.
    counts.append(workflow.escalate_missed())
    assert sorted(told) == sorted(deadline.pk for deadline in missed)
    assert sum(counts) == 40
    assert not Deadline.objects.filter(escalated_at=None).exists()
    assert workflow.escalate_missed() == 0


def test_an_escalation_that_fails_is_tried_again_and_harms_no_other(monkeypatch):
    unit, now, told = bureau(), timezone.now(), []

    def tell(deadline) -> None:
        if deadline.subject_id == unit.pk and not told.count("failed"):
            told.append("failed")
            raise ValueError("gateway down")
        told.append(deadline.subject_id)

    monkeypatch.setitem(clock_registry._escalations, "test.late", tell)
    for n in range(3):
        Deadline.objects.create(
            subject_type="places.unit",
            subject_id=unit.pk + n,
            kind="test.late",
            rule_code="test",
            started_at=now - timedelta(days=2),
            due_at=now - timedelta(days=1),
        )
    assert workflow.escalate_missed() == 2
    assert Deadline.objects.get(escalated_at=None).subject_id == unit.pk
    assert workflow.escalate_missed() == 1
    assert sorted(t for t in told if t != "failed") == [unit.pk, unit.pk + 1, unit.pk + 2]
