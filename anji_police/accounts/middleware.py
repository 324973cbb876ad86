"""What holds for every request of a signed-in person: account and device, idle and absolute end, password age."""

import time
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.middleware import is_verified

SEEN, STARTED = "seen_at", "started_at"
BACKGROUND = "X-Background"  # a header of requests that a page sends by itself, such as every twenty seconds
PASSWORD_AGE = timedelta(days=90)  # GB/T 22239-2019 8.1.4.1 a: changed periodically
# Pages for a person whose password was right and whose second factor is still missing. The password page is not among them:
# a stolen password alone must not be able to change the password.
BEFORE_FACTOR = ("login", "logout", "second-factor", "second-factor-setup")
BEFORE_NEW_PASSWORD = (*BEFORE_FACTOR, "password", "recovery-codes")
OPEN_PATHS = ("/livez", "/readyz", "/map/base.geojson")


def second_factor_missing(user) -> bool:
    """True when `user` must still show a second factor in this session."""
    if not user.is_staff_member or user.is_verified():
        return False
    return not (user.is_demo and settings.DEMO_WITHOUT_SECOND_FACTOR)


def password_must_change(user) -> bool:
    return user.must_change_password or user.password_changed_at + PASSWORD_AGE < timezone.now()


class AccountMiddleware:
    """The account of the session, and the device that it was verified with, for as long as the account has that device.

    In place of django_otp's middleware: the names of the devices came with the account, so that no statement asks for them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = get_user(request)
        user.otp_device = None
        user.is_verified = partial(is_verified, user)
        if user.is_authenticated and (shown := request.session.get(DEVICE_ID_SESSION_KEY)):
            if shown in user.device_names:
                user.otp_device = shown
            else:
                del request.session[DEVICE_ID_SESSION_KEY]
        request.user = user
        return self.get_response(request)


class SessionRulesMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        now = int(time.time())
        seen = request.session.get(SEEN, now)
        started = request.session.setdefault(STARTED, now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
            logout(request)
            return self._refuse(
                request, "accounts:login", _("You were signed out after a while without a click.")
            )
        # Not a write for each click; and what a page asks by itself shows nobody who sits before it.
        if SEEN not in request.session or (now - seen >= 30 and BACKGROUND not in request.headers):
            request.session[SEEN] = now
        factor = second_factor_missing(user)
        request.half_signed_in = factor or password_must_change(user)
        if request.half_signed_in and not self._is_open(
            request, BEFORE_FACTOR if factor else BEFORE_NEW_PASSWORD
        ):
            if factor:
                return self._refuse(request, "accounts:second-factor", _("Show your second factor first."))
            return self._refuse(request, "accounts:password", _("Choose a new password first."))
        return self.get_response(request)

    @staticmethod
    def _is_open(request, names) -> bool:
        if request.path in OPEN_PATHS or request.path.startswith(("/i18n/", settings.STATIC_URL)):
            return True
        return request.path in {reverse(f"accounts:{name}") for name in names}

    @staticmethod
    def _refuse(request, name: str, why: str):
        if request.path.startswith("/api/"):
            body = {"type": "about:blank", "title": why, "status": 401, "code": "not-signed-in"}
            return JsonResponse(body, status=401, content_type="application/problem+json")
        target = reverse(name)
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=200)
            response["HX-Redirect"] = target
            return response
        if request.method in ("GET", "HEAD") and request.path != reverse("dashboard:home"):
            target = f"{target}?{urlencode({'next': request.get_full_path()})}"
        return redirect(target)
