"""Guards around every request."""

import ipaddress
import json
import uuid

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django_structlog.middlewares import RequestMiddleware

from anji_police.errors import DomainError

MAX_JSON_DEPTH = 40


class ClientAddressMiddleware:
    """Puts the address of the person, not that of the bureau's proxy, into REMOTE_ADDR, which limits and trail read.

    Each trusted proxy adds the address that it was called from at the right end of X-Forwarded-For; what stands further left was
    written by the caller and is not believed. Without trusted proxies the header is not looked at.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        proxies = settings.TRUSTED_PROXIES
        if proxies:
            passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
            if len(passed) >= proxies and (address := self._address(passed[-proxies])):
                request.META["REMOTE_ADDR"] = address
        return self.get_response(request)

    @staticmethod
    def _address(text: str) -> str:
        try:
            return str(ipaddress.ip_address(text.strip()))
        except ValueError:
            return ""


class HostileInputMiddleware:
    """Answers 400 to what no person types and the layers below choke on: NUL bytes, and JSON nested without end."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if self._is_hostile(request):
            return self._refusal()
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """The fields of a form with files: they are read only after the middleware that may refuse it without."""
        if request.content_type != "multipart/form-data" or request.path.startswith("/api/"):
            return None
        texts = (text for values in request.POST.lists() for text in values[1])
        names = (file.name or "" for files in request.FILES.lists() for file in files[1])
        return self._refusal() if any("\x00" in text for text in (*texts, *names)) else None

    @staticmethod
    def _refusal() -> HttpResponse:
        return HttpResponse(
            json.dumps({"type": "about:blank", "title": "Bad Request", "status": 400, "code": "bad-request"}),
            status=400,
            content_type="application/problem+json",
        )

    @staticmethod
    def _is_hostile(request) -> bool:
        target = request.META.get("PATH_INFO", "") + request.META.get("QUERY_STRING", "")
        if "\x00" in target or "%00" in target:
            return True
        kind = request.META.get("CONTENT_TYPE", "").lower()
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if kind.startswith(("application/json", "application/x-www-form-urlencoded")):
            if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                return False  # Django answers 400 itself
            body = request.body
            if b"\x00" in body or b"%00" in body or b"\\u0000" in body:
                return True
            if kind.startswith("application/json"):
                return _depth(body) > MAX_JSON_DEPTH
        return False


def _depth(body: bytes) -> int:
    """The deepest nesting of brackets outside strings."""
    deepest = depth = 0
    in_string = escaped = False
    for byte in body:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


class RequestLogMiddleware(RequestMiddleware):
    """One log line when a request begins and one when it ends, under the number that the trail and the answer carry.

    The query string stays out: it holds what people searched for, such as a name or a phone number.
    """

    def prepare(self, request) -> None:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        number = given if given.isascii() and given.isalnum() and len(given) <= 40 else uuid.uuid4().hex
        request.META["portal.request_id"] = request.META["HTTP_X_REQUEST_ID"] = number
        request.__dict__.pop("headers", None)  # a cached copy of what came in
        super().prepare(request)

    @staticmethod
    def format_request(request) -> str:
        return f"{request.method} {request.path}"


class DomainErrorMiddleware:
    """A refusal that a view did not turn into a message itself: one page, in the person's language, says what to do."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, DomainError):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(
                {
                    "type": "about:blank",
                    "title": str(exception),
                    "status": exception.status,
                    "code": exception.code,
                },
                status=exception.status,
                content_type="application/problem+json",
            )
        response = render(
            request,
            "errors/refused.html",
            {"error": exception, "title": _("This could not be done"), "fragment": bool(request.htmx)},
            status=exception.status,
        )
        retry_after = getattr(exception, "retry_after", None)
        if retry_after:
            response["Retry-After"] = str(retry_after)
        return response


class NoStoreMiddleware:
    """Answers for a signed-in person, and everything personal, stay out of caches."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        return response
