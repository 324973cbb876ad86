"""Mediators: the list, the page of one, and what is kept about each."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anji_police.acts import run_act
from anji_police.htmx import posted, render_page
from anji_police.paging import keyset
from anji_police.periods import today
from mediation import forms_people, selectors, services
from mediation.filters_people import MediatorFilter
from mediation.models import Mediator
from mediation.roles import roles_on
from mediation.views.bodies import mediator_columns

VIEW, CHANGE = "mediation.view_mediator", "mediation.change_mediator"


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def mediator_list(request):
    """Mediators in the order of their names; those who have left only when asked for."""
    asked = request.GET.copy()
    asked.setdefault("state", "active")
    found = MediatorFilter(asked, queryset=selectors.people(request.user))
    context = {
        "form": found.form,
        "page": keyset(request, found.qs.order_by("name", "id")),
        "columns": mediator_columns(),
    }
    return render_page(request, "mediation/mediators.html", context, fragment="mediation/_mediators.html")


def _mediator(request, pk: int) -> Mediator:
    return get_object_or_404(selectors.people(request.user), pk=pk)


def _page(request, found: Mediator, *, status: int = 200, stale=None, **bound):
    keeps = request.user.has_perm(CHANGE)
    context = {
        "found": found,
        "role": roles_on([found.pk], today())[found.pk].label,
        "appointments": found.appointments.select_related("committee").order_by("-valid"),
        "ending": selectors.ending_appointments(request.user).filter(mediator=found).first()
        if keeps
        else None,
        "disputes": found.disputes.visible_to(request.user).order_by("-registered_at")[:20],
        "trainings": found.trainings.all()[:20],
        "conflicts": found.conflicts.all()[:50] if keeps else [],
        "complaints": found.complaints.all()[:50] if keeps else [],
        "is_complained_of": found.complaints.open().exists(),
        "appoint_form": forms_people.AppointForm(),
        "retire_form": forms_people.RetireForm(),
        "account_form": forms_people.AccountForm(initial={"user": found.user.username if found.user else ""}),
        "conflict_form": forms_people.ConflictForm(auto_id="conflict-%s"),
        "complaint_form": forms_people.ComplaintForm(auto_id="complaint-%s"),
        "decision_form": forms_people.DecisionForm(auto_id="decision-%s"),
        "training_form": forms_people.TrainingForm(auto_id="training-%s"),
        "stale": stale,
        **bound,
    }
    context["form"] = next((form for form in bound.values() if getattr(form, "errors", None)), None)
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
    form = forms_people.MediatorForm(posted(request))
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
        after=found.get_absolute_url,
    )


def _act_door(view):
    return require_POST(login_required(permission_required(CHANGE, raise_exception=True)(view)))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def mediator_change(request, pk: int):
    """Correct an entry; numbers that are not typed again stay."""
    found = _mediator(request, pk)
    initial = {name: getattr(found, name) for name in ("name", "born_on", "load_limit")} | {
        "origin": found.origin.code,
        "place": found.place_id,
        "team": found.team_id,
        "station": found.station_id,
        **{name: " ".join(getattr(found, name)) for name in ("dialects", "languages", "skills")},
    }
    form = forms_people.ChangeForm(posted(request), initial=initial)

    def page(*, status: int = 200, stale=None):
        return render(
            request, "mediation/mediator_change.html", {"form": form, "found": found}, status=status
        )

    if request.method != "POST":
        return page()
    return run_act(
        request,
        form=form,
        act=lambda data: services.change_mediator(actor=request.user, mediator=found, **form.facts()),
        page=page,
        done=_("The entry is corrected."),
        after=found.get_absolute_url,
    )


@_act_door
def conflict(request, pk: int):
    return _act(
        request,
        pk,
        "conflict_form",
        forms_people.ConflictForm(request.POST, auto_id="conflict-%s"),
        lambda found, data: services.record_conflict(actor=request.user, mediator=found, **data),
        _("The tie is entered; disputes of that person or organisation are not offered."),
    )


@_act_door
def conflict_end(request, pk: int, row: int):
    found = _mediator(request, pk)
    tie = get_object_or_404(found.conflicts, pk=row)
    services.end_conflict(actor=request.user, conflict=tie)
    messages.success(request, _("The tie is ended."))
    return redirect(found)


@_act_door
def complaint(request, pk: int):
    return _act(
        request,
        pk,
        "complaint_form",
        forms_people.ComplaintForm(request.POST, auto_id="complaint-%s"),
        lambda found, data: services.record_complaint(actor=request.user, mediator=found, **data),
        _("The complaint is entered; no dispute is offered until it is decided."),
    )


@_act_door
def complaint_decide(request, pk: int, row: int):
    complained = get_object_or_404(_mediator(request, pk).complaints, pk=row)
    return _act(
        request,
        pk,
        "decision_form",
        forms_people.DecisionForm(request.POST, auto_id="decision-%s"),
        lambda found, data: services.decide_complaint(actor=request.user, complaint=complained, **data),
        _("The complaint is decided."),
    )


@_act_door
def training(request, pk: int):
    return _act(
        request,
        pk,
        "training_form",
        forms_people.TrainingForm(request.POST, auto_id="training-%s"),
        lambda found, data: services.record_training(actor=request.user, mediator=found, **data),
        _("The training is entered."),
    )


@require_POST
@login_required
@permission_required(CHANGE, raise_exception=True)
def appoint(request, pk: int):
    return _act(
        request,
        pk,
        "appoint_form",
        forms_people.AppointForm(request.POST),
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
        forms_people.AccountForm(request.POST),
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
        forms_people.RetireForm(request.POST),
        lambda found, data: services.retire_mediator(actor=request.user, mediator=found, **data),
        _("The mediator has left."),
    )
