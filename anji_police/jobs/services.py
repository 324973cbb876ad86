"""Asking for background work, handing it out, doing it, and finding again what got lost on the way."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.audit import services as audit
from anji_police.errors import DomainError
from anji_police.jobs.models import Job
from anji_police.jobs.registry import Handler, handler_of, periodics
from anji_police.logs import masked

log = structlog.get_logger(__name__)
SENT_LEASE = timedelta(
    seconds=60
)  # handed to the broker: if no worker takes it by then, it is handed out again
_BACKOFF_CAP = 3600  # seconds


class Cancelled(Exception):
    """The person who asked for a long job asked for it to stop."""


class LeaseLost(Exception):
    """Another worker has taken the job over; this one's result is thrown away."""


def enqueue(
    kind: str, *, key: str, payload: dict | None = None, due_at=None, owner=None, max_tries: int = 8
) -> Job:
    """Ask for work inside the current transaction. The same `key` twice is one job; the first one is returned.

    `payload` holds keys and ISO strings, never personal data. Raises ValueError for a kind that nobody handles.
    """
    if handler_of(kind) is None:
        raise ValueError(f"nobody handles job kind {kind}")
    job = Job(
        kind=kind,
        key=key,
        payload=payload or {},
        due_at=due_at or timezone.now(),
        owner=owner,
        max_tries=max_tries,
    )
    Job.objects.bulk_create([job], ignore_conflicts=True)
    return Job.objects.get(key=key)


def claim_due(limit: int = 100) -> list[int]:
    """Mark due jobs as handed out and return their numbers; two relays never get the same one (SKIP LOCKED)."""
    now = timezone.now()
    with transaction.atomic():
        ids = list(
            Job.objects.due(now)
            .order_by("due_at")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limit]
        )
        Job.objects.filter(pk__in=ids).update(sent_at=now, lease_until=now + SENT_LEASE, lease=None)
    return ids


def give_back(ids: list[int]) -> None:
    """Undo claim_due() for jobs that the broker did not take."""
    Job.objects.filter(pk__in=ids, lease=None).update(lease_until=None)


def run(job_id: int) -> None:
    """Do one job. Running it again, or at the same time in another worker, changes nothing."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None or job.done_at or job.dead_at:
        return
    worker = handler_of(job.kind)
    if worker is None:
        _failed(job, RuntimeError(f"nobody handles job kind {job.kind}"))
        return
    try:
        with audit.acting(reason=f"job {job.pk} {job.kind}"):
            (_run_long if worker.long else _run_short)(job, worker)
    except LeaseLost:
        log.info("job_taken_over", job=job_id)
    except Cancelled:
        _finish_cancelled(job)
    except Exception as error:
        log.exception("job_failed", job=job_id, kind=job.kind)
        _failed(job, error)


def _run_short(job: Job, worker: Handler) -> None:
    with transaction.atomic():
        held = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(pk=job.pk, done_at=None, dead_at=None)
            .first()
        )
        if held is None:
            return
        if held.cancel_requested_at:
            raise Cancelled
        worker.run(held)
        _mark_done(held)


def _run_long(job: Job, worker: Handler) -> None:
    lease = uuid.uuid4()
    now = timezone.now()
    length = timedelta(seconds=worker.lease_seconds)
    with transaction.atomic():
        held = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(pk=job.pk, done_at=None, dead_at=None)
            .first()
        )
        if held is None or (held.lease and held.lease_until and held.lease_until > now):
            return
        held.lease, held.lease_until = lease, now + length
        held.save(update_fields=["lease", "lease_until"])
    job.lease = lease  # what went wrong is written down only while the job is still ours

    def progress(done: int, total: int, note: str = "") -> None:
        kept = Job.objects.filter(pk=job.pk, lease=lease, done_at=None).update(
            progress_done=done,
            progress_total=total,
            progress_note=note[:200],
            lease_until=timezone.now() + length,
        )
        if not kept:
            raise LeaseLost
        if Job.objects.filter(pk=job.pk, cancel_requested_at__isnull=False).exists():
            raise Cancelled

    progress(0, 0)
    finish: Callable | None = worker.run(held, progress)
    with transaction.atomic():
        held = Job.objects.select_for_update().get(pk=job.pk)
        if held.lease != lease or held.done_at or held.dead_at:
            raise LeaseLost
        if finish is not None:
            finish()
        _mark_done(held)


def _mark_done(job: Job) -> None:
    job.done_at, job.lease_until, job.lease, job.error = timezone.now(), None, None, ""
    job.save(update_fields=["done_at", "lease_until", "lease", "error"])


def _failed(job: Job, error: Exception) -> None:
    """Count the try and wait longer each time; after the last one the job goes to the dead list."""
    now = timezone.now()
    with transaction.atomic():
        held = Job.objects.select_for_update().filter(pk=job.pk, done_at=None, dead_at=None).first()
        if held is None or held.lease != job.lease:
            return  # ended, or in the hands of another worker
        held.tries += 1
        held.error = masked(f"{type(error).__name__}: {error}")[:2000]
        held.lease = None
        if held.tries >= held.max_tries:
            held.dead_at, held.lease_until = now, None
        else:
            wait = timedelta(seconds=min(2**held.tries, _BACKOFF_CAP))
            held.due_at, held.lease_until = now + wait, None
        held.save(update_fields=["tries", "error", "lease", "lease_until", "due_at", "dead_at"])


def _finish_cancelled(job: Job) -> None:
    Job.objects.filter(pk=job.pk, done_at=None, dead_at=None, lease=job.lease).update(
        dead_at=timezone.now(), error=_("Stopped on request."), lease=None, lease_until=None
    )


def request_cancel(*, job: Job, actor) -> Job:
    """Ask an open job to stop; a long one stops at its next progress mark. `job` came through visible_to(actor)."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.done_at or job.dead_at:
            raise DomainError(_("This job has ended already."))
        job.cancel_requested_at = timezone.now()
        job.save(update_fields=["cancel_requested_at"])
        audit.record(actor=actor, action="jobs.job.cancelled", subject=job, after={"key": job.key})
    return job


