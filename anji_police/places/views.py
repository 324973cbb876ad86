from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import condition, require_safe

from anji_police.places.mapbase import base_map


@require_safe
@condition(etag_func=lambda request: base_map().etag)
def base_geojson(request) -> HttpResponse:
    """Outlines of the county, its townships and neighbours, for every map. Public: it names no person and no case."""
    document = base_map()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        document.gzipped if packed else document.plain, content_type="application/geo+json; charset=utf-8"
    )
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "public, max-age=600"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
