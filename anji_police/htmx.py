"""One helper decides between a fragment and a whole page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx will swap a part of the page; a boosted or restored visit needs all of it."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def render_page(request, page: str, context: dict, *, fragment: str, status: int = 200) -> HttpResponse:
    """Render `fragment` for an htmx swap and `page`, which includes it, for everything else."""
    response = render(request, fragment if wants_fragment(request) else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def posted(request: HttpRequest):
    """What was posted, for a form's `data`; None when the page was only asked for. An empty post is a post, too."""
    return request.POST if request.method == "POST" else None
