"""The tree of units: the system administrator says what a unit is, the security administrator where it hangs and what it
answers for."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anji_police.accounts.forms import with_errors
from anji_police.acts import run_act
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.htmx import posted, render_page
from anji_police.paging import Column, keyset, ordered
from anji_police.places import forms, services
from anji_police.places.models import Unit

VIEW, KEEP, MANAGE = "places.view_units", services.KEEP, services.MANAGE


def unit_columns() -> list[Column]:
    return [
        Column(_("Unit code"), "code"),
        Column(_("Unit name")),
        Column(_("Kind")),
        Column(_("Unit above")),
        Column(_("Duty phone")),
        Column(_("People"), css="num"),
        Column(_("State")),
    ]


def _filtered(queryset, form):
    if not form.is_valid():
        return queryset
    asked = form.cleaned_data
    if text := asked["q"]:
        queryset = queryset.filter(Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code=text))
    if asked["kind"]:
        queryset = queryset.filter(kind=asked["kind"])
    if asked["state"]:
        queryset = queryset.filter(is_active=asked["state"] == "active")
    return queryset


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def unit_list(request):
    form, columns = forms.UnitSearchForm(request.GET), unit_columns()
    units = Unit.objects.select_related("parent").annotate(
        people=Count("members", filter=Q(members__is_active=True))
    )
    page = keyset(request, ordered(_filtered(units, form), request, columns, "code"))
    context = {"form": form, "page": page, "columns": columns}
    return render_page(request, "places/unit_list.html", context, fragment="places/_unit_rows.html")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(KEEP, raise_exception=True)
def create(request):
    form = forms.CreateUnitForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            unit = services.create_unit(actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            with_errors(form, error)
        except NotAllowed:
            raise
        except DomainError as error:
            form.add_error("parent", str(error))
        else:
            messages.success(request, _("The unit is made."))
            return redirect("places:unit-detail", unit.code)
    return render(request, "places/unit_create.html", {"form": form}, status=422 if form.errors else 200)


def _unit(code: str) -> Unit:
    return get_object_or_404(Unit.objects.select_related("parent"), code=code)


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def detail(request, code: str):
    return _page(request, code)


def _page(request, code: str, *, status: int = 200, stale=None, **bound):
    unit = _unit(code)
    context = {
        "unit": unit,
        "below": unit.children.order_by("-is_active", "code"),
        "people": unit.members.filter(is_active=True).count(),
        "jurisdictions": unit.jurisdictions.select_related("place").order_by("place__code", "valid"),
        "change_form": forms.ChangeUnitForm(
            initial={"name": unit.name, "short_name": unit.short_name, "phone": unit.phone},
            auto_id="change_%s",
        ),
        "state_form": forms.StateForm(auto_id="state_%s"),
        "move_form": forms.MoveUnitForm(unit=unit, initial={"parent": unit.parent_id}, auto_id="move_%s"),
        "take_over_form": forms.TakeOverForm(auto_id="take_%s"),
        **bound,
        "form": next(iter(bound.values()), None),
    }
    return render(request, "places/unit_detail.html", context, status=status)


def _act(request, code: str, name: str, form, act, done: str):
    """Run one act on a unit; what is refused is said beside its form."""
    return run_act(
        request,
        form=form,
        act=lambda data: act(actor=request.user, **data),
        page=partial(_page, request, code, **{name: form}),
        done=done,
        after=lambda: request.path.rsplit("/", 2)[0] + "/",
    )


@require_POST
@login_required
@permission_required(KEEP, raise_exception=True)
def change(request, code: str):
    act = partial(services.change_unit, unit=_unit(code))
    form = forms.ChangeUnitForm(request.POST, auto_id="change_%s")
    return _act(request, code, "change_form", form, act, _("The unit is changed."))


@require_POST
@login_required
@permission_required(KEEP, raise_exception=True)
def set_active(request, code: str):
    opening = request.POST.get("active") == "1"
    act = partial(services.reopen_unit if opening else services.deactivate_unit, unit=_unit(code))
    done = _("The unit is open again.") if opening else _("The unit is closed.")
    form = forms.StateForm(request.POST, auto_id="state_%s")
    return _act(request, code, "state_form", form, act, done)


@require_POST
@login_required
@permission_required(MANAGE, raise_exception=True)
def move(request, code: str):
    unit = _unit(code)
    form = forms.MoveUnitForm(request.POST, unit=unit, auto_id="move_%s")
    act = partial(services.move_unit, unit=unit)
    return _act(request, code, "move_form", form, act, _("The unit is moved, with all units below it."))


@require_POST
@login_required
@permission_required(MANAGE, raise_exception=True)
def take_over(request, code: str):
    """Let this unit answer for a township from a day on."""
    form = forms.TakeOverForm(request.POST, auto_id="take_%s")
    act = partial(services.assign_place, unit=_unit(code))
    return _act(request, code, "take_over_form", form, act, _("The jurisdiction is entered."))
