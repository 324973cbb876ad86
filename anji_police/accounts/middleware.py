"""What holds for every request of a signed-in person: idle end, second factor, password age."""

import time
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

SEEN = "seen_at"
PASSWORD_AGE = timedelta(days=90)  # GB/T 22239-2019 8.1.4.1 a: changed periodically
# Paths that a half signed-in person needs.
OPEN_NAMES = ("login", "logout", "second-factor", "second-factor-setup", "password", "recovery-codes")


def second_factor_missing(user) -> bool:
    """True when `user` must still show a second factor in this session."""
    if not user.is_staff_member or user.is_verified():
        return False
    return not (user.is_demo and settings.DEMO_WITHOUT_SECOND_FACTOR)


def password_must_change(user) -> bool:
    return user.must_change_password or user.password_changed_at + PASSWORD_AGE < timezone.now()


class SessionRulesMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        now = int(time.time())
        seen = request.session.get(SEEN, now)
        if now - seen > settings.SESSION_IDLE_SECONDS:
            logout(request)
            return self._refuse(
                request, "accounts:login", _("You were signed out after a while without a click.")
            )
        if now - seen >= 30 or SEEN not in request.session:  # not a write for each click
            request.session[SEEN] = now
        if not self._is_open(request):
            if second_factor_missing(user):
                return self._refuse(request, "accounts:second-factor", _("Show your second factor first."))
            if password_must_change(user):
                return self._refuse(request, "accounts:password", _("Choose a new password first."))
        return self.get_response(request)

    @staticmethod
    def _is_open(request) -> bool:
        open_paths = {reverse(f"accounts:{name}") for name in OPEN_NAMES} | {"/livez", "/readyz"}
        return request.path in open_paths or request.path.startswith(("/i18n/", settings.STATIC_URL))

    @staticmethod
    def _refuse(request, name: str, why: str):
        if request.path.startswith("/api/"):
            body = {"type": "about:blank", "title": why, "status": 401, "code": "not-signed-in"}
            return JsonResponse(body, status=401, content_type="application/problem+json")
        target = reverse(name)
        if request.htmx if hasattr(request, "htmx") else request.headers.get("HX-Request"):
            response = JsonResponse({}, status=200)
            response["HX-Redirect"] = target
            return response
        return redirect(f"{target}?next={request.get_full_path()}" if request.method == "GET" else target)
