"""Service stations, hometown teams and committees: lists, pages, and entering one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anji_police.acts import run_act
from anji_police.errors import DomainError
from anji_police.htmx import render_page
from anji_police.paging import Column, keyset
from mediation import filters_people, forms_people, selectors, selectors_people, services
from mediation.models import Committee, CommitteeMember, ServiceStation, Team

VIEW, CHANGE = "mediation.view_mediator", "mediation.change_mediator"
BODIES = {
    "station": (forms_people.StationForm, services.add_station),
    "team": (forms_people.TeamForm, services.add_team),
    "committee": (forms_people.CommitteeForm, services.add_committee),
}


def _door(view):
    return require_safe(login_required(permission_required(VIEW, raise_exception=True)(view)))


def _act_door(view):
    return require_POST(login_required(permission_required(CHANGE, raise_exception=True)(view)))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(VIEW, raise_exception=True)
def bodies(request):
    """How many there are of each sort, and one form for each to enter another."""
    if request.method == "POST" and not request.user.has_perm(CHANGE):
        raise PermissionDenied  # before what was typed is looked at
    kind = request.POST.get("kind", "")
    bound = {
        key: form(request.POST if key == kind else None, prefix=key) for key, (form, _add) in BODIES.items()
    }
    form = bound.get(kind)
    if form is not None and form.is_valid():
        try:
            made = BODIES[kind][1](actor=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is entered."))
            return redirect(made)
    context = {
        "stations": ServiceStation.objects.visible_to(request.user).filter(is_active=True).count(),
        "teams": Team.objects.visible_to(request.user).filter(dissolved_on=None).count(),
        "committees": Committee.objects.visible_to(request.user).filter(is_active=True).count(),
        "bound": bound,
        "form": form if form is not None and form.errors else None,
    }
    return render(request, "mediation/bodies.html", context, status=422 if context["form"] else 200)


def _list(request, name: str, filterset, columns: list[Column]):
    context = {
        "form": filterset.form,
        "page": keyset(request, filterset.qs.order_by("name", "pk")),
        "columns": columns,
    }
    return render_page(request, f"mediation/{name}.html", context, fragment=f"mediation/_{name}.html")


@_door
def station_list(request):
    found = filters_people.StationFilter(request.GET, queryset=selectors_people.stations(request.user))
    columns = [
        Column(_("Service station")),
        Column(_("Township")),
        Column(_("Police station")),
        Column(_("Hometown teams"), css="num"),
        Column(_("Mediators"), css="num"),
    ]
    return _list(request, "stations", found, columns)


@_door
def team_list(request):
    found = filters_people.TeamFilter(
        request.GET, queryset=selectors_people.teams(request.user).filter(dissolved_on=None)
    )
    columns = [
        Column(_("Hometown team")),
        Column(_("Origin")),
        Column(_("Service station")),
        Column(_("Dialects")),
        Column(_("Members"), css="num"),
        Column(_("Disputes now"), css="num"),
        Column(_("Settled this year"), css="num"),
    ]
    return _list(request, "teams", found, columns)


@_door
def committee_list(request):
    found = filters_people.CommitteeFilter(request.GET, queryset=selectors_people.committees(request.user))
    columns = [
        Column(_("Committee")),
        Column(_("Place")),
        Column(_("Members"), css="num"),
        Column(_("Women"), css="num"),
        Column(_("Mediators appointed"), css="num"),
        Column(_("Check")),
    ]
    context = {"form": found.form, "columns": columns}
    page = keyset(request, found.qs.order_by("name", "pk"))
    for committee in page:
        committee.faults = selectors_people.faults_of(committee)
    context["page"] = page
    return render_page(request, "mediation/committees.html", context, fragment="mediation/_committees.html")


@_door
def station_detail(request, pk: int):
    found = get_object_or_404(selectors_people.stations(request.user), pk=pk)
    context = {"found": found, "teams": selectors_people.teams_of(found, request.user)}
    return render(request, "mediation/station.html", context)


@_door
def team_detail(request, pk: int):
    """The team's figures, and its members a page at a time."""
    found = get_object_or_404(selectors_people.teams(request.user), pk=pk)
    members = selectors.people(request.user).filter(team=found).order_by("name", "id")
    context = {"found": found, "page": keyset(request, members), "columns": mediator_columns()}
    return render(request, "mediation/team.html", context)


def mediator_columns() -> list[Column]:
    return [
        Column(_("Name")),
        Column(_("Declared origin")),
        Column(_("Township")),
        Column(_("Hometown team")),
        Column(_("Dialects")),
        Column(_("Disputes now"), css="num"),
    ]


def _committee_page(request, found: Committee, *, status: int = 200, stale=None, form=None):
    context = {
        "found": found,
        "members": selectors_people.members_of(found),
        "faults": selectors_people.faults_of(found),
        "member_form": form or forms_people.MemberForm(),
        "form": form if form is not None and form.errors else None,
        "stale": stale,
    }
    return render(request, "mediation/committee.html", context, status=status)


def _committee(request, pk: int) -> Committee:
    return get_object_or_404(selectors_people.committees(request.user), pk=pk)


@_door
def committee_detail(request, pk: int):
    return _committee_page(request, _committee(request, pk))


@_act_door
def member_add(request, pk: int):
    found, form = _committee(request, pk), forms_people.MemberForm(request.POST)
    return run_act(
        request,
        form=form,
        act=lambda data: services.add_member(actor=request.user, committee=found, **data),
        page=lambda **more: _committee_page(request, found, form=form, **more),
        done=_("The member is entered."),
        after=found.get_absolute_url,
    )


@_act_door
def member_end(request, pk: int, member: int):
    """A member leaves on the day that is sent."""
    found = _committee(request, pk)
    row = get_object_or_404(CommitteeMember, pk=member, committee=found)
    form = forms_people.RetireForm(request.POST)
    return run_act(
        request,
        form=form,
        act=lambda data: services.end_membership(actor=request.user, member=row, **data),
        page=lambda **more: _committee_page(request, found, **more),
        done=_("The member has left."),
        after=found.get_absolute_url,
    )