def retry(*, job: Job, actor) -> Job:
    """Give a dead job a new set of tries, from the dead list. `job` came through visible_to(actor)."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.dead_at is None:
            raise DomainError(_("Only a job that was given up can be tried again."))
        job.dead_at = job.cancel_requested_at = job.lease_until = job.lease = None
        job.tries, job.due_at = 0, timezone.now()
        job.save()
        audit.record(actor=actor, action="jobs.job.retried", subject=job, after={"key": job.key})
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('jobs', '')")
    return job


def _periodic_now(now) -> list[Job]:
    """The row of each periodic job for the last moment at which it was due."""
    found = []
    for job in periodics():
        moment = job.latest_due(now)
        period = moment.strftime("%Y-%m-%dT%H:%M")
        key = f"{job.name}@{period}"
        found.append(Job(kind=job.name, key=key, payload={"period": period}, due_at=moment, max_tries=5))
    return found


def tick(now=None) -> int:
    """Turn each periodic job whose moment has come into a Job row; returns how many rows are new."""
    wanted = _periodic_now(now or timezone.now())
    known = set(Job.objects.filter(key__in=[job.key for job in wanted]).values_list("key", flat=True))
    fresh = [job for job in wanted if job.key not in known]
    Job.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def run_due(limit: int = 1000) -> int:
    """Do all that is due in this process, for tests and for `manage.py run_jobs`; returns how many were run."""
    count = 0
    while ids := claim_due(min(100, limit - count)):
        for job_id in ids:
            run(job_id)
        count += len(ids)
        if count >= limit:
            break
    return count


def purge_done(*, older_than: timedelta = timedelta(days=30)) -> int:
    """Delete finished jobs, and spent counters, after a month; dead ones stay until somebody looks.

    The rows of the present periods stay, however old: a month may have 31 days, and without its row its work is done twice.
    """
    from anji_police.limits import Counter

    edge = timezone.now() - older_than
    present = [job.key for job in _periodic_now(timezone.now())]
    Counter.objects.filter(window_start__lt=timezone.now() - timedelta(days=2)).delete()
    # Minute jobs would fill the table within days; they are told apart by their kind, not by their age.
    Job.objects.filter(done_at__lt=timezone.now() - timedelta(hours=6), kind__in=_minutely()).delete()
    return Job.objects.filter(done_at__lt=edge).exclude(key__in=present).delete()[0]


def _minutely() -> list[str]:
    return [p.name for p in periodics() if p.every in {"minute", "hour"}]
