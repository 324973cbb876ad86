"""Words to people: the in-app inbox, and e-mail and SMS through an outbox."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.crypto import ADDRESS, PHONE, TEXT, EncryptedField, SealedRow


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own notifications."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def unread(self):
        return self.filter(read_at=None)


class Notification(models.Model):
    """One line in one person's inbox."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    key = models.CharField(max_length=160)
    text = models.CharField(_("text"), max_length=300)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_unread", condition=Q(read_at=None))
        ]

    def __str__(self) -> str:
        return self.text


class OutboxQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All messages for the system administrator, who watches delivery; none for anybody else."""
        return self if user.is_authenticated and user.has_perm("notifications.view_outbox") else self.none()


class OutboxMessage(SealedRow):
    """One e-mail or SMS, written in the business transaction and delivered afterwards, at least once.

    A message whose sending was begun and never answered is "unclear": it is shown to a person, never sent again blindly.
    """

    class Channel(models.TextChoices):
        SMS = "sms", _("SMS")
        EMAIL = "email", _("E-mail")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNCLEAR = "unclear", _("Outcome unclear")

    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    key = models.CharField(max_length=160, unique=True)
    recipient = EncryptedField(_("recipient"), kind=PHONE, index=True)
    email = EncryptedField(_("e-mail address"), kind=ADDRESS)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = EncryptedField(_("text"), kind=TEXT)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    provider_ref = models.CharField(max_length=80, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"
