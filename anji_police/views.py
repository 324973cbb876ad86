"""Pages that belong to no app: health, errors, the ground of the maps."""

import csv
import hashlib
import json
import sys
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_safe

from anji_police.geo import SRID

# Finer detail than this is lost at the widest zoom of the maps (about 60 m).
_SIMPLIFY_DEGREES = 0.0006


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
        probe = media / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError:
        faults["media"] = "not writable"
    return JsonResponse({"ok": not faults, "faults": faults}, status=503 if faults else 200)


# -- map ----------------------------------------------------------------------------------------------------------
def _shapes(path: Path) -> list[tuple[str, GEOSGeometry]]:
    features = json.loads(path.read_text())["features"]
    return [(f["properties"]["name"], GEOSGeometry(json.dumps(f["geometry"]), srid=SRID)) for f in features]


def _collection(shapes) -> dict:
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": json.loads(shape.simplify(_SIMPLIFY_DEGREES, preserve_topology=True).json),
        }
        for name, shape in shapes
    ]
    return {"type": "FeatureCollection", "features": features}


@cache
def _base() -> tuple[bytes, str]:
    """The body and the tag of the maps' ground: county, neighbours, and the seats of the townships. WGS-84."""
    county = _shapes(settings.BOUNDARY_FILE)
    west, south, east, north = county[0][1].extent
    around = []
    neighbours = _shapes(settings.DATA_DIR / "neighbour_boundaries.geojson")
    frame = GEOSGeometry(
        f"POLYGON(({west - 0.12} {south - 0.06},{east + 0.12} {south - 0.06},{east + 0.12} {north + 0.06},"
        f"{west - 0.12} {north + 0.06},{west - 0.12} {south - 0.06}))",
        srid=SRID,
    )
    for name, shape in neighbours:
        seen = shape.intersection(frame)
        if not seen.empty:
            spot = seen.point_on_surface
            around.append({"name": name, "lon": round(spot.x, 4), "lat": round(spot.y, 4)})
    with (settings.DATA_DIR / "anji_township_seats.csv").open() as lines:
        townships = [
            {
                "name": row["name"].removesuffix("街道").removesuffix("镇").removesuffix("乡"),
                "lon": float(row["longitude"]),
                "lat": float(row["latitude"]),
            }
            for row in csv.DictReader(lines)
        ]
    body = json.dumps(
        {
            "county": _collection(county),
            "neighbours": _collection(neighbours),
            "townships": townships,
            "around": around,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:20]}"'


@require_safe
@cache_control(public=True, max_age=86400)
@etag(lambda request: _base()[1])
def map_base(request) -> HttpResponse:
    """The ground of every map, drawn without a tile server. Open to all: it shows published boundaries only."""
    return HttpResponse(_base()[0], content_type="application/geo+json")


# -- errors -------------------------------------------------------------------------------------------------------
def _error(request, status: int, title: str, text: str, template: str = "errors/page.html") -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": title, "status": status, "detail": text}
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
        _("It may have been moved, or it is not yours to see. Check the address, or start again from the menu."),
    )


def csrf_failure(request, reason: str = "") -> HttpResponse:
    return _error(
        request,
        403,
        _("This form is no longer valid"),
        _("The page was open too long, or cookies are blocked. Nothing was saved. Go back, reload the page and send it again."),
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
