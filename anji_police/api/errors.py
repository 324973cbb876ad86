"""One error shape for the whole API: RFC 9457 problem details."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from anji_police.errors import DomainError, InvalidInput, StaleError

MEDIA_TYPE = "application/problem+json"


def _body(code: int, slug: str, title: str, **more) -> Response:
    return Response(
        {"type": "about:blank", "title": title, "status": code, "code": slug, **more},
        status=code,
        content_type=MEDIA_TYPE,
    )


def problem(error: Exception, context) -> Response | None:
    """DRF's exception handler. Returns None for faults of the program, which become a 500."""
    set_rollback()
    if isinstance(error, StaleError):
        changes = {field: {"now": now, "sent": sent} for field, (now, sent) in error.changes.items()}
        return _body(error.status, error.code, str(error), changes=changes)
    if isinstance(error, InvalidInput):
        return _body(error.status, error.code, str(error), errors=error.fields)
    if isinstance(error, DomainError):
        response = _body(error.status, error.code, str(error), **error.facts)
        if getattr(error, "retry_after", None):
            response["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, Http404):
        return _body(404, "not-found", _("There is no such record, or it is not yours to see."))
    if isinstance(error, PermissionDenied):
        return _body(403, "not-allowed", _("Your account may not do this."))
    if isinstance(error, ValidationError):
        return _body(422, "invalid", _("Some answers need to be changed."), errors={"": error.messages})
    if isinstance(error, exceptions.ValidationError):
        return _body(422, "invalid", _("Some answers need to be changed."), errors=_flat(error.detail))
    if isinstance(error, exceptions.APIException):
        response = _body(error.status_code, str(getattr(error, "default_code", "error")), str(error.detail))
        if getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = error.auth_header
        if getattr(error, "wait", None):
            response["Retry-After"] = str(int(error.wait) + 1)
        return response
    return None


def _flat(detail, path: str = "") -> dict[str, list[str]]:
    """DRF's nested messages as {"party.0.name": ["…"]}."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for key, value in detail.items():
            found.update(_flat(value, f"{path}.{key}" if path else str(key)))
        return found
    if isinstance(detail, list):
        if all(not isinstance(item, (dict, list)) for item in detail):
            return {path: [str(item) for item in detail]}
        found = {}
        for number, item in enumerate(detail):
            if item:
                found.update(_flat(item, f"{path}.{number}" if path else str(number)))
        return found
    return {path: [str(detail)]}


PROBLEM_STATUSES = (
    status.HTTP_400_BAD_REQUEST,
    status.HTTP_401_UNAUTHORIZED,
    status.HTTP_403_FORBIDDEN,
    status.HTTP_404_NOT_FOUND,
    status.HTTP_409_CONFLICT,
    status.HTTP_422_UNPROCESSABLE_ENTITY,
    status.HTTP_429_TOO_MANY_REQUESTS,
)
