"""Sign-in, second factor, and a person's own account."""

from base64 import b32encode

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import make_password
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import login as otp_login
from django_otp import user_has_device
from django_otp.plugins.otp_static.models import StaticDevice

from anji_police.accounts import forms, services, signin
from anji_police.accounts.middleware import password_must_change, second_factor_missing
from anji_police.accounts.models import ApiToken
from anji_police.errors import InvalidInput, TooMany

LOCKED_MINUTES = int(settings.AXES_COOLOFF_TIME * 60)


def _following(request) -> str:
    """Where the person wanted to go; only an address of this portal."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    fine = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if fine else reverse("dashboard:home")


def _on(request, name: str) -> HttpResponseRedirect:
    return redirect(f"{reverse(name)}?{urlencode({'next': _following(request)})}")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def login(request):
    if request.user.is_authenticated and not second_factor_missing(request.user):
        return redirect(_following(request))
    form = forms.SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = signin.sign_in(request, **form.cleaned_data)
        except TooMany as error:
            return locked_out(request, seconds=error.retry_after)
        if user is not None:
            start_session(request, user)
            services.signed_in(user=user)
            return redirect(_following(request))
        form.add_error(None, _("The login name or the password is not right."))
    status = 422 if form.errors else 200
    return render(request, "accounts/login.html", {"form": form, "next": _following(request)}, status=status)


def locked_out(request, original_response=None, credentials=None, *, seconds: int = 0):
    """The answer to a locked name or address: the same for a known and an unknown one, and as slow as a tried password."""
    make_password("as slow as a real check")
    minutes = seconds // 60 + 1 if seconds else LOCKED_MINUTES
    response = render(request, "accounts/locked.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(seconds or LOCKED_MINUTES * 60)
    return response


@require_POST
def logout(request):
    if request.user.is_authenticated:
        services.signed_out(user=request.user)
    end_session(request)
    response = redirect("accounts:login")
    response["Clear-Site-Data"] = '"cache", "storage"'  # drafts and copies of pages with personal data
    return response


# -- second factor ------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def second_factor(request):
    if request.user.is_verified():
        return redirect(_following(request))
    if not user_has_device(request.user):
        return _on(request, "accounts:second-factor-setup")
    form = forms.TokenForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            device = services.verify_second_factor(user=request.user, token=form.cleaned_data["token"])
        except InvalidInput as error:
            forms.with_errors(form, error)
        except TooMany as error:
            form.add_error(None, str(error))
            status = 429
        else:
            otp_login(request, device)
            _warn_of_few_codes(request, device)
            return redirect(_following(request))
    status = status if status == 429 else 422 if form.errors else 200
    return render(
        request, "accounts/second_factor.html", {"form": form, "next": _following(request)}, status=status
    )


def _warn_of_few_codes(request, device) -> None:
    if isinstance(device, StaticDevice):
        left = services.recovery_codes_left(user=request.user)
        messages.warning(
            request,
            _("You used a recovery code; %(left)d are left. Make new ones on your account page.")
            % {"left": left},
        )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def second_factor_setup(request):
    """Set up an authenticator app. A person who has one must show it first, so that a stolen password can't replace it."""
    if user_has_device(request.user) and not request.user.is_verified():
        return _on(request, "accounts:second-factor")
    form = forms.SetUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            device = services.confirm_device(user=request.user, token=form.cleaned_data["token"])
        except InvalidInput as error:
            forms.with_errors(form, error)
        else:
            otp_login(request, device)
            request.session["recovery_codes"] = services.new_recovery_codes(user=request.user)
            return _on(request, "accounts:recovery-codes")
    device = services.pending_device(user=request.user)
    secret = _base32(device.bin_key)
    context = {
        "form": form,
        "next": _following(request),
        "qr": segno.make(device.config_url, error="m").svg_data_uri(scale=4, border=0),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    }
    return render(request, "accounts/second_factor_setup.html", context, status=422 if form.errors else 200)


def _base32(key: bytes) -> str:
    return b32encode(key).decode().rstrip("=")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def recovery_codes(request):
    """The codes for a lost phone: shown once, right after they were made."""
    if not request.user.is_verified():
        return _on(request, "accounts:second-factor")
    if request.method == "POST":
        request.session["recovery_codes"] = services.new_recovery_codes(user=request.user)
        return _on(request, "accounts:recovery-codes")
    context = {
        "codes": request.session.pop("recovery_codes", None),
        "left": services.recovery_codes_left(user=request.user),
        "next": _following(request),
    }
    return render(request, "accounts/recovery_codes.html", context)


# -- own account --------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@sensitive_post_parameters()
def password(request):
    form = forms.PasswordForm(request.POST if request.method == "POST" else None)
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            user = services.change_password(
                user=request.user, old=form.cleaned_data["old"], new=form.cleaned_data["new"]
            )
        except InvalidInput as error:
            forms.with_errors(form, error)
        except TooMany as error:
            form.add_error("old", str(error))
            status = 429
        else:
            update_session_auth_hash(request, user)
            messages.success(
                request, _("Your password is changed. Other devices were signed out, and API tokens stopped.")
            )
            return redirect(_following(request))
    context = {"form": form, "next": _following(request), "due": password_must_change(request.user)}
    status = status or (422 if form.errors else 200)
    return render(request, "accounts/password.html", context, status=status)


@require_safe
@never_cache
@login_required
def profile(request):
    context = {
        "roles": [role.get_role_display() for role in request.user.role_rows.order_by("role")],
        "tokens": request.user.tokens.all(),
        "token_form": forms.ApiTokenForm(),
        "new_token": request.session.pop("new_token", ""),
        "now": timezone.now(),
        "has_device": user_has_device(request.user),
        "codes_left": services.recovery_codes_left(user=request.user),
    }
    return render(request, "accounts/profile.html", context)


@require_POST
@login_required
def create_token(request):
    form = forms.ApiTokenForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(fields={name: list(errors) for name, errors in form.errors.items()})
    request.session["new_token"] = services.create_token(user=request.user, **form.cleaned_data)
    return redirect("accounts:profile")


@require_POST
@login_required
def revoke_token(request, pk: int):
    services.revoke_token(actor=request.user, token=get_object_or_404(ApiToken, pk=pk, user=request.user))
    messages.success(request, _("The token no longer works."))
    return redirect("accounts:profile")
