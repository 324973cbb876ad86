"""What the administrators do with other people's accounts. None of them can do all of it alone."""

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django_otp import devices_for_user

from anji_police.accounts.models import User, UserRole
from anji_police.accounts.roles import ADMINISTRATORS, STAFF, Role, kind_of
from anji_police.accounts.services.passwords import set_password, stop_tokens, temporary_password
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.places.models import Unit

CLEARANCES = (0, 1, 2, 3)


def _may(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise NotAllowed(_("Your account may not do this."))


def _other(actor: User, account: User) -> User:
    """`account` under a lock. Raises NotAllowed for the own account: nobody administers oneself."""
    if account.pk == actor.pk:
        raise NotAllowed(_("Another administrator has to do this for your own account."))
    return User.objects.select_for_update().get(pk=account.pk)


def _one_at_a_time() -> None:
    """Who may administer is decided by one transaction after the other: of two who take each other's role, one remains."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.administrators'))")


def _must_be_open(unit: Unit | None) -> None:
    """Raises InvalidInput for a closed unit; locked, so that it can't be closed meanwhile."""
    if unit is not None and not Unit.objects.select_for_update().get(pk=unit.pk).is_active:
        raise InvalidInput(fields={"unit": [_("This unit is closed. Choose another one.")]})


def _save(account: User, **how) -> None:
    """Raises InvalidInput when another transaction took the login name or the police number meanwhile."""
    try:
        with transaction.atomic():
            account.save(**how)
    except IntegrityError as error:
        if "police_number" in str(error):
            raise InvalidInput(
                fields={"police_number": [_("Another account has this police number.")]}
            ) from None
        raise InvalidInput(fields={"username": [_("This login name is taken.")]}) from None


@transaction.atomic
def create_account(
    *, actor: User, username: str, name: str, unit=None, place=None, police_number: str = "", email: str = ""
) -> tuple[User, str]:
    """A new account without any role, and its temporary password, which is shown once and must be changed.

    Raises InvalidInput when the login name or the police number is taken.
    """
    _may(actor, "accounts.create_account")
    if User.objects.filter(username__iexact=username).exists():
        raise InvalidInput(fields={"username": [_("This login name is taken.")]})
    if police_number and User.objects.filter(police_number=police_number).exists():
        raise InvalidInput(fields={"police_number": [_("Another account has this police number.")]})
    _must_be_open(unit)
    password = temporary_password()
    account = User(
        username=username, name=name, unit=unit, place=place, police_number=police_number or None, email=email
    )
    account.must_change_password = True
    account.set_password(password)
    _save(account)
    audit.record(
        actor=actor,
        action="accounts.account.created",
        subject=account,
        after={"username": username, "name": name, "unit": unit, "place": place},
    )
    return account, password


@transaction.atomic
def change_account(*, actor: User, account: User, reason: str, **changes) -> User:
    """Change name, unit, place, police_number or email of an account, with a reason."""
    _may(actor, "accounts.change_account")
    account = _other(actor, account)
    unknown = set(changes) - {"name", "unit", "place", "police_number", "email"}
    if unknown:
        raise ValueError(f"not changed here: {unknown}")
    number = changes.get("police_number")
    if number and User.objects.filter(police_number=number).exclude(pk=account.pk).exists():
        raise InvalidInput(fields={"police_number": [_("Another account has this police number.")]})
    if "police_number" in changes:
        changes["police_number"] = number or None
    before = {field: getattr(account, field) for field in changes}
    changed = {field: value for field, value in changes.items() if before[field] != value}
    if changed:
        _must_be_open(changed.get("unit"))
        for field, value in changed.items():
            setattr(account, field, value)
        _save(account, update_fields=list(changed))
        audit.record(
            actor=actor,
            action="accounts.account.changed",
            subject=account,
            before={field: before[field] for field in changed},
            after=changed,
            reason=reason,
        )
    return account


def _keep_one(account: User, role: str) -> None:
    """Raises DomainError when `account` is the last active holder of an administrator role."""
    if role not in ADMINISTRATORS:
        return
    holders = User.objects.select_for_update().filter(
        pk__in=UserRole.objects.filter(role=role).values("user"), is_active=True
    )
    if set(holders.values_list("pk", flat=True)) == {account.pk}:
        raise DomainError(
            _("This is the last %(role)s. Appoint another one first.") % {"role": Role(role).label}
        )


@transaction.atomic
def set_active(*, actor: User, account: User, active: bool, reason: str) -> User:
    """Close or open an account. A closed one is signed out at its next click and its tokens stop. Raises DomainError for
    the last administrator of a kind."""
    _may(actor, "accounts.deactivate_account")
    _one_at_a_time()
    account = _other(actor, account)
    if account.is_active == active:
        return account
    if not active:
        for role in account.roles:
            _keep_one(account, role)
    account.is_active = active
    account.save(update_fields=["is_active"])
    if not active:
        stop_tokens(account)
    action = "accounts.account.reactivated" if active else "accounts.account.deactivated"
    audit.record(actor=actor, action=action, subject=account, reason=reason)
    return account


@transaction.atomic
def reset_password(*, actor: User, account: User, reason: str) -> str:
    """A new temporary password, shown once; it must be changed. The second factor stays, so that it opens nothing alone."""
    _may(actor, "accounts.reset_password")
    account = _other(actor, account)
    password = temporary_password()
    set_password(account, password, temporary=True)
    audit.record(actor=actor, action="accounts.password.reset", subject=account, reason=reason)
    return password


@transaction.atomic
def grant_role(*, actor: User, account: User, role: str, reason: str) -> None:
    """Give `role` to an account.

    The security administrator does this. While no active security administrator exists, the system administrator may appoint the
    first one, and nobody else. Raises DomainError when the account's other roles forbid it (the database checks it again).
    """
    _one_at_a_time()
    _may_grant(actor, role)
    account = _other(actor, account)
    kinds = {kind_of(held) for held in account.role_rows.values_list("role", flat=True)}
    if kinds - {kind_of(role)}:
        raise DomainError(
            _(
                "One account is police, outside, or one kind of administrator, never two of these. Use a second account."
            )
        )
    row, made = UserRole.objects.get_or_create(
        user=account, role=role, defaults={"kind": kind_of(role), "granted_by": actor}
    )
    if made:
        if role in STAFF and not kinds:
            stop_tokens(account)  # made without a second factor, which staff must have
        audit.record(
            actor=actor,
            action="accounts.role.granted",
            subject=account,
            after={"role": row.role},
            reason=reason,
        )


def _may_grant(actor: User, role: str) -> None:
    if actor.has_perm("accounts.grant_role"):
        return
    first = role == Role.SECURITY_ADMIN and Role.SYSTEM_ADMIN in actor.roles
    if not (first and not User.objects.with_role(Role.SECURITY_ADMIN).exists()):
        raise NotAllowed(_("Only the security administrator gives roles."))


@transaction.atomic
def revoke_role(*, actor: User, account: User, role: str, reason: str) -> None:
    """Take `role` away; holds from the person's next click. Raises DomainError for the last administrator of a kind."""
    _may(actor, "accounts.grant_role")
    _one_at_a_time()
    account = _other(actor, account)
    _keep_one(account, role)
    gone, _rows = UserRole.objects.filter(user=account, role=role).delete()
    if gone:
        audit.record(
            actor=actor, action="accounts.role.revoked", subject=account, before={"role": role}, reason=reason
        )


@transaction.atomic
def set_clearance(*, actor: User, account: User, clearance: int, reason: str) -> None:
    """Set how restricted a record the account may see, 0 (none) to 3."""
    _may(actor, "accounts.set_clearance")
    account = _other(actor, account)
    if clearance not in CLEARANCES:
        raise InvalidInput(fields={"clearance": [_("Between 0 and 3.")]})
    before, account.clearance = account.clearance, clearance
    account.save(update_fields=["clearance"])
    audit.record(
        actor=actor,
        action="accounts.clearance.set",
        subject=account,
        before={"clearance": before},
        after={"clearance": clearance},
        reason=reason,
    )


@transaction.atomic
def reset_second_factor(*, actor: User, account: User, reason: str) -> None:
    """Remove the devices and recovery codes of an account, whose next sign-in sets up new ones; its API tokens stop."""
    _may(actor, "accounts.reset_second_factor")
    account = _other(actor, account)
    for device in devices_for_user(account, confirmed=None):
        device.delete()
    stop_tokens(account)
    audit.record(actor=actor, action="accounts.second_factor.reset", subject=account, reason=reason)
