"""A page that a phone can keep: installable, readable without a network, and with a queue for what is sent.

A field gives its page a manifest and a worker by the two views below; `static/js/offline-worker.js` keeps the page and its files,
`static/js/outbox.js` keeps what could not be sent yet. Neither is tied to a field.
"""

import hashlib
import json

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static

# What every kept page needs to look right.
SHELL = (
    "vendor/bootstrap/bootstrap.min.css",
    "css/portal.css",
    "js/theme.js",
    "vendor/bootstrap/bootstrap.bundle.min.js",
    "vendor/htmx/htmx.min.js",
    "js/portal.js",
    "js/outbox.js",
    "img/emblem.svg",
    "img/ridge.svg",
)
KEEP_DAYS = 7  # so long a kept page is shown without a network
HEADER = "X-Offline-Page"  # an answer with it may be kept by the worker


def worker(*, scope: str, assets: tuple[str, ...] = (), offline_words: str) -> HttpResponse:
    """The service worker of the pages below `scope`. Its address must lie at `scope`, which is then all it can reach.

    `offline_words` stands on the page that is shown when nothing was kept.
    """
    files = [static(name) for name in (*SHELL, *assets)]
    facts = {
        "scope": scope,
        "assets": files,
        "version": hashlib.sha256("|".join(files).encode()).hexdigest()[:12],
        "days": KEEP_DAYS,
        "header": HEADER,
        "words": offline_words,
    }
    body = f"self.PORTAL_OFFLINE = {json.dumps(facts)};\nimportScripts({json.dumps(static('js/offline-worker.js'))});\n"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache, private"
    return response


def manifest(*, name: str, short_name: str, scope: str, start: str) -> JsonResponse:
    """The web app manifest of the page at `start`."""
    icon = {"src": static("img/emblem.svg"), "type": "image/svg+xml", "sizes": "any", "purpose": "any"}
    response = JsonResponse(
        {
            "id": scope,
            "name": name,
            "short_name": short_name,
            "lang": "zh-CN" if settings.LANGUAGE_CODE.startswith("zh") else "en",
            "start_url": start,
            "scope": scope,
            "display": "standalone",
            "background_color": "#f2f5f9",
            "theme_color": "#0b2a5b",
            "icons": [icon],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "no-cache, private"
    return response


def may_keep(response: HttpResponse) -> HttpResponse:
    """Let the worker keep this page on the phone. Proxies and the browser's own cache still may not."""
    response[HEADER] = "1"
    return response
