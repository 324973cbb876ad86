"""Teams: the list, one team, and the acts on it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.accounts.forms import with_errors
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.htmx import posted
from anji_police.paging import Column
from volunteers import forms, selectors, services
from volunteers.filters import TeamFilter
from volunteers.models import Beat, ShiftTemplate, Team
from volunteers.models.people import oversees
from volunteers.views.common import act, door, get_post, listing, page_for

VIEW = "volunteers.view_team"


def columns() -> list[Column]:
    return [
        Column(_("Team"), "name"),
        Column(_("Category")),
        Column(_("Police station")),
        Column(_("Township")),
        Column(_("Leader")),
        Column(_("Liaison officer")),
        Column(_("Active members"), css="num"),
        Column(_("State")),
    ]


@page_for(VIEW)
def team_list(request):
    found = TeamFilter(request.GET, queryset=selectors.teams(request.user))
    return listing(
        request,
        filterset=found,
        columns=columns(),
        default="name",
        template="volunteers/teams.html",
        rows="volunteers/_teams.html",
    )


@page_for("volunteers.enter_team", get_post)
def team_add(request):
    form = forms.TeamForm(posted(request), actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            team = services.enter_team(actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            with_errors(form, error)
        else:
            messages.success(request, _("The team is entered; it waits for approval."))
            return redirect(team)
    return render(request, "volunteers/team_add.html", {"form": form}, status=422 if form.errors else 200)


def _page(request, found: Team, *, status: int = 200, stale=None, **bound):
    beats = Beat.objects.visible_to(request.user).filter(is_active=True, unit=found.unit)
    context = selectors.team_detail(found, request.user) | {
        "found": found,
        "stale": stale,
        "oversees": oversees(request.user),
        "reason_form": forms.ReasonForm(),
        "empty_form": forms.EmptyForm(),
        "leader_form": forms.LeaderForm(team=found, initial={"leader": found.leader_id}),
        "template_form": forms.TemplateForm(beats=beats),
        "span_form": forms.SpanForm(),
        "can": {right.split(".")[1] for right in request.user.rights if right.startswith("volunteers.")},
        **bound,
    }
    context["form"] = next((form for form in bound.values() if getattr(form, "errors", None)), None)
    return render(request, "volunteers/team.html", context, status=status)


def _team(request, pk: int) -> Team:
    return get_object_or_404(selectors.teams(request.user), pk=pk)


@page_for(VIEW)
def team_detail(request, pk: int):
    return _page(request, _team(request, pk))


@door(VIEW)
def team_approve(request, pk: int):
    found = _team(request, pk)
    return act(
        request,
        found,
        form=forms.EmptyForm(request.POST),
        name="empty_form",
        do=lambda data: services.approve_team(team=found, actor=request.user),
        page=_page,
        done=_("The team is approved. You are its liaison officer."),
    )


_REASONED = {
    "refuse": (services.refuse_team, gettext_lazy("The application is refused.")),
    "suspend": (services.suspend_team, gettext_lazy("The team is suspended.")),
    "resume": (services.resume_team, gettext_lazy("The team serves again.")),
    "dissolve": (services.dissolve_team, gettext_lazy("The team is dissolved.")),
}


def reasoned(name: str):
    """The view of an act that wants a reason and nothing else."""

    @door(VIEW)
    def view(request, pk: int):
        found = _team(request, pk)
        service, done = _REASONED[name]
        return act(
            request,
            found,
            form=forms.ReasonForm(request.POST),
            name="reason_form",
            do=lambda data: service(team=found, actor=request.user, **data),
            page=_page,
            done=done,
        )

    return view


@door(VIEW)
def team_leader(request, pk: int):
    found = _team(request, pk)
    return act(
        request,
        found,
        form=forms.LeaderForm(request.POST, team=found),
        name="leader_form",
        do=lambda data: services.name_leader(team=found, actor=request.user, **data),
        page=_page,
        done=_("The leader is named."),
    )


@door(VIEW)
def team_recruiting(request, pk: int):
    found = _team(request, pk)
    return act(
        request,
        found,
        form=forms.RecruitForm(request.POST),
        name="recruit_form",
        do=lambda data: services.set_recruiting(team=found, actor=request.user, **data),
        page=_page,
        done=_("It is kept."),
    )


@door(VIEW)
def template_add(request, pk: int):
    found = _team(request, pk)
    beats = Beat.objects.visible_to(request.user).filter(is_active=True, unit=found.unit)
    return act(
        request,
        found,
        form=forms.TemplateForm(request.POST, beats=beats),
        name="template_form",
        do=lambda data: services.add_template(actor=request.user, team=found, **data),
        page=_page,
        done=_("The template is kept."),
    )


@door(VIEW)
def template_plan(request, pk: int, template: int):
    found = _team(request, pk)
    row = get_object_or_404(ShiftTemplate, pk=template, team=found)
    form = forms.SpanForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=422, span_form=form)
    try:
        made = services.plan_from_template(template=row, actor=request.user, **form.cleaned_data)
    except NotAllowed:
        raise
    except DomainError as error:
        with_errors(form, error) if isinstance(error, InvalidInput) else form.add_error(None, str(error))
        return _page(request, found, status=error.status, span_form=form)
    messages.success(request, _("%(count)d shifts were planned as drafts.") % {"count": len(made)})
    return redirect(found)
