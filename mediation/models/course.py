"""How a dispute is mediated: who was asked, what was said, what was agreed and performed."""

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from mediation.models.disputes import Dispute
from mediation.models.people import Committee, Mediator

User = settings.AUTH_USER_MODEL


@tracked
class Assignment(models.Model):
    """One offer of a dispute to a mediator, and what became of it."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        REPLACED = "replaced", _("Replaced")
        ENDED = "ended", _("Ended")

    class Role(models.TextChoices):
        LEAD = "lead", _("Leads")
        ASSISTS = "assists", _("Assists")

    class Match(models.TextChoices):
        """How near the mediator is to the sides, on the day of the offer. Kept for figures in the aggregate only."""

        ORIGIN = "origin", _("Hometown of both sides")
        DIALECT = "dialect", _("Speech of both sides")
        PAIR = "pair", _("A pair, one of each side")
        ONE_SIDED = "one_sided", _("Of one side only")
        NEUTRAL = "neutral", _("Neutral")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="assignments")
    mediator = models.ForeignKey(
        Mediator, models.PROTECT, related_name="assignments", verbose_name=_("mediator")
    )
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.LEAD)
    match = models.CharField(_("match"), max_length=9, choices=Match, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OFFERED)
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("assignment")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"],
                name="assignment_one_lead",
                condition=Q(role="lead", state__in=["offered", "accepted"]),
            ),
            models.UniqueConstraint(
                fields=["dispute", "mediator"],
                name="assignment_mediator_once",
                condition=Q(state__in=["offered", "accepted"]),
            ),
        ]
        indexes = [
            models.Index(fields=["mediator", "state"], name="assignment_load"),
            models.Index(
                fields=["mediator"],
                name="assignment_current",
                condition=Q(state__in=["offered", "accepted"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute} · {self.mediator}"


@tracked
class Session(models.Model):
    """One mediation session and its record (调解记录)."""

    class Again(models.TextChoices):
        POLICE = "police", _("The police find it necessary")
        PARTY = "party", _("A party asked for it")

    class Guardian(models.TextChoices):
        PRESENT = "present", _("Was there")
        EARNING = "earning", _("Sixteen or older, lives on own earnings, did not want it told")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="sessions")
    held_at = models.DateTimeField(_("held"))
    venue = models.CharField(_("where"), max_length=100)
    record = models.TextField(_("record"))
    mediators = models.ManyToManyField(Mediator, related_name="+", verbose_name=_("mediators"))
    officer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("officer")
    )
    is_signed = models.BooleanField(_("signed by the parties"), default=False)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    again_because = models.CharField(_("why once more"), max_length=7, choices=Again, blank=True)
    guardian = models.CharField(_("guardian of a minor"), max_length=7, choices=Guardian, blank=True)
    others_present = models.CharField(_("others present"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("mediation session")
        ordering = ["held_at", "id"]

    def __str__(self) -> str:
        return f"{self.dispute} {self.held_at:%Y-%m-%d}"


@tracked
class Agreement(models.Model):
    """What the parties agreed (调解协议), in writing or by word of mouth.

    One agreement of a dispute stands. When the dispute is opened again and the parties agree anew, the new one takes its place
    and the old one stays as it was, with its items.
    """

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="agreements")
    is_written = models.BooleanField(_("in writing"))
    terms = models.TextField(_("terms"))
    agreed_on = models.DateField(_("agreed on"))
    signed_by = models.ForeignKey(
        Mediator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signing mediator")
    )
    committee = models.ForeignKey(
        Committee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sealing committee"),
    )
    effective_on = models.DateField(_("in effect on"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)
    facts = models.TextField(_("main facts"), blank=True)
    matters = models.TextField(_("matters in dispute and liability"), blank=True)
    method = models.CharField(_("way of performance"), max_length=200, blank=True)
    presider = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("presiding officer")
    )
    others_present = models.CharField(_("others present"), max_length=200, blank=True)
    incident_at = models.DateTimeField(_("when it happened"), null=True, blank=True)
    incident_place = models.CharField(_("where it happened"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("agreement")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"], name="agreement_one_standing", condition=Q(superseded_at=None)
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="superseded_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__superseded_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.dispute)


@tracked
class PerformanceItem(models.Model):
    """One thing a party is to do under the agreement, by a day."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="items")
    what = models.CharField(_("what"), max_length=200)
    amount_yuan = models.DecimalField(
        _("amount (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    due_on = models.DateField(_("due"))
    done_on = models.DateField(_("done"), null=True, blank=True)
    proof = models.CharField(_("proof"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("item of performance")
        ordering = ["due_on", "id"]
        triggers = [
            pgtrigger.Trigger(
                name="of_superseded_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT 1 FROM mediation_agreement
                               WHERE id = OLD.agreement_id AND superseded_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'an item of a superseded agreement stays as it is';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.what
