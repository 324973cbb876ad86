"""Pages that belong to no app: health, errors, language."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def livez(request) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
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
        probe = media / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError:
        faults["media"] = "not writable"
    return JsonResponse({"ok": not faults, "faults": faults}, status=503 if faults else 200)


def csrf_failure(request, reason: str = "") -> HttpResponse:
    return render(request, "errors/403_csrf.html", status=403)
