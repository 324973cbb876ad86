"""What belongs to the file of a dispute beside its records: scans, and the file as it was put away."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from anji_police.audit.models import append_only_triggers
from anji_police.crypto import TEXT, EncryptedField, SealedRow
from mediation.papers.items import SCANNED

User = settings.AUTH_USER_MODEL


class CasePaperQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(withdrawn_at=None)


@tracked
class CasePaper(SealedRow):
    """A scan or photo that belongs to one item of the file. Withdrawn with a reason, never deleted."""

    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="papers")
    item = models.CharField(_("item of the file"), max_length=14, choices=[(i.key, i.label) for i in SCANNED])
    title = EncryptedField(_("title"), kind=TEXT)
    path = models.CharField(max_length=120, unique=True)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField(_("pages"))
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(_("withdrawn because"), max_length=200, blank=True)
    objects = CasePaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of the file")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute", "item", "sha256"], name="casepaper_once", condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                name="casepaper_withdrawn_has_reason",
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.item}"


class CaseFile(models.Model):
    """The file of a dispute as it was put away: the drawn PDF/A, its hash, and until when it is kept. Never changed."""

    APPEND_ONLY = True

    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="files")
    path = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField(_("pages"))
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(default=timezone.now)
    keep_until = models.DateField(_("kept until"))

    class Meta:
        verbose_name = _("case file")
        ordering = ["-id"]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.filed_at:%Y-%m-%d}"
