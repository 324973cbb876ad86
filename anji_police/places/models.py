"""Administrative divisions (行政区划) and police units (公安机构) with their jurisdictions."""

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anji_police import memo
from anji_police.audit.history import tracked
from anji_police.geo import SRID


class PlaceQuerySet(models.QuerySet):
    def townships(self):
        """Townships, towns and subdistricts (乡镇街道) of the county, in the order of their codes."""
        return self.filter(level=Place.Level.TOWNSHIP).order_by("code")

    def villages(self):
        """Villages and communities (村社) of the county, in the order of their codes."""
        return self.filter(level=Place.Level.VILLAGE).order_by("code")

    def of_county(self):
        return self.filter(level__in=[Place.Level.TOWNSHIP, Place.Level.VILLAGE])


class Place(models.Model):
    """One administrative division: GB/T 2260 to the county, GB/T 10114 below it. Geometry in WGS-84 (EPSG:4326)."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        PREFECTURE = "prefecture", _("Prefecture")
        COUNTY = "county", _("County")
        TOWNSHIP = "township", _("Township")
        VILLAGE = "village", _("Village")

    class AreaSource(models.TextChoices):
        NONE = "none", _("No boundary")
        OFFICIAL = "official", _("Official boundary")
        PUBLISHED = "published", _("Published map, not survey-grade")
        DERIVED = "derived", _("Derived from seats, for orientation only")

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    area = models.MultiPolygonField(srid=SRID, null=True, blank=True)
    area_source = models.CharField(max_length=10, choices=AreaSource, default=AreaSource.NONE)
    seat = models.PointField(srid=SRID, null=True, blank=True)
    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="place_area_has_source",
                condition=(Q(area__isnull=True) & Q(area_source="none"))
                | (Q(area__isnull=False) & ~Q(area_source="none")),
            )
        ]
        indexes = [models.Index(fields=["level", "code"], name="place_level_code")]

    def __str__(self) -> str:
        return self.name


class UnitQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def under(self, unit: "Unit"):
        """`unit` itself and all units below it."""
        return self.filter(path__startswith=unit.path)

    def keys_under(self, unit: "Unit") -> list[int]:
        """The keys of under(unit). As a list, as those of keys_visible_to()."""
        return list(self.under(unit).order_by().values_list("pk", flat=True))

    def visible_to(self, user):
        """Units whose work `user` may see: own unit and below; all for county-wide roles; none for outside accounts."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_county_wide:
            return self
        if not user.is_police or user.unit_id is None:
            return self.none()
        return self.filter(path__startswith=user.unit.path)

    def keys_visible_to(self, user) -> list[int]:
        """The keys of visible_to(user). As a list, so that the planner knows how few they are; asked once for each page."""
        return memo.once(
            ("units", user.pk), lambda: list(self.visible_to(user).order_by().values_list("pk", flat=True))
        )

    def stations(self):
        return self.filter(kind=Unit.Kind.STATION)


@tracked
class Unit(models.Model):
    """One police unit or partner department in the tree of the bureau. `path` is "/1/7/": the keys from the root down."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("Bureau")
        STATION = "station", _("Police station")
        BRIGADE = "brigade", _("Brigade")
        SQUAD = "squad", _("Squad")
        WINDOW = "window", _("Window")
        DEPARTMENT = "department", _("Partner department")

    code = models.CharField(_("GA 380 code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=60)
    short_name = models.CharField(_("short name"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=120, unique=True, editable=False)
    seat = models.PointField(srid=SRID, null=True, blank=True)
    phone = models.CharField(_("duty phone"), max_length=20, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(name="unit_path_form", condition=Q(path__regex=r"^/([0-9]+/)+$")),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


@tracked
class Jurisdiction(models.Model):
    """Which unit answers for a place, as a dated range [from, to): old records keep the unit of their day."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="jurisdictions")
    place = models.ForeignKey(Place, models.PROTECT, related_name="jurisdictions")
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("jurisdiction")
        constraints = [
            ExclusionConstraint(
                name="jurisdiction_one_unit_a_day",
                expressions=[("place", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.place}"
