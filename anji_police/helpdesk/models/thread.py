"""What is said and sent in a request, and what a citizen has filled in so far."""

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from anji_police.crypto import TEXT, EncryptedField, SealedRow
from anji_police.helpdesk.models.requests import HelpRequest

User = settings.AUTH_USER_MODEL


@tracked
class Message(SealedRow):
    """One message of a request's thread: from the citizen, to the citizen, or an internal note."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen", _("From the citizen")
        REPLY = "reply", _("Reply to the citizen")
        PROGRESS = "progress", _("Progress")
        NOTE = "note", _("Internal note")

    PUBLIC = (Kind.CITIZEN, Kind.REPLY, Kind.PROGRESS)
    is_new = False  # for who has just sent it: not a repetition

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=8, choices=Kind)
    body = models.TextField(_("text"))
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    author_name = models.CharField(max_length=60, blank=True)
    key = models.CharField(
        max_length=120, unique=True
    )  # the same key is one message, however often it is sent
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.request} {self.kind}"


@tracked
class Attachment(SealedRow):
    """A photo or PDF, checked and written anew; the file lies outside the web root and leaves through a view only."""

    request = models.ForeignKey(
        HelpRequest, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="attachments")
    draft = models.ForeignKey("Draft", models.CASCADE, null=True, blank=True, related_name="attachments")
    name = EncryptedField(_("file name"), kind=TEXT)
    path = models.CharField(max_length=120, unique=True)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    from_citizen = models.BooleanField(default=True)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("attachment")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="attachment_one_home",
                condition=Q(draft__isnull=False, request__isnull=True)
                | Q(draft__isnull=True, request__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Draft(SealedRow):
    """What a citizen has filled in so far, so that a reload loses nothing. Named by the hash of a token that only the
    citizen's browser holds; deleted when the request is accepted, or after a day."""

    token_hash = models.CharField(max_length=64, unique=True)
    content = EncryptedField(kind=TEXT)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("draft")

    def __str__(self) -> str:
        return str(self.uid)
