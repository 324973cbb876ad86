"""Background work as rows: the truth about what is to be done. The broker only carries their numbers."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.limits import Counter


class JobQuerySet(models.QuerySet):
    def open(self):
        """Neither done nor given up nor cancelled."""
        return self.filter(done_at=None, dead_at=None)

    def due(self, now=None):
        """Open, due, and in nobody's hands."""
        now = now or timezone.now()
        return self.open().filter(due_at__lte=now).filter(Q(lease_until=None) | Q(lease_until__lt=now))

    def dead(self):
        return self.filter(dead_at__isnull=False)

    def visible_to(self, user):
        """Jobs that `user` may watch: all for those who run the system, else the ones they asked for."""
        if not user.is_authenticated:
            return self.none()
        return self if user.has_perm("jobs.view_job") else self.filter(owner=user)


class Job(models.Model):
    """One piece of background work, written in the business transaction that wants it.

    `key` is unique: asked for twice, it is done once. A worker holds it until `lease_until`; whoever dies loses the lease
    and the sweep hands the job on. `done_at` is set in the transaction of the job's own effect.
    """

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict, help_text="keys and ISO strings only, never personal data")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    max_tries = models.PositiveSmallIntegerField(default=8)
    error = models.TextField(_("last error"), blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_note = models.CharField(max_length=200, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    dead_at = models.DateTimeField(_("given up"), null=True, blank=True)
    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], name="job_open_due", condition=Q(done_at=None, dead_at=None)),
            models.Index(fields=["kind", "-id"], name="job_kind"),
        ]
        constraints = [
            models.CheckConstraint(name="job_one_end", condition=Q(done_at=None) | Q(dead_at=None)),
        ]
        triggers = [
            # Wakes the relay on commit; the broker is never asked from a request.
            pgtrigger.Trigger(
                name="tell_relay",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="PERFORM pg_notify('jobs', ''); RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def state(self) -> str:
        """done, dead, cancelling, running, waiting or retrying."""
        if self.done_at:
            return "done"
        if self.dead_at:
            return "dead"
        if self.cancel_requested_at:
            return "cancelling"
        if self.lease_until and self.lease_until > timezone.now() and self.lease:
            return "running"
        return "retrying" if self.tries else "waiting"


__all__ = ["Counter", "Job"]
