"""Roles, and which kind of person may hold them. What a role may do is registered by each app in its `rights.py`."""

from collections import defaultdict
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OFFICER = "officer", _("Officer")
    STATION_CHIEF = "station_chief", _("Station chief")
    DUTY_DESK = "duty_desk", _("Bureau duty desk")
    LEADERSHIP = "leadership", _("Leadership")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDIT_ADMIN = "audit_admin", _("Audit administrator")
    MEDIATOR = "mediator", _("Mediator")
    VOLUNTEER = "volunteer", _("Volunteer")
    WARDEN = "warden", _("Warden")
    VILLAGE_COMMITTEE = "village_committee", _("Village committee")
    PARTNER_DEPARTMENT = "partner_department", _("Partner department")
    ENTERPRISE_CONTACT = "enterprise_contact", _("Enterprise contact")


POLICE = frozenset({Role.OFFICER, Role.STATION_CHIEF, Role.DUTY_DESK, Role.LEADERSHIP})
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
OUTSIDE = frozenset(Role) - POLICE - ADMINISTRATORS
STAFF = POLICE | ADMINISTRATORS
# Sees the work of the whole bureau, not only of the own unit and below.
COUNTY_WIDE = frozenset({Role.DUTY_DESK, Role.LEADERSHIP})


def kind_of(role: str) -> str:
    """The group of which one account can hold roles: "police", "outside", or the administrator role itself.

    GB/T 22239-2019 8.1.4.2 d: the three administrators are separated from each other, and here from police work too.
    """
    if role in ADMINISTRATORS:
        return str(role)
    return "police" if role in POLICE else "outside"


_rights: dict[str, set[str]] = defaultdict(set)


_labels: dict[str, Any] = {}


def grant(permission: str, *roles: Role, label: Any = "") -> None:
    """Give `permission` ("app.verb_noun") to `roles`. Called at start-up from an app's rights.py. `label` says in words what
    it allows, for the page that shows who may do what."""
    for role in roles:
        _rights[role].add(permission)
    if label:
        _labels[permission] = label


def label_of(permission: str) -> Any:
    """What a permission allows, in words; its own name when nobody said it."""
    return _labels.get(permission, permission)


def rights_of(roles) -> frozenset[str]:
    """All permissions of a set of roles."""
    return frozenset().union(*(_rights[role] for role in roles))


def granted() -> dict[str, frozenset[str]]:
    """Role to permissions, for the page that shows who may do what."""
    return {role: frozenset(permissions) for role, permissions in sorted(_rights.items())}
