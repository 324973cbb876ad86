"""Accounts: who signs in, in which unit, in which roles."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import (
    ADMINISTRATORS,
    COUNTY_WIDE,
    OUTSIDE,
    POLICE,
    STAFF,
    Role,
    kind_of,
    rights_of,
)
from anji_police.audit.history import tracked
from anji_police.places.models import Place, Unit


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def police(self):
        """Active accounts with a police role."""
        return self.active().filter(role_rows__role__in=POLICE).distinct()

    def with_role(self, *roles: Role):
        return self.active().filter(role_rows__role__in=roles).distinct()

    def visible_to(self, user):
        """Accounts that `user` may look up: administrators all, police those of visible units, others only their own."""
        if not user.is_authenticated:
            return self.none()
        if user.roles & ADMINISTRATORS or user.is_county_wide:
            return self
        if user.is_police:
            return self.filter(Q(unit__in=Unit.objects.visible_to(user)) | Q(pk=user.pk))
        return self.filter(pk=user.pk)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, username):
        return self.get(username=username)


@tracked(exclude=["password", "last_login", "last_seen_at"])
class User(AbstractBaseUser):
    """One person, one account. There is no superuser: rights come from roles alone (GB/T 22239-2019 8.1.4.2 d)."""

    username = models.CharField(_("login name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    police_number = models.CharField(_("police number"), max_length=8, unique=True, null=True, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("unit")
    )
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, verbose_name=_("village"))
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demonstration account"), default=False)
    clearance = models.PositiveSmallIntegerField(_("clearance"), default=0)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("account")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held now, read once a request."""
        return frozenset(self.role_rows.values_list("role", flat=True)) if self.is_active else frozenset()

    @cached_property
    def rights(self) -> frozenset[str]:
        return rights_of(self.roles)

    def has_perm(self, permission: str, obj=None) -> bool:
        """True when one of the roles carries `permission` ("app.verb_noun"); whether a row is in sight is another matter."""
        return self.is_active and permission in self.rights

    def has_perms(self, permissions, obj=None) -> bool:
        return all(self.has_perm(p, obj) for p in permissions)

    @property
    def is_police(self) -> bool:
        return bool(self.roles & POLICE)

    @property
    def is_staff_member(self) -> bool:
        """Police or administrator: must sign in with a second factor."""
        return bool(self.roles & STAFF)

    @property
    def is_outside(self) -> bool:
        return bool(self.roles & OUTSIDE)

    @property
    def is_county_wide(self) -> bool:
        return bool(self.roles & COUNTY_WIDE)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


@tracked
class UserRole(models.Model):
    """One role of one account. The exclusion constraint keeps the three administrators apart from each other and from
    police work, and outside accounts apart from both, whatever path a write takes."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_rows")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    kind = models.CharField(max_length=20, editable=False)
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("role")
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="userrole_once"),
            ExclusionConstraint(
                name="userrole_one_kind",
                expressions=[("user", RangeOperators.EQUAL), ("kind", RangeOperators.NOT_EQUAL)],
            ),
            models.CheckConstraint(
                name="userrole_kind_follows_role",
                condition=Q(role__in=sorted(ADMINISTRATORS), kind=models.F("role"))
                | Q(role__in=sorted(POLICE), kind="police")
                | Q(role__in=sorted(OUTSIDE), kind="outside"),
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()

    def clean(self) -> None:
        self.kind = kind_of(self.role)


class OldPassword(models.Model):
    """Hashes of the last passwords of an account, so that one isn't taken again (MLPS level 3 profile)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="old_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-set_at"]

    def __str__(self) -> str:
        return str(self.set_at)


@tracked(exclude=["last_used_at"])
class ApiToken(models.Model):
    """A token for a program of one account. Only its SHA-256 is kept; it carries 192 random bits."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
