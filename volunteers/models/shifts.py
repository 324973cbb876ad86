"""Beats, shifts, sign-ups and attendance. Spans of time are half-open: [start, end)."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import In
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.audit.history import tracked
from anji_police.geo import SRID
from anji_police.places.models import Unit
from anji_police.workflow.models import Stateful, Step
from volunteers.models.people import SERVE, Member, Team, oversees

User = settings.AUTH_USER_MODEL
PLAN_SHIFT, SETTLE_SHIFT = "volunteers.plan_shift", "volunteers.settle_shift"
APPROVE_HOURS = "volunteers.approve_hours"


class BeatQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Beats of the units whose work `user` may see; a volunteer those of the own team and the station's common ones."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if oversees(user):
            return self
        if user.is_police:
            return self.filter(unit__in=Unit.objects.keys_visible_to(user))
        teams = Team.objects.visible_to(user)
        return self.filter(Q(team__in=teams) | Q(team=None, unit__in=teams.values("unit")))


@tracked
class Beat(models.Model):
    """Where a team patrols: an area (polygon) or a route (line), with checkpoints."""

    name = models.CharField(pgettext_lazy("team", "name"), max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("police station"))
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="beats", verbose_name=_("team")
    )
    shape = models.GeometryField(_("shape"), srid=SRID)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(default=False)
    objects = BeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("beat")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="vol_beat_name"),
            models.CheckConstraint(
                name="vol_beat_line_or_area",
                condition=In(
                    Func(F("shape"), function="GeometryType", output_field=models.CharField()),
                    ["POLYGON", "LINESTRING"],
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Checkpoint(models.Model):
    """A point of a beat that a patrol passes; its code can be put up there to be scanned."""

    beat = models.ForeignKey(Beat, models.PROTECT, related_name="checkpoints")
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(pgettext_lazy("team", "name"), max_length=60)
    point = models.PointField(srid=SRID)

    class Meta:
        verbose_name = _("checkpoint")
        ordering = ["beat", "number"]
        constraints = [models.UniqueConstraint(fields=["beat", "number"], name="vol_checkpoint_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Duty(models.TextChoices):
    PATROL = "patrol", _("Patrol")
    FRAUD_TALK = "fraud_talk", _("Talk against fraud")
    MEDIATION = "mediation", _("Help with mediation")
    TRAFFIC = "traffic", _("Traffic guidance")
    RIVER = "river", _("River patrol")
    EVENT = "event", _("Large event")
    OTHER = "other", _("Other service")


class Risk(models.TextChoices):
    NONE = "none", _("No special risk")
    NIGHT = "night", _("Night")
    WATER = "water", _("Water")
    OTHER = "other", pgettext_lazy("risk", "Other risk")


@tracked
class ShiftTemplate(models.Model):
    """A shift that comes again. `days`: which days of the calendar it falls on."""

    class Days(models.TextChoices):
        DAILY = "daily", _("Every day")
        WORKING = "working", pgettext_lazy("shift", "Working days")
        RESTING = "resting", _("Days off")
        WEEKLY = "weekly", _("Once a week")

    team = models.ForeignKey(Team, models.PROTECT, related_name="templates", verbose_name=_("team"))
    beat = models.ForeignKey(
        Beat, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("beat")
    )
    title = models.CharField(_("title"), max_length=60)
    days = models.CharField(_("which days"), max_length=8, choices=Days)
    weekday = models.PositiveSmallIntegerField(_("weekday"), null=True, blank=True)  # 0 is Monday
    starts = models.TimeField(_("starts"))
    minutes = models.PositiveSmallIntegerField(_("length in minutes"))
    slots = models.PositiveSmallIntegerField(_("places"))
    duty = models.CharField(_("duty"), max_length=12, choices=Duty, default=Duty.PATROL)
    risk = models.CharField(_("risk"), max_length=6, choices=Risk, default=Risk.NONE)
    risk_notice = models.CharField(_("notice of risks"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("shift template")
        ordering = ["team", "title"]
        constraints = [
            models.CheckConstraint(
                name="vol_template_length", condition=Q(minutes__gte=15, minutes__lte=720)
            ),
            models.CheckConstraint(
                name="vol_template_weekday",
                condition=~Q(days="weekly") | Q(weekday__gte=0, weekday__lte=6),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ShiftStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open for sign-up")
    FULL = "full", _("Full")
    RUNNING = "running", pgettext_lazy("shift", "Running")
    TO_SETTLE = "to_settle", _("To be settled")
    SETTLED = "settled", pgettext_lazy("shift", "Settled")
    CANCELLED = "cancelled", _("Cancelled")


class ShiftQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Shifts of visible teams; drafts are for the police and the leader only."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if oversees(user):
            return self
        if user.is_police:
            return self.filter(team__unit__in=Unit.objects.keys_visible_to(user))
        if "volunteer" in user.roles:
            own = self.filter(team__in=Team.objects.visible_to(user))
            return own.exclude(status=ShiftStatus.DRAFT, team__in=_not_led_by(user))
        return self.none()

    def starting_in(self, period):
        """Starting in the half-open `period`."""
        return self.filter(starts_at__gte=period.start, starts_at__lt=period.end)

    def upcoming(self, now=None):
        return self.filter(ends_at__gt=now or timezone.now()).exclude(status=ShiftStatus.CANCELLED)


def _not_led_by(user):
    return Team.objects.visible_to(user).exclude(leader__user=user)


@tracked
class Shift(Stateful):
    """One duty at one time for some people."""

    TRANSITIONS = (
        Step("draft", "open", PLAN_SHIFT, label=_("Open for sign-up")),
        Step("draft", "cancelled", PLAN_SHIFT, reason=True, label=_("Cancel")),
        Step("open", "full", None),
        Step("full", "open", None),
        Step("open", "running", None),
        Step("full", "running", None),
        Step("running", "to_settle", None),
        Step("to_settle", "settled", None),
        Step("open", "cancelled", PLAN_SHIFT, reason=True, label=_("Cancel")),
        Step("full", "cancelled", PLAN_SHIFT, reason=True, label=_("Cancel")),
    )
    STATUS_TONES = {
        ShiftStatus.DRAFT: "mute",
        ShiftStatus.OPEN: "info",
        ShiftStatus.FULL: "violet",
        ShiftStatus.RUNNING: "info",
        ShiftStatus.TO_SETTLE: "warn",
        ShiftStatus.SETTLED: "ok",
        ShiftStatus.CANCELLED: "mute",
    }
    Duty, Risk = Duty, Risk

    status = models.CharField(_("state"), max_length=30, choices=ShiftStatus, default=ShiftStatus.DRAFT)
    team = models.ForeignKey(Team, models.PROTECT, related_name="shifts", verbose_name=_("team"))
    template = models.ForeignKey(ShiftTemplate, models.PROTECT, null=True, blank=True, related_name="shifts")
    beat = models.ForeignKey(
        Beat, models.PROTECT, null=True, blank=True, related_name="shifts", verbose_name=_("beat")
    )
    title = models.CharField(_("title"), max_length=60)
    duty = models.CharField(_("duty"), max_length=12, choices=Duty, default=Duty.PATROL)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    slots = models.PositiveSmallIntegerField(_("places"))
    meeting_text = models.CharField(_("where to meet"), max_length=120, blank=True)
    meeting_point = models.PointField(srid=SRID, null=True, blank=True)
    risk = models.CharField(_("risk"), max_length=6, choices=Risk, default=Risk.NONE)
    risk_notice = models.CharField(_("notice of risks"), max_length=300, blank=True)
    leader_confirms = models.BooleanField(_("the leader confirms each place"), default=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    is_demo = models.BooleanField(default=False)
    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["-starts_at", "-id"], name="vol_shift_starts"),
            models.Index(fields=["team", "-starts_at", "-id"], name="vol_shift_team_starts"),
            models.Index(
                fields=["starts_at"], name="vol_shift_to_start", condition=Q(status__in=["open", "full"])
            ),
            models.Index(fields=["ends_at"], name="vol_shift_to_end", condition=Q(status="running")),
        ]
        constraints = [
            models.CheckConstraint(
                name="vol_shift_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="vol_shift_has_place", condition=Q(beat__isnull=False) | Q(meeting_point__isnull=False)
            ),
            models.CheckConstraint(name="vol_shift_has_places", condition=Q(slots__gte=1, slots__lte=500)),
            models.CheckConstraint(
                name="vol_shift_risk_is_told", condition=Q(risk="none") | ~Q(risk_notice="")
            ),
            models.UniqueConstraint(
                fields=["template", "starts_at"],
                name="vol_shift_template_once",
                condition=Q(template__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("volunteers:shift-detail", args=[self.pk])

    @property
    def is_risky(self) -> bool:
        return self.risk != Risk.NONE


class SignUpStatus(models.TextChoices):
    SIGNED = "signed", _("Signed up")
    WAITING = "waiting", _("On the wait-list")
    CONFIRMED = "confirmed", pgettext_lazy("sign-up", "Confirmed")
    IN = "in", _("Checked in")
    OUT = "out", _("Checked out")
    PENDING = "pending", _("Hours to be approved")
    APPROVED = "approved", pgettext_lazy("hours", "Approved")
    ADJUSTED = "adjusted", _("Approved with a change")
    REJECTED = "rejected", pgettext_lazy("hours", "Refused")
    LEAVE = "leave", _("On leave")
    NO_SHOW = "no_show", _("No-show")
    CANCELLED = "cancelled", pgettext_lazy("sign-up", "Shift cancelled")


# Those who hold one of the shift's places, and those whose time is taken by it.
SEATED = (SignUpStatus.SIGNED, SignUpStatus.CONFIRMED, SignUpStatus.IN, SignUpStatus.OUT)
OVER = (SignUpStatus.LEAVE, SignUpStatus.NO_SHOW, SignUpStatus.CANCELLED)
FINAL = (SignUpStatus.APPROVED, SignUpStatus.ADJUSTED, SignUpStatus.REJECTED, *OVER)


class SignUpQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Sign-ups of visible shifts for the police and the leader; a volunteer sees the own ones."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if oversees(user):
            return self
        if user.is_police:
            return self.filter(shift__team__unit__in=Unit.objects.keys_visible_to(user))
        if "volunteer" in user.roles:
            return self.filter(Q(member__user=user) | Q(shift__team__in=Team.objects.led_by(user)))
        return self.none()

    def seated(self):
        return self.filter(status__in=SEATED)

    def live(self):
        """Whose time is taken, or asked for, by the shift."""
        return self.exclude(status__in=OVER)


@tracked
class SignUp(Stateful):
    """One member's place in one shift. `during` repeats the shift's span, so that the database itself refuses two at once."""

    TRANSITIONS = (
        Step("signed", "confirmed", PLAN_SHIFT, label=_("Confirm")),
        Step("signed", "leave", SERVE, label=_("Take leave")),
        Step("signed", "in", SERVE, label=_("Check in")),
        Step("signed", "no_show", None),
        Step("signed", "cancelled", None),
        Step("waiting", "signed", None),
        Step("waiting", "confirmed", None),
        Step("waiting", "leave", SERVE, label=_("Leave the wait-list")),
        Step("waiting", "cancelled", None),
        Step("confirmed", "in", SERVE, label=_("Check in")),
        Step("confirmed", "leave", SERVE, label=_("Take leave")),
        Step("confirmed", "no_show", None),
        Step("confirmed", "cancelled", None),
        Step("in", "out", SERVE, label=_("Check out")),
        Step("no_show", "in", SETTLE_SHIFT, reason=True, label=_("Was there after all")),
        Step("out", "pending", SETTLE_SHIFT, label=_("Settle")),
        Step("pending", "approved", APPROVE_HOURS, label=_("Approve")),
        Step("pending", "adjusted", APPROVE_HOURS, reason=True, label=_("Approve with a change")),
        Step("pending", "rejected", APPROVE_HOURS, reason=True, label=_("Refuse")),
    )
    STATUS_TONES = {
        SignUpStatus.SIGNED: "info",
        SignUpStatus.WAITING: "mute",
        SignUpStatus.CONFIRMED: "info",
        SignUpStatus.IN: "violet",
        SignUpStatus.OUT: "violet",
        SignUpStatus.PENDING: "warn",
        SignUpStatus.APPROVED: "ok",
        SignUpStatus.ADJUSTED: "ok",
        SignUpStatus.REJECTED: "danger",
        SignUpStatus.LEAVE: "mute",
        SignUpStatus.NO_SHOW: "danger",
        SignUpStatus.CANCELLED: "mute",
    }

    status = models.CharField(_("state"), max_length=30, choices=SignUpStatus, default=SignUpStatus.SIGNED)
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="sign_ups", verbose_name=_("shift"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="sign_ups", verbose_name=_("volunteer"))
    during = DateTimeRangeField(_("during"))
    signed_at = models.DateTimeField(default=timezone.now)
    is_demo = models.BooleanField(default=False)
    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        ordering = ["id"]
        constraints = [
            ExclusionConstraint(
                name="vol_signup_no_overlap",
                expressions=[("member", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=~Q(status__in=["leave", "no_show", "cancelled"]),
            ),
            models.UniqueConstraint(
                fields=["shift", "member"],
                name="vol_signup_once",
                condition=~Q(status__in=["leave", "cancelled"]),
            ),
        ]
        indexes = [
            models.Index(fields=["shift", "status", "id"], name="vol_signup_shift"),
            models.Index(fields=["member", "-id"], name="vol_signup_member"),
            models.Index(fields=["id"], name="vol_signup_pending", condition=Q(status="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.shift} · {self.member}"

    @property
    def is_live(self) -> bool:
        return self.status not in OVER


@tracked
class Attendance(models.Model):
    """When a member was there, from check-in to check-out: what hours are counted from and what a track hangs on.

    `in_uid` and `out_uid` are the phone's own numbers of the two acts, so that one sent twice counts once.
    """

    class Method(models.TextChoices):
        GPS = "gps", _("By place")
        QR = "qr", _("By code")
        LEADER = "leader", _("By the leader")

    sign_up = models.OneToOneField(SignUp, models.PROTECT, related_name="attendance")
    in_at = models.DateTimeField(_("checked in"))
    in_method = models.CharField(pgettext_lazy("check-in", "how"), max_length=6, choices=Method)
    in_point = models.PointField(srid=SRID, null=True, blank=True)
    in_uid = models.UUIDField(unique=True, null=True, blank=True)
    in_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    in_received_at = models.DateTimeField(default=timezone.now)
    out_at = models.DateTimeField(_("checked out"), null=True, blank=True)
    out_method = models.CharField(max_length=6, choices=Method, blank=True)
    out_point = models.PointField(srid=SRID, null=True, blank=True)
    out_uid = models.UUIDField(unique=True, null=True, blank=True)
    out_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    out_received_at = models.DateTimeField(null=True, blank=True)
    checkpoint = models.ForeignKey(
        Checkpoint, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checkpoint")
    )
    track = models.OneToOneField(
        "tracks.Track",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendance",
        verbose_name=_("recorded track"),
    )
    covered = models.FloatField(_("share of the beat that was reached"), null=True, blank=True)
    checkpoints_reached = models.PositiveSmallIntegerField(_("checkpoints reached"), null=True, blank=True)
    claimed_minutes = models.PositiveIntegerField(_("claimed minutes"), null=True, blank=True)
    claim_reason = models.CharField(_("reason of the claim"), max_length=300, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attendance")
        ordering = ["in_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="vol_attendance_span", condition=Q(out_at=None) | Q(out_at__gt=F("in_at"))
            ),
            models.CheckConstraint(
                name="vol_attendance_covered_share",
                condition=Q(covered=None) | Q(covered__gte=0, covered__lte=1),
            ),
            models.CheckConstraint(
                name="vol_attendance_out_whole",
                condition=Q(out_at=None, out_method="") | (Q(out_at__isnull=False) & ~Q(out_method="")),
            ),
            models.CheckConstraint(
                name="vol_attendance_gps_has_point",
                condition=~Q(in_method="gps") | Q(in_point__isnull=False),
            ),
            models.CheckConstraint(
                name="vol_attendance_leader_named",
                condition=~Q(in_method="leader") | Q(in_by__isnull=False),
            ),
            models.CheckConstraint(
                name="vol_attendance_under_a_day",
                condition=Q(out_at=None)
                | Q(out_at__lte=F("in_at") + Value("1 day", output_field=models.DurationField())),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign_up} {timezone.localtime(self.in_at):%H:%M}"
