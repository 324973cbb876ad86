"""Who mediates: service stations, hometown teams, committees, mediators and their appointments."""

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from anji_police.crypto import ID_NUMBER, PHONE, EncryptedField, SealedRow
from anji_police.geo import SRID
from anji_police.places.models import Place, Unit

User = settings.AUTH_USER_MODEL


class BodyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Stations, teams and committees are the whole county's: all police see them, nobody else."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.has_perm("mediation.view_mediator") else self.none()


class TeamQuerySet(BodyQuerySet):
    def idle_in(self, period):
        """Those that were there in the half-open `period` and of which nobody took on a dispute in it."""
        taken = apps.get_model("mediation", "Assignment").objects.filter(
            answered_at__gte=period.start,
            answered_at__lt=period.end,
            state__in=["accepted", "ended", "replaced"],
        )
        busy = taken.exclude(mediator__team=None).values("mediator__team")
        there = self.filter(
            Q(dissolved_on=None) | Q(dissolved_on__gt=period.first_day), founded_on__lte=period.last_day
        )
        return there.exclude(pk__in=busy)


@tracked
class ServiceStation(models.Model):
    """A new-resident service station (新居民服务站), where hometown teams are at home."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("township"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("police station"))
    location = models.PointField(srid=SRID, null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(default=False)
    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("service station")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mediation:station-detail", args=[self.pk])


@tracked
class Team(models.Model):
    """A hometown-dialect mediation team (乡音调解团): people of one origin at one service station."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    origin = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("origin"))
    dialects = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("dialects")
    )
    station = models.ForeignKey(
        ServiceStation, models.PROTECT, related_name="teams", verbose_name=_("service station")
    )
    founded_on = models.DateField(_("founded"))
    dissolved_on = models.DateField(_("dissolved"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("hometown mediation team")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="team_dissolved_after_founded",
                condition=Q(dissolved_on=None) | Q(dissolved_on__gt=models.F("founded_on")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mediation:team-detail", args=[self.pk])


@tracked
class Committee(models.Model):
    """A people's mediation committee (人民调解委员会): it appoints mediators and seals agreements."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(default=False)
    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("people's mediation committee")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mediation:committee-detail", args=[self.pk])


class MatchGroup(models.Model):
    """Mediators who are alike in what a match weighs. A trigger puts each mediator into one, so that a match weighs hundreds of
    groups and not thousands of people. No fact of its own: nothing but the match reads it."""

    origin = models.ForeignKey(Place, models.PROTECT, related_name="+")
    dialects = ArrayField(models.CharField(max_length=20), default=list)
    station = models.ForeignKey(ServiceStation, models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "place", "station", "dialects"],
                name="match_group_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.origin} · {self.place}"


class MediatorQuerySet(models.QuerySet):
    def active(self, on=None):
        """Active on the day `on` (default today): joined, and not left by then."""
        on = on or timezone.localdate()
        return self.filter(joined_on__lte=on).filter(Q(left_on=None) | Q(left_on__gt=on))

    def visible_to(self, user):
        """Police see all mediators of the county, so that one from elsewhere can be asked; a mediator sees the own entry."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.has_perm("mediation.view_mediator"):
            return self
        return self.filter(user=user)


@tracked(exclude=["match_group"])
class Mediator(SealedRow):
    """One mediator. The origin is what the person declares (GB/T 2260), never read from an identity number."""

    name = models.CharField(_("name"), max_length=40)
    phone = EncryptedField(_("phone number"), kind=PHONE, index=True)
    id_number = EncryptedField(_("identity number"), kind=ID_NUMBER, index=True)
    user = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="mediator", verbose_name=_("account")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("hometown team")
    )
    origin = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("declared origin"))
    dialects = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("dialects")
    )
    languages = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("languages")
    )
    skills = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("skills"))
    station = models.ForeignKey(
        ServiceStation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mediators",
        verbose_name=_("service station"),
    )
    born_on = models.DateField(_("born"), null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("township"))
    load_limit = models.PositiveSmallIntegerField(_("cases at once"), default=5)
    joined_on = models.DateField(_("joined"), default=timezone.localdate)
    left_on = models.DateField(_("left"), null=True, blank=True)
    match_group = models.ForeignKey(MatchGroup, models.PROTECT, editable=False, related_name="mediators")
    is_demo = models.BooleanField(default=False)
    objects = MediatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("mediator")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["origin"], name="mediator_origin"),
            models.Index(fields=["place"], name="mediator_place"),
            models.Index(fields=["name", "id"], name="mediator_name"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="account_has_the_role",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("user_id"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__user__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM accounts_userrole
                                   WHERE user_id = NEW.user_id AND role = 'mediator') THEN
                        RAISE EXCEPTION 'the account does not have the mediator role'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="belongs_to_its_match_group",
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("origin_id", "dialects", "station_id", "place_id", "match_group_id"),
                when=pgtrigger.Before,
                func="""
                    INSERT INTO mediation_matchgroup (origin_id, dialects, station_id, place_id)
                    VALUES (NEW.origin_id, NEW.dialects, NEW.station_id, NEW.place_id) ON CONFLICT DO NOTHING;
                    SELECT id INTO NEW.match_group_id FROM mediation_matchgroup
                    WHERE (origin_id, dialects, place_id) = (NEW.origin_id, NEW.dialects, NEW.place_id)
                      AND station_id IS NOT DISTINCT FROM NEW.station_id;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mediation:mediator-detail", args=[self.pk])


@tracked
class Appointment(models.Model):
    """A committee appoints a mediator for [from, to). Who isn't appointed on the day can assist, not sign (人民调解法 art. 29)."""

    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="appointments")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="appointments", verbose_name=_("committee")
    )
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("appointment")
        indexes = [GistIndex(fields=["valid"], name="appointment_valid")]
        constraints = [
            ExclusionConstraint(
                name="appointment_no_overlap",
                expressions=[
                    ("mediator", RangeOperators.EQUAL),
                    ("committee", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.mediator} · {self.committee}"
