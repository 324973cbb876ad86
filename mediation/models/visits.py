"""Follow-up visits to the parties."""

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from mediation.models.disputes import Dispute, OfDisputeQuerySet

User = settings.AUTH_USER_MODEL


class FollowUpQuerySet(OfDisputeQuerySet):
    def open(self):
        return self.filter(done_at=None, waived_reason="")

    def made_in(self, period):
        """Recorded in the half-open `period`."""
        return self.filter(done_at__gte=period.start, done_at__lt=period.end)

    def on_time(self):
        """Made by the end of the day for which they were planned, in Asia/Shanghai."""
        return self.filter(done_at__date__lte=models.F("due_on"))

    def satisfied(self):
        """After which the parties gave four or five of five."""
        return self.filter(satisfaction__gte=4)

    def of(self, user):
        """Those that wait for `user`: named for the account, or for nobody and of the own unit or of a dispute taken on."""
        own = (
            Q(dispute__unit=user.unit_id)
            if user.is_police
            else Q(dispute__in=Dispute.objects.visible_to(user))
        )
        return self.filter(Q(assignee=user) | Q(own, assignee=None))


@tracked
class FollowUp(models.Model):
    """One follow-up visit (回访): planned for a day, then told."""

    class Way(models.TextChoices):
        PHONE = "phone", _("By phone")
        VISIT = "visit", _("At home")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="follow_ups")
    due_on = models.DateField(_("due"))
    way = models.CharField(_("way"), max_length=5, choices=Way, default=Way.PHONE)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    performance = models.CharField(_("performance"), max_length=200, blank=True)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction (1 to 5)"), null=True, blank=True)
    signs_of_escalation = models.BooleanField(_("signs of escalation"), default=False)
    note = models.TextField(_("note"), blank=True)
    waived_reason = models.CharField(_("waived because"), max_length=200, blank=True)
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who visits")
    )
    cadre = models.CharField(_("village cadre who came along"), max_length=40, blank=True)
    court_outcome = models.CharField(_("outcome at court"), max_length=200, blank=True)
    measures = models.CharField(_("measures taken"), max_length=300, blank=True)
    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up visit")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="followup_open",
                condition=Q(done_at=None, waived_reason=""),
            ),
            models.Index(fields=["done_at"], name="followup_done"),
        ]
        constraints = [
            models.CheckConstraint(
                name="followup_satisfaction_range",
                condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5),
            )
        ]

    def __str__(self) -> str:
        return f"{self.dispute} {self.due_on}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and not self.waived_reason
