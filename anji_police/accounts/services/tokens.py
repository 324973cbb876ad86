"""Tokens for a person's programs: made by the person, stopped with the password that stands behind them."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import ApiToken, User
from anji_police.api.authentication import digest
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput, NotAllowed

TOKEN_DAYS_MAX = 365
TOKENS_MAX = 10


@transaction.atomic
def create_token(*, user: User, name: str, days: int) -> str:
    """A token for one program, valid for `days` (1 to 365). Only its digest is kept; the return value is shown once."""
    User.objects.select_for_update().get(pk=user.pk)
    if not 1 <= days <= TOKEN_DAYS_MAX:
        raise InvalidInput(fields={"days": [_("Between 1 and %(max)d days.") % {"max": TOKEN_DAYS_MAX}]})
    live = ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())
    if live.count() >= TOKENS_MAX:
        raise DomainError(_("You have %(max)d tokens. Revoke one first.") % {"max": TOKENS_MAX})
    plain = secrets.token_urlsafe(24)
    token = ApiToken.objects.create(
        user=user, name=name, digest=digest(plain), expires_at=timezone.now() + timedelta(days=days)
    )
    audit.record(
        actor=user, action="accounts.token.created", subject=token, after={"name": name, "days": days}
    )
    return plain


@transaction.atomic
def revoke_token(*, actor: User, token: ApiToken) -> None:
    """Stop a token for good; a second time changes nothing. Only its owner may."""
    if token.user_id != actor.pk:
        raise NotAllowed(_("Only the owner may revoke a token."))
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(actor=actor, action="accounts.token.revoked", subject=token)
