"""Asking a volunteer to assist in a matter of another field, such as a mediation (守源义警协助调解)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from anji_police.places.models import Unit
from volunteers.models.people import Member, oversees

User = settings.AUTH_USER_MODEL
ASK = "volunteers.ask_to_assist"


class AssistanceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What was asked by the units whose work `user` may see; a volunteer sees what the own entry was asked."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if oversees(user):
            return self
        if user.is_police:
            return self.filter(unit__in=Unit.objects.keys_visible_to(user))
        if "volunteer" in user.roles:
            return self.filter(member__user=user)
        return self.none()

    def current(self):
        return self.filter(state__in=Assistance.CURRENT)

    def on(self, record):
        """Of one record of another field."""
        return self.filter(subject_type=record._meta.label_lower, subject_id=record.pk)


@tracked
class Assistance(models.Model):
    """One volunteer is asked to assist in one matter. It names the matter by its number and kind and holds nothing of its people:
    whoever asks says the rest by word of mouth. Service is voluntary, so a refusal needs no reason."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked to assist")
        ACCEPTED = "accepted", _("Assists")
        DECLINED = "declined", _("Declined")
        ENDED = "ended", _("Ended")

    CURRENT = (State.ASKED, State.ACCEPTED)
    TONES = {State.ASKED: "warn", State.ACCEPTED: "ok", State.DECLINED: "mute", State.ENDED: "mute"}

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="assistances", verbose_name=_("volunteer")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    subject_type = models.CharField(
        max_length=60
    )  # "app.model" of the matter; this field knows no more of it
    subject_id = models.BigIntegerField()
    code = models.CharField(_("number of the matter"), max_length=20)
    what = models.CharField(_("what it is about"), max_length=120)
    url = models.CharField(max_length=200, blank=True)  # where who asked finds the matter
    note = models.CharField(_("when and where to come"), max_length=200, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("police station")
    )
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    objects = AssistanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to assist")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "member"],
                name="vol_assistance_once",
                condition=Q(state__in=["asked", "accepted"]),
            )
        ]
        indexes = [models.Index(fields=["member", "state"], name="vol_assistance_member")]

    def __str__(self) -> str:
        return f"{self.code} · {self.member}"

    @property
    def tone(self) -> str:
        return self.TONES[self.state]
