"""Pages that belong to no app: health and errors."""

import os
import sys
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def livez(request) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request) -> JsonResponse:
    """The database and the media folder can be written to. Redis is only comfort and does not count."""
    faults = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            if cursor.fetchone()[0]:
                faults["database"] = "read-only"
    except Exception:
        faults["database"] = "unreachable"
    media = Path(settings.MEDIA_ROOT)
    try:
        media.mkdir(parents=True, exist_ok=True)
        probe = media / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(b"\0" * 4096)  # an empty file fits on a full disk, too
        finally:
            probe.unlink(missing_ok=True)
    except OSError:
        faults["media"] = "not writable"
    return JsonResponse({"ok": not faults, "faults": faults}, status=503 if faults else 200)


# -- errors -------------------------------------------------------------------------------------------------------
CODES = {400: "bad-request", 403: "not-allowed", 404: "not-found", 500: "fault", 503: "unavailable"}


def _error(request, status: int, title: str, text: str, template: str = "errors/page.html") -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "code": CODES[status],
            "detail": text,
        }
        return JsonResponse(body, status=status, content_type="application/problem+json")
    facts = {"status": status, "title": title, "text": text}
    return render(request, template, facts, status=status)


def bad_request(request, exception=None) -> HttpResponse:
    return _error(
        request, 400, _("This request can't be read"), _("Go back, check what you entered and send it again.")
    )


def forbidden(request, exception=None) -> HttpResponse:
    return _error(
        request,
        403,
        _("Your account may not open this"),
        _("The security administrator gives and takes roles. Tell them which page you need and why."),
    )


def not_found(request, exception=None) -> HttpResponse:
    return _error(
        request,
        404,
        _("There is no such page"),
        _(
            "It may have been moved, or it is not yours to see. Check the address, or start again from the menu."
        ),
    )


def csrf_failure(request, reason: str = "") -> HttpResponse:
    return _error(
        request,
        403,
        _("This form is no longer valid"),
        _(
            "The page was open too long, or cookies are blocked. Nothing was saved. Go back, reload the page and send it again."
        ),
        "errors/403_csrf.html",
    )


def server_error(request) -> HttpResponse:
    """Uses neither the database nor the person's session: either may be what failed. 503 when it is the database."""
    down = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    status = 503 if down else 500
    title = _("The portal is short of its database") if down else _("Something failed on our side")
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": title, "status": status}
        response: HttpResponse = JsonResponse(body, status=status, content_type="application/problem+json")
    else:
        facts = {
            "status": status,
            "title": title,
            "number": request.META.get("portal.request_id", ""),
            "bureau_name": settings.BUREAU_NAME,
        }
        response = HttpResponse(render_to_string("500.html", facts), status=status)
    if down:
        response["Retry-After"] = "30"
    return response
