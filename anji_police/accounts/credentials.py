"""Makes the first accounts of a portal, with random passwords in a file that only its owner can read."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from anji_police.accounts.models import User, UserRole
from anji_police.accounts.roles import Role, kind_of
from anji_police.accounts.services import temporary_password
from anji_police.audit import services as audit
from anji_police.audit.services import acting
from anji_police.places.models import Place, Unit


@dataclass(frozen=True)
class Spec:
    """One account to make. `unit` and `village` are names, so that codes stay in one place; no such name: none."""

    username: str
    name: str
    role: Role
    unit: str = ""
    village: str = ""
    police_number: str = ""
    is_demo: bool = False


def make(spec: Spec, *, must_change: bool) -> str | None:
    """The password of the new account, or None when the account is there already and stays as it is."""
    with acting(reason="first accounts"), transaction.atomic():
        if User.objects.filter(username=spec.username).exists():
            return None
        password = temporary_password()
        user = User(
            username=spec.username,
            name=spec.name,
            unit=_unit(spec.unit),
            place=Place.objects.villages().filter(name=spec.village).first() if spec.village else None,
            police_number=spec.police_number or None,
            is_demo=spec.is_demo,
            must_change_password=must_change,
        )
        user.set_password(password)
        user.save()
        UserRole.objects.create(user=user, role=spec.role, kind=kind_of(spec.role), granted_at=timezone.now())
        audit.record(
            actor=None,
            action="accounts.account.created",
            subject=user,
            after={"role": spec.role, "demo": spec.is_demo},
        )
    return password


def _unit(name: str) -> Unit | None:
    return Unit.objects.filter(name__endswith=name).order_by("path").first() if name else None


def write(path: Path, lines: list[str]) -> None:
    """Add `lines` to the file at `path`, which only its owner may read, from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.fchmod(handle, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
