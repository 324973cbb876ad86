"""The two sides of a dispute, and the grades of its risk."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.audit.history import tracked
from anji_police.audit.models import append_only_triggers
from anji_police.crypto import ADDRESS, ID_NUMBER, NAME, PHONE, EncryptedField, SealedRow
from anji_police.places.models import Place
from mediation.models.disputes import Dispute, OfDisputeQuerySet

User = settings.AUTH_USER_MODEL


@tracked
class Party(SealedRow):
    """One party of a dispute. Mediation waits until every party has consented; one clear refusal ends it (人民调解法 art. 17)."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Natural person")
        ORGANISATION = "organisation", _("Organisation")

    class Side(models.TextChoices):
        APPLICANT = "applicant", _("Applicant")
        RESPONDENT = "respondent", _("Other side")

    class Consent(models.TextChoices):
        UNASKED = "unasked", _("Not asked yet")
        GIVEN = "given", _("Consent given")
        REFUSED = "refused", pgettext_lazy("consent", "Refused")

    class Form(models.TextChoices):
        ORAL = "oral", _("Orally")
        WRITTEN = "written", _("In writing")
        ONLINE = "online", _("Online")

    class Part(models.TextChoices):
        SUSPECT = "suspect", _("Suspect")
        VICTIM = "victim", _("Victim")
        BOTH = "both", _("Both suspect and victim")

    class Authority(models.TextChoices):
        GENERAL = "general", _("General authority")
        SPECIAL = "special", _("Special authority")

    class Speaker(models.TextChoices):
        PARTY = "party", _("The party")
        GUARDIAN = "guardian", _("The guardian")
        REPRESENTATIVE = "representative", _("The representative")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="parties")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    side = models.CharField(_("side"), max_length=10, choices=Side)
    name = EncryptedField(_("name"), kind=NAME)
    phone = EncryptedField(_("phone number"), kind=PHONE, index=True)
    id_number = EncryptedField(_("identity number"), kind=ID_NUMBER, index=True)
    address = EncryptedField(_("address"), kind=ADDRESS)
    origin = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("declared origin")
    )
    dialects = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("dialects")
    )
    part = models.CharField(_("part in the case"), max_length=7, choices=Part, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    is_minor = models.BooleanField(_("minor"), default=False)
    guardian_name = EncryptedField(_("guardian"), kind=NAME)
    guardian_relation = models.CharField(_("relation of the guardian"), max_length=20, blank=True)
    representative_name = EncryptedField(_("representative"), kind=NAME)
    authority = models.CharField(_("authority"), max_length=7, choices=Authority, blank=True)
    authority_text = models.CharField(_("what the authority covers"), max_length=200, blank=True)
    speaks_for = models.PositiveSmallIntegerField(_("speaks for a crowd of"), default=0)
    identity_checked_at = models.DateTimeField(_("identity checked"), null=True, blank=True)
    consent_by = models.CharField(_("who answered"), max_length=14, choices=Speaker, blank=True)
    consent = models.CharField(_("consent"), max_length=8, choices=Consent, default=Consent.UNASKED)
    consent_form = models.CharField(_("how"), max_length=8, choices=Form, blank=True)
    consent_at = models.DateTimeField(null=True, blank=True)
    objects = OfDisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        ordering = ["side", "id"]
        constraints = [
            models.CheckConstraint(
                name="party_consent_has_form",
                condition=Q(consent="unasked", consent_at=None)
                | (~Q(consent="unasked") & Q(consent_at__isnull=False) & ~Q(consent_form="")),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class RiskAssessment(models.Model):
    """One grading of a dispute's risk of turning criminal (民转刑): the suggested grade and the officer's, both kept."""

    APPEND_ONLY = True

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="assessments")
    factors = ArrayField(models.CharField(max_length=30), default=list, verbose_name=_("factors"))
    suggested = models.CharField(_("suggested"), max_length=1, choices=Dispute.Risk)
    grade = models.CharField(_("grade"), max_length=1, choices=Dispute.Risk)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    assessed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("risk assessment")
        ordering = ["-assessed_at", "-id"]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return f"{self.dispute} {self.grade}"
