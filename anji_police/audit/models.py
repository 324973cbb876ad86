"""The trail: business events, reads of personal data, and the chain that seals both and the row history.

Nothing here is ever changed or deleted: triggers refuse it, and the application's role has no right to try.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.audit import actions

append_only_triggers = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="keep_all",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'the trail is only added to, never cut';",
    ),
]


class TrailQuerySet(models.QuerySet):
    def about(self, subject: models.Model):
        """Entries about one record, oldest first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk)).order_by("id")


class AuditEntry(models.Model):
    """One business event: what was done, by whom, to what, why. Names are kept as text, as they were then."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_id_text = models.CharField(max_length=20, blank=True)
    actor_name = models.CharField(_("actor"), max_length=60, blank=True)
    unit_name = models.CharField(_("unit"), max_length=60, blank=True)
    action = models.CharField(_("action"), max_length=80)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    subject_label = models.CharField(_("record"), max_length=120, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(_("reason"), blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    objects = TrailQuerySet.as_manager()

    class Meta:
        verbose_name = _("business event")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="auditentry_subject"),
            models.Index(fields=["action", "-id"], name="auditentry_action"),
            models.Index(fields=["actor_id_text", "-id"], name="auditentry_actor"),
        ]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}"

    @property
    def label(self) -> str:
        """What was done, in the reader's language."""
        return str(actions.label_of(self.action))


class AccessEntry(models.Model):
    """One read of personal data in the clear, an export or a download: written before the bytes leave."""

    class Kind(models.TextChoices):
        REVEAL = "reveal", _("Revealed")
        SEARCH = "search", _("Searched by personal data")
        EXPORT = "export", _("Exported")
        DOWNLOAD = "download", _("Downloaded")
        OPEN = "open", _("Opened")

    at = models.DateTimeField(default=timezone.now, db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    actor_id_text = models.CharField(max_length=20, blank=True)
    actor_name = models.CharField(_("actor"), max_length=60, blank=True)
    unit_name = models.CharField(_("unit"), max_length=60, blank=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(_("record"), max_length=120, blank=True)
    fields = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("fields"))
    reason = models.TextField(_("reason"), blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    objects = TrailQuerySet.as_manager()

    class Meta:
        verbose_name = _("read of personal data")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="accessentry_subject"),
            models.Index(fields=["actor_id_text", "-id"], name="accessentry_actor"),
        ]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label}"


class Seal(models.Model):
    """One link of the chain: the digest of one trail row, bound to the link before it.

    hash = SHA-256(prev_hash | source | row id | digest), written by the one sealer after the rows were committed.
    """

    seq = models.BigIntegerField(primary_key=True)  # 1, 2, 3, …: a gap is a cut
    source = models.CharField(max_length=80)  # table name
    row_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("seal")
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["source", "row_id"], name="seal_row_once")]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return f"{self.seq} {self.source}"
