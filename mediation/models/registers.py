"""What is kept about mediators and committees beside their entries: conflicts of interest, complaints, training, terms."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.audit.history import tracked
from anji_police.crypto import ID_NUMBER, NAME, PHONE, EncryptedField, SealedRow

User = settings.AUTH_USER_MODEL


class ConflictQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(ended_on=None)


@tracked
class Conflict(SealedRow):
    """A mediator is tied to a named person or organisation (利害关系), and mediates no dispute of theirs."""

    class Kind(models.TextChoices):
        KIN = "kin", _("Kin")
        EMPLOYER = "employer", _("Employer or employee")
        BUSINESS = "business", _("Business or debt")
        OTHER = "other", _("Other interest")

    mediator = models.ForeignKey("mediation.Mediator", models.PROTECT, related_name="conflicts")
    kind = models.CharField(_("relation"), max_length=8, choices=Kind)
    name = EncryptedField(_("person or organisation"), kind=NAME, index=True)
    phone = EncryptedField(_("phone number"), kind=PHONE, index=True)
    id_number = EncryptedField(_("identity number"), kind=ID_NUMBER, index=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict of interest")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class ComplaintQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_on=None)


@tracked
class Complaint(models.Model):
    """A complaint about a mediator's conduct (人民调解法 art. 15). While it is open the mediator gets no new dispute."""

    class Ground(models.TextChoices):
        PARTIAL = "partial", _("Took one side")
        INSULT = "insult", _("Insulted a party")
        GAIN = "gain", _("Asked for or took money or favours")
        LEAK = "leak", _("Gave away private or business secrets")
        OTHER = "other", _("Other")

    class Finding(models.TextChoices):
        UPHELD = "upheld", _("Well-founded")
        UNFOUNDED = "unfounded", _("Not founded")

    mediator = models.ForeignKey("mediation.Mediator", models.PROTECT, related_name="complaints")
    ground = models.CharField(pgettext_lazy("complaint", "ground"), max_length=8, choices=Ground)
    text = models.TextField(_("what happened"))
    received_on = models.DateField(_("received"), default=timezone.localdate)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    closed_on = models.DateField(_("decided"), null=True, blank=True)
    finding = models.CharField(_("finding"), max_length=10, choices=Finding, blank=True)
    result = models.CharField(_("what was done"), max_length=300, blank=True)
    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint about a mediator")
        ordering = ["-received_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="complaint_closed_has_finding",
                condition=Q(closed_on=None, finding="") | (Q(closed_on__isnull=False) & ~Q(finding="")),
            )
        ]
        indexes = [models.Index(fields=["mediator"], name="complaint_open", condition=Q(closed_on=None))]

    def __str__(self) -> str:
        return f"{self.mediator} {self.received_on}"


@tracked
class Training(models.Model):
    """One training that a mediator attended."""

    mediator = models.ForeignKey("mediation.Mediator", models.PROTECT, related_name="trainings")
    topic = models.CharField(_("topic"), max_length=100)
    organiser = models.CharField(_("held by"), max_length=80, blank=True)
    held_on = models.DateField(_("day"))
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1)

    class Meta:
        verbose_name = _("training")
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(name="training_hours_positive", condition=Q(hours__gt=0)),
        ]

    def __str__(self) -> str:
        return self.topic


@tracked
class CommitteeMember(models.Model):
    """A member of a committee for [from, to): three to nine, at least one a woman, three years (人民调解法 arts. 8, 9)."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    committee = models.ForeignKey("mediation.Committee", models.PROTECT, related_name="members")
    name = models.CharField(_("name"), max_length=40)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex)
    is_head = models.BooleanField(_("heads the committee"), default=False)
    valid = DateRangeField(_("term"))

    class Meta:
        verbose_name = _("member of a committee")
        ordering = ["-is_head", "name", "id"]
        constraints = [
            ExclusionConstraint(
                name="committee_member_no_overlap",
                expressions=[
                    ("committee", RangeOperators.EQUAL),
                    ("name", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Rejection(models.Model):
    """The parties of a dispute do not want a mediator (人民调解法 art. 23): not offered to that mediator again."""

    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="rejections")
    mediator = models.ForeignKey("mediation.Mediator", models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("mediator not wanted by a party")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "mediator"], name="rejection_once"),
        ]

    def __str__(self) -> str:
        return f"{self.dispute} · {self.mediator}"
