"""What service counts for. Hours and points are ledgers of their own that only grow; a closed month takes no more entries."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.audit.history import tracked
from anji_police.audit.models import append_only_triggers
from anji_police.places.models import Unit
from volunteers.models.people import Member, Team, oversees
from volunteers.models.shifts import Attendance, SignUp

User = settings.AUTH_USER_MODEL

# A closed month stays as it was reported: what comes later is booked in an open one.
open_month = pgtrigger.Trigger(
    name="open_month",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT 1 FROM volunteers_monthclose c WHERE c.month = NEW.month) THEN
            RAISE EXCEPTION 'month % is closed', NEW.month USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


class LedgerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Entries of visible members; for the police by the team that the service was done in."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if oversees(user):
            return self
        if user.is_police:
            return self.filter(team__unit__in=Unit.objects.keys_visible_to(user))
        if "volunteer" in user.roles:
            return self.filter(Q(member__user=user) | Q(team__in=Team.objects.led_by(user)))
        return self.none()

    def booked_in(self, period):
        """Booked in the months of `period`."""
        return self.filter(month__gte=period.first_day, month__lte=period.last_day)


class MonthClose(models.Model):
    """A month whose hours and points are final. `month` is its first day."""

    APPEND_ONLY = True

    month = models.DateField(_("month"), unique=True)
    closed_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    hours_entries = models.PositiveIntegerField(default=0)
    minutes = models.IntegerField(default=0)
    points = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("month close")
        ordering = ["-month"]
        triggers = append_only_triggers
        constraints = [
            models.CheckConstraint(name="vol_monthclose_first_day", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class HoursEntry(models.Model):
    """Minutes of service that count: one entry for each attendance, and corrections as entries of their own.

    `claimed_minutes` is what the leader settled, `computed_minutes` what the clock gives, `minutes` what the officer approved.
    `month` is the month it is booked in, `served_on` the day of the service.
    """

    APPEND_ONLY = True

    class Kind(models.TextChoices):
        SERVICE = "service", _("Service")
        ADJUSTMENT = "adjustment", _("Correction")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SERVICE)
    member = models.ForeignKey(Member, models.PROTECT, related_name="hours", verbose_name=_("volunteer"))
    team = models.ForeignKey(Team, models.PROTECT, related_name="hours", verbose_name=_("team"))
    attendance = models.ForeignKey(Attendance, models.PROTECT, related_name="hours")
    claimed_minutes = models.PositiveIntegerField(_("claimed minutes"), default=0)
    computed_minutes = models.PositiveIntegerField(_("computed minutes"), default=0)
    minutes = models.IntegerField(_("approved minutes"))
    night_minutes = models.IntegerField(_("minutes at night"), default=0)
    served_on = models.DateField(_("served on"))
    month = models.DateField(_("booked in"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("hours entry")
        ordering = ["-id"]
        triggers = [*append_only_triggers, open_month]
        constraints = [
            models.UniqueConstraint(
                fields=["attendance"], name="vol_hours_once", condition=Q(kind="service")
            ),
            models.CheckConstraint(
                name="vol_hours_service_positive", condition=~Q(kind="service") | Q(minutes__gte=0)
            ),
            models.CheckConstraint(
                name="vol_hours_adjustment_reason", condition=~Q(kind="adjustment") | ~Q(reason="")
            ),
            models.CheckConstraint(name="vol_hours_first_day", condition=Q(month__day=1)),
        ]
        indexes = [
            models.Index(fields=["member", "month"], name="vol_hours_member"),
            models.Index(fields=["team", "month"], name="vol_hours_team"),
            models.Index(fields=["month", "id"], name="vol_hours_month"),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.served_on} {self.minutes}"


class PointsEntry(models.Model):
    """Points, booked apart from hours: a factor or a penalty never changes how long somebody served."""

    APPEND_ONLY = True

    class Kind(models.TextChoices):
        SERVICE = "service", _("Service")
        NIGHT = "night", _("Night bonus")
        LEAD = "lead", _("Useful lead")
        NO_SHOW = "no_show", _("No-show")
        REDEMPTION = "redemption", _("Redemption")
        ADJUSTMENT = "adjustment", _("Correction")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    member = models.ForeignKey(Member, models.PROTECT, related_name="points", verbose_name=_("volunteer"))
    team = models.ForeignKey(Team, models.PROTECT, related_name="points", verbose_name=_("team"))
    points = models.IntegerField(pgettext_lazy("volunteer", "points"))
    month = models.DateField(_("booked in"))
    source = models.CharField(_("for"), max_length=60)  # names what it is for, once for each kind
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("points entry")
        ordering = ["-id"]
        triggers = [*append_only_triggers, open_month]
        constraints = [
            models.UniqueConstraint(fields=["kind", "source"], name="vol_points_once"),
            models.CheckConstraint(
                name="vol_points_sign",
                condition=(Q(kind__in=["service", "night", "lead"]) & Q(points__gte=0))
                | (Q(kind__in=["no_show", "redemption"]) & Q(points__lte=0))
                | Q(kind="adjustment"),
            ),
            models.CheckConstraint(name="vol_points_first_day", condition=Q(month__day=1)),
        ]
        indexes = [
            models.Index(fields=["member", "month"], name="vol_points_member"),
            models.Index(fields=["month", "id"], name="vol_points_month"),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.points}"


@tracked
class Appeal(models.Model):
    """A member's objection to a no-show, or to hours that were changed or refused, and the ruling on it."""

    sign_up = models.OneToOneField(SignUp, models.PROTECT, related_name="appeal")
    text = models.CharField(_("objection"), max_length=500)
    filed_at = models.DateTimeField(default=timezone.now)
    upheld = models.BooleanField(_("upheld"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes after the ruling"), null=True, blank=True)
    ruling = models.CharField(_("ruling"), max_length=300, blank=True)
    ruled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ruled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("appeal")
        ordering = ["filed_at"]
        constraints = [
            models.CheckConstraint(
                name="vol_appeal_ruling_whole",
                condition=Q(upheld=None, ruled_at=None)
                | (Q(upheld__isnull=False, ruled_at__isnull=False) & ~Q(ruling="")),
            )
        ]

    def __str__(self) -> str:
        return str(self.sign_up)


class Award(models.Model):
    """A star, or another honour, of a member."""

    APPEND_ONLY = True

    class Kind(models.TextChoices):
        STAR = "star", pgettext_lazy("award", "Star")
        HONOUR = "honour", _("Honour")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    member = models.ForeignKey(Member, models.PROTECT, related_name="awards", verbose_name=_("volunteer"))
    stars = models.PositiveSmallIntegerField(_("stars"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=60)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    awarded_on = models.DateField(_("awarded on"), default=timezone.localdate)
    awarded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("award")
        ordering = ["-awarded_on", "-id"]
        triggers = append_only_triggers
        constraints = [
            models.UniqueConstraint(
                fields=["member", "stars"], name="vol_award_star_once", condition=Q(kind="star")
            ),
            models.CheckConstraint(
                name="vol_award_star_range",
                condition=Q(kind="honour", stars=None) | Q(kind="star", stars__gte=1, stars__lte=5),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Certificate(models.Model):
    """One certificate of volunteer service (志愿服务记录证明): free, numbered without gaps, its figures as of the day of issue."""

    APPEND_ONLY = True

    number = models.CharField(pgettext_lazy("certificate", "number"), max_length=20, unique=True)
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="certificates", verbose_name=_("volunteer")
    )
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    services = models.PositiveIntegerField(_("services"))
    minutes = models.PositiveIntegerField(_("minutes"))
    rows = models.JSONField(_("services by year and duty"), default=list)
    purpose = models.CharField(_("purpose"), max_length=100, blank=True)
    issued_on = models.DateField(_("issued on"))
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    issuer_name = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("certificate of volunteer service")
        ordering = ["-id"]
        triggers = append_only_triggers
        constraints = [
            models.CheckConstraint(
                name="vol_certificate_span", condition=Q(last_day__gte=models.F("first_day"))
            )
        ]

    def __str__(self) -> str:
        return self.number
