"""Teams and their members."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.audit.history import tracked
from anji_police.crypto import ID_NUMBER, PHONE, EncryptedField, SealedRow
from anji_police.geo import SRID
from anji_police.places.models import Place, Unit
from anji_police.workflow.models import Stateful, Step

User = settings.AUTH_USER_MODEL
APPROVE_TEAM, SUSPEND_TEAM = "volunteers.approve_team", "volunteers.suspend_team"
VET_MEMBER, CHANGE_MEMBER = "volunteers.vet_member", "volunteers.change_member"
SERVE = "volunteers.serve"  # what a member does oneself


def oversees(user) -> bool:
    """Whether `user` looks after the teams of the whole county: the security brigade (治安大队) and the county-wide roles."""
    if user.is_county_wide:
        return True
    return user.is_police and user.unit_id is not None and user.unit.code == settings.VOLUNTEER_BRIGADE_CODE


class TeamStatus(models.TextChoices):
    APPLIED = "applied", _("Applied for")
    APPROVED = "approved", pgettext_lazy("team", "Approved")
    SUSPENDED = "suspended", _("Suspended")
    DISSOLVED = "dissolved", _("Dissolved")


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Teams of the units whose work `user` may see; the security brigade sees all; a volunteer the own ones."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if oversees(user):
            return self
        if user.is_police:
            return self.filter(unit__in=Unit.objects.keys_visible_to(user))
        if "volunteer" in user.roles:
            return self.filter(pk__in=Member.objects.filter(user=user).values("team"))
        return self.none()

    def led_by(self, user):
        """Teams whose leader signs in as `user`."""
        return self.filter(leader__user=user)

    def active(self):
        return self.filter(status=TeamStatus.APPROVED)


@tracked
class Team(Stateful):
    """One volunteer team (义警队), at home at a police station."""

    TRANSITIONS = (
        Step("applied", "approved", APPROVE_TEAM, label=_("Approve")),
        Step("applied", "dissolved", APPROVE_TEAM, reason=True, label=_("Refuse")),
        Step("approved", "suspended", SUSPEND_TEAM, reason=True, label=_("Suspend")),
        Step("suspended", "approved", SUSPEND_TEAM, reason=True, label=_("Take up again")),
        Step("approved", "dissolved", SUSPEND_TEAM, reason=True, label=_("Dissolve")),
        Step("suspended", "dissolved", SUSPEND_TEAM, reason=True, label=_("Dissolve")),
    )
    STATUS_TONES = {
        TeamStatus.APPLIED: "warn",
        TeamStatus.APPROVED: "ok",
        TeamStatus.SUSPENDED: "danger",
        TeamStatus.DISSOLVED: "mute",
    }

    class Category(models.TextChoices):
        RED_NEIGHBOUR = "red_neighbour", _("Red Wall Neighbours")
        CHANGSHUO = "changshuo", _("Changshuo volunteer police")
        SHOUYUAN = "shouyuan", _("Shouyuan volunteer police")
        ECOLOGICAL = "ecological", _("Ecological volunteer police")
        OTHER = "other", _("Other volunteer team")

    status = models.CharField(_("state"), max_length=30, choices=TeamStatus, default=TeamStatus.APPLIED)
    name = models.CharField(pgettext_lazy("team", "name"), max_length=60, unique=True)
    category = models.CharField(pgettext_lazy("team", "category"), max_length=16, choices=Category)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("police station"))
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("township")
    )
    liaison = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("liaison officer")
    )
    leader = models.ForeignKey(
        "Member", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leader")
    )
    purpose = models.CharField(pgettext_lazy("team", "purpose"), max_length=300, blank=True)
    is_recruiting = models.BooleanField(_("takes new members"), default=True)
    founded_on = models.DateField(_("founded"), default=timezone.localdate)
    is_demo = models.BooleanField(default=False)
    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("volunteer team")
        ordering = ["name"]
        indexes = [models.Index(fields=["unit", "name"], name="vol_team_unit_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("volunteers:team-detail", args=[self.pk])


class MemberStatus(models.TextChoices):
    APPLIED = "applied", _("Applied")
    VETTED = "vetted", _("Vetted")
    TRAINED = "trained", _("Trained")
    ACTIVE = "active", pgettext_lazy("volunteer", "Active")
    SUSPENDED = "suspended", _("Suspended")
    REFUSED = "refused", pgettext_lazy("volunteer", "Refused")
    LEFT = "left", _("Left")


GONE = (MemberStatus.REFUSED, MemberStatus.LEFT)


class MemberQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Members of visible teams for the police, of the own team for its leader; a volunteer sees the own entry only."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if oversees(user):
            return self
        if user.is_police:
            return self.filter(team__unit__in=Unit.objects.keys_visible_to(user))
        if "volunteer" in user.roles:
            return self.filter(Q(user=user) | Q(team__in=Team.objects.led_by(user)))
        return self.none()

    def active(self):
        return self.filter(status=MemberStatus.ACTIVE)

    def adults(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(adult_on=None) | Q(adult_on__lte=on))

    def holding(self, kind: str, on=None):
        """With a qualification of `kind` in force on the day `on` (default today)."""
        on = on or timezone.localdate()
        held = Qualification.objects.filter(kind=kind, valid__contains=on)
        return self.filter(pk__in=held.values("member"))

    def joined_in(self, period):
        """Taken on in the days of `period`."""
        return self.filter(joined_on__gte=period.first_day, joined_on__lte=period.last_day)

    def left_in(self, period):
        return self.filter(left_on__gte=period.first_day, left_on__lte=period.last_day)


@tracked
class Member(SealedRow, Stateful):
    """One person in one team. The origin is what the person declares (GB/T 2260), never read from an identity number.

    `adult_on` is the eighteenth birthday of a minor and empty for adults: no other date of birth is kept in the clear.
    """

    TRANSITIONS = (
        Step("applied", "vetted", VET_MEMBER, label=_("Vetted")),
        Step("applied", "refused", VET_MEMBER, reason=True, label=_("Refuse")),
        Step("vetted", "trained", CHANGE_MEMBER, label=_("Trained")),
        Step("trained", "active", CHANGE_MEMBER, label=_("Take on")),
        Step("active", "suspended", CHANGE_MEMBER, reason=True, label=_("Suspend")),
        Step("suspended", "active", CHANGE_MEMBER, reason=True, label=_("Take up again")),
        Step("applied", "left", SERVE, label=_("Leave")),
        Step("vetted", "left", SERVE, label=_("Leave")),
        Step("trained", "left", SERVE, label=_("Leave")),
        Step("active", "left", SERVE, label=_("Leave")),
        Step("suspended", "left", SERVE, label=_("Leave")),
    )
    STATUS_TONES = {
        MemberStatus.APPLIED: "warn",
        MemberStatus.VETTED: "info",
        MemberStatus.TRAINED: "info",
        MemberStatus.ACTIVE: "ok",
        MemberStatus.SUSPENDED: "danger",
        MemberStatus.REFUSED: "mute",
        MemberStatus.LEFT: "mute",
    }

    status = models.CharField(_("state"), max_length=30, choices=MemberStatus, default=MemberStatus.APPLIED)
    team = models.ForeignKey(Team, models.PROTECT, related_name="members", verbose_name=_("team"))
    name = models.CharField(_("name"), max_length=40)
    phone = EncryptedField(_("phone number"), kind=PHONE, index=True)
    id_number = EncryptedField(_("identity number"), kind=ID_NUMBER, index=True)
    adult_on = models.DateField(_("of age on"), null=True, blank=True)
    user = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="volunteer", verbose_name=_("account")
    )
    origin = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("declared origin")
    )
    dialects = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("dialects")
    )
    location = models.PointField(_("usual place"), srid=SRID, null=True, blank=True)
    track_consent_at = models.DateTimeField(_("consent to recording"), null=True, blank=True)
    joined_on = models.DateField(_("joined"), null=True, blank=True)
    left_on = models.DateField(_("left"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("volunteer")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["team", "status"], name="vol_member_team_status"),
            models.Index(fields=["name", "id"], name="vol_member_name"),
            models.Index(fields=["origin"], name="vol_member_origin", condition=Q(status="active")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index"],
                name="vol_member_person_once",
                condition=~Q(id_number_index="") & ~Q(status__in=["refused", "left"]),
            ),
            models.CheckConstraint(
                name="vol_member_left_has_day", condition=~Q(status="left") | Q(left_on__isnull=False)
            ),
            models.CheckConstraint(
                name="vol_member_active_has_day", condition=~Q(status="active") | Q(joined_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("volunteers:member-detail", args=[self.pk])

    def is_minor(self, on) -> bool:
        return self.adult_on is not None and self.adult_on > on


@tracked
class Qualification(models.Model):
    """One proof that a member holds for [from, to): training, accident insurance, health, or the signed commitment."""

    class Kind(models.TextChoices):
        TRAINING = "training", _("Training")
        INSURANCE = "insurance", _("Accident insurance")
        HEALTH = "health", _("Health statement")
        COMMITMENT = "commitment", _("Signed commitment")

    member = models.ForeignKey(Member, models.PROTECT, related_name="qualifications")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    valid = DateRangeField(_("valid"))
    number = models.CharField(_("number of the document"), max_length=60, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("qualification")
        ordering = ["kind", "-valid"]
        constraints = [
            ExclusionConstraint(
                name="vol_qualification_no_overlap",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.member}"


@tracked
class Application(models.Model):
    """What ties a public application to the browser that sent it, so that a double tap makes one member."""

    member = models.OneToOneField(Member, models.PROTECT, related_name="application")
    token_hash = models.CharField(max_length=64, unique=True)
    body_hash = models.CharField(max_length=64)
    consent_at = models.DateTimeField()
    language = models.CharField(max_length=10, default="zh-hans")
    motive = models.CharField(_("why"), max_length=300, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("application")

    def __str__(self) -> str:
        return str(self.member)
