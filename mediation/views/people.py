"""Mediators, hometown teams, service stations and committees."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anji_police.acts import run_act
from anji_police.errors import DomainError
from anji_police.htmx import posted, render_page
from anji_police.paging import Column, keyset
from mediation import forms, selectors, services
from mediation.models import Committee, Mediator, ServiceStation, Team

VIEW, CHANGE = "mediation.view_mediator", "mediation.change_mediator"


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def mediator_list(request):
    rows = selectors.people(request.user).order_by("name", "id")
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(name__startswith=text[:40])
    columns = [
        Column(_("Name")),
        Column(_("Declared origin")),
        Column(_("Township")),
        Column(_("Hometown team")),
        Column(_("Dialects")),
        Column(_("Disputes now"), css="num"),
    ]
    context = {"page": keyset(request, rows), "columns": columns, "q": request.GET.get("q", "")}
    return render_page(request, "mediation/mediators.html", context, fragment="mediation/_mediators.html")


def _mediator(request, pk: int) -> Mediator:
    return get_object_or_404(selectors.people(request.user), pk=pk)


def _page(request, found: Mediator, *, status: int = 200, stale=None, **bound):
    context = {
        "found": found,
        "appointments": found.appointments.select_related("committee").order_by("-valid"),
        "disputes": found.disputes.visible_to(request.user).order_by("-registered_at")[:20],
        "appoint_form": forms.AppointForm(),
        "retire_form": forms.RetireForm(),
        "account_form": forms.AccountForm(initial={"user": found.user.username if found.user else ""}),
        **bound,
    }
    return render(request, "mediation/mediator.html", context, status=status)


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def mediator_detail(request, pk: int):
    return _page(request, _mediator(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def mediator_add(request):
    form = forms.MediatorForm(posted(request))
    made = []
    if request.method == "POST":
        return run_act(
            request,
            form=form,
            act=lambda data: made.append(services.add_mediator(actor=request.user, **data)),
            page=lambda *, status, stale: _add_page(request, form, status=status),
            done=_("The mediator is entered."),
            after=lambda: reverse("mediation:mediator-detail", args=[made[0].pk]),
        )
    return _add_page(request, form)


def _add_page(request, form, *, status: int = 200):
    return render(request, "mediation/mediator_add.html", {"form": form}, status=status)


def _act(request, pk: int, form_name: str, form, act, done: str):
    found = _mediator(request, pk)
    return run_act(
        request,
        form=form,
        act=lambda data: act(found, data),
        page=lambda **more: _page(request, found, **{form_name: form}, **more),
        done=done,
        after=lambda: request.path.rsplit("/", 2)[0] + "/",
    )


@require_POST
@login_required
@permission_required(CHANGE, raise_exception=True)
def appoint(request, pk: int):
    return _act(
        request,
        pk,
        "appoint_form",
        forms.AppointForm(request.POST),
        lambda found, data: services.appoint(actor=request.user, mediator=found, **data),
        _("The appointment is recorded."),
    )


@require_POST
@login_required
@permission_required(CHANGE, raise_exception=True)
def account(request, pk: int):
    return _act(
        request,
        pk,
        "account_form",
        forms.AccountForm(request.POST),
        lambda found, data: services.link_account(actor=request.user, mediator=found, **data),
        _("The account is kept."),
    )


@require_POST
@login_required
@permission_required(CHANGE, raise_exception=True)
def retire(request, pk: int):
    return _act(
        request,
        pk,
        "retire_form",
        forms.RetireForm(request.POST),
        lambda found, data: services.retire_mediator(actor=request.user, mediator=found, **data),
        _("The mediator has left."),
    )


BODIES = {
    "station": (forms.StationForm, services.add_station),
    "team": (forms.TeamForm, services.add_team),
    "committee": (forms.CommitteeForm, services.add_committee),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(VIEW, raise_exception=True)
def bodies(request):
    """Service stations, hometown teams and committees; one form for each adds another."""
    if request.method == "POST" and not request.user.has_perm(CHANGE):
        raise PermissionDenied  # before what was typed is looked at
    kind = request.POST.get("kind", "")
    bound = {
        key: form(request.POST if key == kind else None, prefix=key) for key, (form, _add) in BODIES.items()
    }
    form = bound.get(kind)
    if form is not None and form.is_valid():
        try:
            BODIES[kind][1](actor=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is entered."))
            return redirect("mediation:bodies")
    context = {
        "stations": ServiceStation.objects.filter(is_active=True).select_related("place", "unit"),
        "teams": Team.objects.filter(dissolved_on=None)
        .select_related("origin", "station")
        .annotate(size=Count("members", filter=Q(members__left_on=None))),
        "committees": Committee.objects.filter(is_active=True).select_related("place"),
        "bound": bound,
        "form": form if form is not None and form.errors else None,
    }
    return render(request, "mediation/bodies.html", context, status=422 if context["form"] else 200)
