"""The queue: standing and saved views, filters, columns, bulk acts, next in line."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anji_police.api.pagination import capped_count
from anji_police.errors import InvalidInput
from anji_police.helpdesk import codes, forms, services
from anji_police.helpdesk.filters import VIEWS, HelpRequestFilter, in_view
from anji_police.helpdesk.models import HelpRequest, SavedView
from anji_police.htmx import render_page
from anji_police.paging import Column, keyset, ordered

VIEW = "helpdesk.view_request"
HOT = ("overdue", "returned")
BADGE_CAP = 999
DEFAULT_COLUMNS = ["category", "description", "township", "unit", "assignee", "status", "due_at"]


def all_columns() -> dict[str, Column]:
    """What can be shown beside the number; a key sorts where the column has an index."""
    return {
        "category": Column(_("About")),
        "description": Column(_("Matter")),
        "township": Column(_("Township")),
        "unit": Column(_("Unit")),
        "assignee": Column(_("Officer")),
        "status": Column(_("State")),
        "priority": Column(_("Priority")),
        "channel": Column(_("Way in")),
        "reporter": Column(_("Citizen")),
        "received_at": Column(_("Received at"), "received_at"),
        "due_at": Column(_("Time limit"), "due_at"),
    }


def chosen_columns(request) -> list[str]:
    asked = [key for key in request.GET.getlist("col") if key in all_columns()]
    return asked or DEFAULT_COLUMNS


def filtered(request):
    """(filterset, queryset) of what the person sees of the standing view and filters in the address."""
    visible = HelpRequest.objects.visible_to(request.user)
    view = request.GET.get("view", "unit" if not request.user.is_county_wide else "all")
    filterset = HelpRequestFilter(request.GET, queryset=in_view(visible, view, request.user))
    return view, filterset


def _tabs(request, current: str) -> list[dict]:
    visible = HelpRequest.objects.visible_to(request.user)
    tabs = []
    for key, label in VIEWS.items():
        count = None
        if key not in ("all", "answered"):
            count = capped_count(in_view(visible, key, request.user), BADGE_CAP)
        tabs.append(
            {
                "label": label,
                "url": f"?view={key}",
                "current": key == current,
                "count": count,
                "hot": key in HOT and count,
            }
        )
    return tabs


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def request_list(request):
    view, filterset = filtered(request)
    keys = chosen_columns(request)
    columns = [Column(_("Number"), ""), *(all_columns()[key] for key in keys)]
    # Open requests have a time limit; in a view that also holds ended ones the newest come first.
    default = "-received_at" if view in ("all", "answered") else "due_at"
    rows = filterset.qs.select_related("unit", "assignee", "township").defer("search_text", "search_pairs")
    if default != "due_at" and request.GET.get("sort", "").lstrip("-") == "due_at":
        rows = rows.filter(due_at__isnull=False)  # most have ended, and have no limit to be sorted by
    page = keyset(request, ordered(rows, request, columns, default))
    context = {
        "form": filterset.form,
        "page": page,
        "columns": columns,
        "keys": keys,
        "column_choices": [(key, column.label, key in keys) for key, column in all_columns().items()],
        "view": view,
        "default_sort": default,
        "may_act": request.user.has_perm("helpdesk.handle_request"),
        "query": request.GET.urlencode(),
    }
    if not request.htmx:
        context |= {"tabs": _tabs(request, view), "saved": SavedView.objects.visible_to(request.user)}
    return render_page(request, "helpdesk/list.html", context, fragment="helpdesk/_rows.html")


@require_POST
@login_required
@permission_required(VIEW, raise_exception=True)
def next_request(request):
    """Take the most urgent request that nobody has."""
    found = services.next_in_queue(actor=request.user)
    if found is None:
        messages.info(request, _("Nothing waits for an officer in your units."))
        return redirect("helpdesk:request-list")
    return redirect(found)


@require_POST
@login_required
@permission_required(VIEW, raise_exception=True)
def bulk(request):
    """First shows what an act would touch, then does it row by row and tells what became of each."""
    references = _picked(request)
    form = forms.BulkForm(request.POST, actor=request.user)
    context = {
        "form": form,
        "references": references,
        "act": request.POST.get("act", ""),
        "cap": services.bulk.CAP,
    }
    if not references:
        messages.warning(request, _("Tick at least one row first."))
        return redirect("helpdesk:request-list")
    if request.POST.get("confirmed") and form.is_valid():
        facts = dict(form.cleaned_data)
        target = facts.pop("target")
        try:
            facts["target"] = _target(request, target) if facts["act"] == "merge" else None
            outcomes = services.apply_in_bulk(references=references, actor=request.user, **facts)
        except InvalidInput as error:
            for name, words in error.fields.items():
                form.add_error(name if name in form.fields else None, words[0])
        else:
            done = sum(not o.refusal for o in outcomes)
            return render(request, "helpdesk/bulk_done.html", {"outcomes": outcomes, "done": done})
    rows, total = services.preview_bulk(
        act=context["act"],
        requests=HelpRequest.objects.visible_to(request.user).filter(reference__in=references),
        actor=request.user,
    )
    context |= {"rows": rows, "total": total}
    return render(
        request, "helpdesk/bulk.html", context, status=422 if request.POST.get("confirmed") else 200
    )


def _picked(request) -> list[str]:
    """The references that were ticked; with all=1 those that match the filters, at most 200."""
    if request.POST.get("all") and not request.POST.get("confirmed"):
        asked = request.GET
        visible = HelpRequest.objects.visible_to(request.user)
        rows = HelpRequestFilter(asked, queryset=in_view(visible, asked.get("view", ""), request.user)).qs
        return list(rows.order_by("due_at", "id").values_list("reference", flat=True)[: services.bulk.CAP])
    return request.POST.getlist("pk")[: services.bulk.CAP]


def _target(request, text: str) -> HelpRequest:
    found = HelpRequest.objects.visible_to(request.user).filter(reference=codes.typed_reference(text)).first()
    if found is None:
        raise InvalidInput(fields={"target": [_("There is no such request, or it is not yours to see.")]})
    return found


@require_POST
@login_required
@permission_required(VIEW, raise_exception=True)
def save_view(request):
    """Keep the filters, order and columns of the address under a name."""
    query = QueryDict(request.POST.get("query", "")[:2000])
    kept = {key: values for key, values in query.lists() if key not in ("after", "before", "col")}
    services.save_view(
        actor=request.user,
        name=request.POST.get("name", ""),
        query=kept,
        columns=[key for key in query.getlist("col") if key in all_columns()],
        is_shared=bool(request.POST.get("shared")),
    )
    messages.success(request, _("The view is saved."))
    return redirect(f"/requests/?{query.urlencode()}")


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def open_view(request, pk: int):
    """Go to the queue as a saved view describes it."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    query = QueryDict(mutable=True)
    for key, values in view.query.items():
        query.setlist(key, values)
    query.setlist("col", view.columns)
    return redirect(f"/requests/?{query.urlencode()}")


@require_POST
@login_required
@permission_required(VIEW, raise_exception=True)
def delete_view(request, pk: int):
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    services.delete_view(actor=request.user, view=view)
    messages.success(request, _("The view is deleted."))
    return redirect("helpdesk:request-list")
