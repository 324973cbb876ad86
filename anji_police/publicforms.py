"""What protects a form that anybody may send: a token that makes it once only, a field that no person sees, and limits."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from anji_police import limits
from anji_police.audit import context
from anji_police.workflow import rules

HONEYPOT = "website"  # a field that no person sees
PERSON = "person"  # the box that is asked for when something looked like a program


def is_suspicious(request: HttpRequest) -> bool:
    """Whether the hidden field was filled in, as programs do."""
    return request.method == "POST" and bool(request.POST.get(HONEYPOT))


def is_person(request: HttpRequest) -> bool:
    """Whether the form may pass: nothing looked like a program, or the person said so."""
    return not is_suspicious(request) or bool(request.POST.get(PERSON))


def limit(field: str) -> None:
    """Count one form of `field` against its rules of the hour, `<field>.per_address_hour` and `<field>.total_hour`.
    Raises TooMany."""
    address = context.current().address
    if address:
        limits.allow(
            f"{field}:address:{address}", limit=int(rules.value(f"{field}.per_address_hour")), seconds=3600
        )
    limits.allow(f"{field}:total", limit=int(rules.value(f"{field}.total_hour")), seconds=3600)


@dataclass(frozen=True)
class Ticket:
    """The idempotency token of a browser's form, in a signed cookie of its own: no session is needed, nothing personal is in
    it, and a reload or a closed tab loses nothing."""

    cookie: str
    salt: str
    seconds: int = 24 * 3600

    def of(self, request: HttpRequest) -> str | None:
        """The token of this browser's form, if it has one."""
        return request.get_signed_cookie(self.cookie, default=None, salt=self.salt, max_age=self.seconds)

    def remember(self, response: HttpResponse, token: str) -> HttpResponse:
        """Give the browser its token."""
        response.set_signed_cookie(
            self.cookie,
            token,
            salt=self.salt,
            max_age=self.seconds,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
        return response
