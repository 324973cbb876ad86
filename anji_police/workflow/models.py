"""States, deadlines, working days and dated rules: one pattern for all fields of work."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from anji_police.audit.models import append_only_triggers


@dataclass(frozen=True)
class Step:
    """One allowed change of state. `needs` names fields that must be filled before; `reason` that one must be given."""

    source: str
    target: str
    permission: str | None = None  # None: only the system's own services take it
    needs: tuple[str, ...] = ()
    reason: bool = False
    label: Any = ""


class Stateful(models.Model):
    """A record with a life: `status` changes only through workflow.services.move(), along `TRANSITIONS`.

    `version` counts every change, so that an editor who saw an older one is told (StaleError), never overwrites.
    """

    TRANSITIONS: tuple[Step, ...] = ()

    status = models.CharField(_("state"), max_length=30)
    status_since = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def step(cls, source: str, target: str) -> Step | None:
        return next((s for s in cls.TRANSITIONS if s.source == source and s.target == target), None)


class TransitionEntry(models.Model):
    """One change of state: the truth for durations and on-time rates. Only ever added to."""

    APPEND_ONLY = True

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("change of state")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="transition_subject"),
            models.Index(fields=["subject_type", "to_state", "at"], name="transition_state_at"),
        ]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return f"{self.subject_type} {self.from_state} → {self.to_state}"


class DeadlineQuerySet(models.QuerySet):
    def running(self):
        return self.filter(met_at=None, cancelled_at=None, paused_at=None)

    def about(self, record: models.Model):
        return self.filter(subject_type=record._meta.label_lower, subject_id=record.pk)


@tracked
class Deadline(models.Model):
    """One clock of one record, such as the answer to a request. Times are instants; the limit is a dated Rule.

    A paused clock keeps what is left and gets a new due time on resuming. `escalated_at` is set once, with the escalation.
    """

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    kind = models.CharField(_("clock"), max_length=60)
    rule_code = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(_("due"))
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind"],
                name="deadline_one_open_clock",
                condition=Q(met_at=None, cancelled_at=None),
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="deadline_to_escalate",
                condition=Q(met_at=None, cancelled_at=None, paused_at=None, escalated_at=None),
            ),
            models.Index(fields=["subject_type", "subject_id"], name="deadline_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_late(self) -> bool:
        return (self.met_at or timezone.now()) > self.due_at and not self.paused_at and not self.cancelled_at


@tracked
class CalendarDay(models.Model):
    """A day that differs from the plain week: a holiday, or a make-up working day (调休) on a weekend."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        verbose_name = _("calendar day")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


@tracked
class CalendarYear(models.Model):
    """A year for which the State Council's notice was entered; other years fall back to the plain week, with a warning."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    source = models.CharField(_("source"), max_length=120)

    class Meta:
        verbose_name = _("calendar year")

    def __str__(self) -> str:
        return str(self.year)


@tracked
class Rule(models.Model):
    """One legal or bureau limit as a dated row [from, to): old records keep the value of their day."""

    class Unit(models.TextChoices):
        WORKING_DAYS = "working_days", _("working days")
        DAYS = "days", _("days")
        HOURS = "hours", _("hours")
        MINUTES = "minutes", _("minutes")
        MONTHS = "months", _("months")
        YEARS = "years", _("years")
        COUNT = "count", _("times")
        PERCENT = "percent", _("percent")
        POINTS = "points", _("points")
        YUAN = "yuan", _("yuan")
        METRES = "metres", _("metres")
        KM_PER_HOUR = "km_per_hour", _("km/h")

    code = models.CharField(_("code"), max_length=60)
    label = models.CharField(_("rule"), max_length=120)
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=12, choices=Unit)
    article = models.CharField(_("source"), max_length=200)
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("rule")
        ordering = ["code", "valid"]
        constraints = [
            ExclusionConstraint(
                name="rule_one_value_a_day",
                expressions=[("code", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(name="rule_value_not_negative", condition=Q(value__gte=0)),
        ]

    def __str__(self) -> str:
        return self.code


class Presence(models.Model):
    """Who has the page of a record open now: a heartbeat, not a record (workflow/presence.py)."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "user"], name="presence_once_a_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.user}"
