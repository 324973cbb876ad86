"""Session sign-in for pages, tokens for programs. Both obey the same account rules."""

import hashlib

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.authentication import SessionAuthentication as DRFSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from anji_police.accounts.middleware import password_must_change
from anji_police.accounts.models import ApiToken
from anji_police.audit import context


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class SessionAuthentication(DRFSessionAuthentication):
    def authenticate_header(self, request) -> str:
        return "Session"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`."""

    keyword = "Bearer"

    def authenticate(self, request):
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("Send the token as: Authorization: Bearer <token>"))
        try:
            sent = parts[1].decode("ascii")
        except UnicodeDecodeError:
            raise AuthenticationFailed(_("This token is not valid.")) from None
        now = timezone.now()
        token = (
            ApiToken.objects.select_related("user__unit")
            .filter(digest=digest(sent), expires_at__gt=now, revoked_at=None, user__is_active=True)
            .first()
        )
        if token is None:
            raise AuthenticationFailed(_("This token is not valid."))
        if password_must_change(token.user):
            raise AuthenticationFailed(_("Choose a new password first."))
        context.act_as(token.user)
        if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 300:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request) -> str:
        return self.keyword


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "anji_police.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "anji_police.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
