"""Imports: what was sent, what a dry run said, and what became of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.crypto import EncryptedField, SealedRow

User = settings.AUTH_USER_MODEL


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A sheet holds personal data: only who sent it sees it."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(made_by=user)


class Import(SealedRow):
    """One sheet that was sent. The rows are kept encrypted until it is applied, given up, or a day old."""

    class State(models.TextChoices):
        CHECKED = "checked", _("Checked, not taken over")
        APPLIED = "applied", _("Taken over")
        DROPPED = "dropped", _("Given up")

    ledger = models.CharField(max_length=60)
    file_name = models.CharField(_("file"), max_length=100)
    sha256 = models.CharField(max_length=64)
    rows = EncryptedField(_("rows"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.CHECKED)
    counts = models.JSONField(default=dict)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(pgettext_lazy("sheet", "sent"), default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        ordering = ["-id"]
        indexes = [models.Index(fields=["made_by", "-id"], name="import_of_whom")]
        constraints = [
            models.CheckConstraint(
                name="import_ended_has_time",
                condition=models.Q(state="checked") | models.Q(ended_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.file_name
