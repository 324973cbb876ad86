"""Accounts as the system and the security administrator see them."""

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import user_has_device

from anji_police.accounts import forms, services
from anji_police.accounts.models import User
from anji_police.accounts.roles import ADMINISTRATORS, OUTSIDE, POLICE, Role, granted, label_of
from anji_police.errors import InvalidInput
from anji_police.htmx import render_page
from anji_police.paging import Column, keyset, ordered


def _account(request, pk: int) -> User:
    return get_object_or_404(User.objects.visible_to(request.user).select_related("unit", "place"), pk=pk)


def account_columns() -> list[Column]:
    return [
        Column(_("Login name"), "username"),
        Column(_("Name"), "name"),
        Column(_("Police number")),
        Column(_("Unit")),
        Column(_("Roles")),
        Column(_("State")),
        Column(_("Last sign-in")),
    ]


def _filtered(queryset, form):
    if not form.is_valid():
        return queryset
    asked = form.cleaned_data
    if text := asked["q"]:
        queryset = queryset.filter(
            Q(username__icontains=text) | Q(name__icontains=text) | Q(police_number=text)
        )
    if asked["unit"]:
        queryset = queryset.filter(unit__path__startswith=asked["unit"].path)
    if asked["role"]:
        held = {"role_rows": None} if asked["role"] == "none" else {"role_rows__role": asked["role"]}
        queryset = queryset.filter(**held)
    if asked["state"]:
        queryset = queryset.filter(is_active=asked["state"] == "active")
    return queryset


@require_safe
@login_required
@permission_required("accounts.view_account", raise_exception=True)
def account_list(request):
    form = forms.AccountSearchForm(request.GET)
    columns = account_columns()
    visible = User.objects.visible_to(request.user).select_related("unit").prefetch_related("role_rows")
    page = keyset(request, ordered(_filtered(visible, form), request, columns, "username"))
    context = {"form": form, "page": page, "columns": columns}
    return render_page(request, "accounts/list.html", context, fragment="accounts/_rows.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@permission_required("accounts.create_account", raise_exception=True)
def create(request):
    form = forms.CreateAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            account, password = services.create_account(actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            forms.with_errors(form, error)
        else:
            request.session["shown_password"] = [account.pk, password]
            return redirect("accounts:detail", account.pk)
    return render(request, "accounts/create.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@never_cache
@login_required
@permission_required("accounts.view_account", raise_exception=True)
def detail(request, pk: int):
    account = _account(request, pk)
    shown = request.session.get("shown_password")
    if shown and shown[0] == account.pk:
        del request.session["shown_password"]
    first = not User.objects.with_role(Role.SECURITY_ADMIN).exists()
    context = {
        "account": account,
        "password": shown[1] if shown and shown[0] == account.pk else "",
        "roles": account.role_rows.select_related("granted_by").order_by("granted_at"),
        "has_device": user_has_device(account),
        "is_self": account.pk == request.user.pk,
        "change_form": forms.ChangeAccountForm.of(account),
        "role_form": forms.RoleForm(auto_id="role_%s"),
        "clearance_form": forms.ClearanceForm(initial={"clearance": account.clearance}, auto_id="clear_%s"),
        "may_appoint_first": first and Role.SYSTEM_ADMIN in request.user.roles,
        "first_role": Role.SECURITY_ADMIN,
    }
    return render(request, "accounts/detail.html", context)


def _act(request, pk: int, form, act, done: str):
    """Run one act of an administrator on an account from a valid form, then show the account again."""
    account = _account(request, pk)
    if not form.is_valid():
        raise InvalidInput(fields={name: list(errors) for name, errors in form.errors.items()})
    result = act(account, **form.cleaned_data)
    messages.success(request, done)
    return redirect("accounts:detail", account.pk), account, result


@require_POST
@login_required
@permission_required("accounts.change_account", raise_exception=True)
def change(request, pk: int):
    def act(account, **facts):
        return services.change_account(actor=request.user, account=account, **facts)

    form = forms.ChangeAccountForm.of(_account(request, pk), request.POST)
    return _act(request, pk, form, act, _("The account is changed."))[0]


@require_POST
@login_required
@permission_required("accounts.deactivate_account", raise_exception=True)
def set_active(request, pk: int):
    active = request.POST.get("active") == "1"

    def act(account, reason):
        return services.set_active(actor=request.user, account=account, active=active, reason=reason)

    done = _("The account is open again.") if active else _("The account is closed.")
    return _act(request, pk, forms.ReasonForm(request.POST), act, done)[0]


@require_POST
@login_required
@permission_required("accounts.reset_password", raise_exception=True)
def reset_password(request, pk: int):
    def act(account, reason):
        return services.reset_password(actor=request.user, account=account, reason=reason)

    response, account, password = _act(
        request, pk, forms.ReasonForm(request.POST), act, _("A temporary password is set.")
    )
    request.session["shown_password"] = [account.pk, password]
    return response


@require_POST
@login_required
@permission_required("accounts.view_account", raise_exception=True)
def grant_role(request, pk: int):
    """The service decides who may: the security administrator, or at the very start the system administrator."""

    def act(account, role, reason):
        return services.grant_role(actor=request.user, account=account, role=role, reason=reason)

    return _act(request, pk, forms.RoleForm(request.POST), act, _("The role is given."))[0]


@require_POST
@login_required
@permission_required("accounts.grant_role", raise_exception=True)
def revoke_role(request, pk: int):
    def act(account, role, reason):
        return services.revoke_role(actor=request.user, account=account, role=role, reason=reason)

    return _act(request, pk, forms.RoleForm(request.POST), act, _("The role is taken away."))[0]


@require_POST
@login_required
@permission_required("accounts.set_clearance", raise_exception=True)
def set_clearance(request, pk: int):
    def act(account, clearance, reason):
        return services.set_clearance(actor=request.user, account=account, clearance=clearance, reason=reason)

    return _act(request, pk, forms.ClearanceForm(request.POST), act, _("The clearance is set."))[0]


@require_POST
@login_required
@permission_required("accounts.reset_second_factor", raise_exception=True)
def reset_second_factor(request, pk: int):
    def act(account, reason):
        return services.reset_second_factor(actor=request.user, account=account, reason=reason)

    done = _("The second factor is removed; the person sets up a new one at the next sign-in.")
    return _act(request, pk, forms.ReasonForm(request.POST), act, done)[0]


@require_safe
@login_required
@permission_required("accounts.view_roles", raise_exception=True)
def roles(request):
    """Who may do what, from the rights as they are registered now."""
    held = granted()
    columns = [role for kind in (POLICE, ADMINISTRATORS, OUTSIDE) for role in Role if role in kind]
    groups: dict[str, list] = {}
    for permission in sorted(set().union(*held.values())):
        row = (label_of(permission), [permission in held.get(role, ()) for role in columns])
        groups.setdefault(apps.get_app_config(permission.split(".", 1)[0]).verbose_name, []).append(row)
    context = {"columns": columns, "groups": groups.items()}
    return render(request, "accounts/roles.html", context)
