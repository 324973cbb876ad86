"""What volunteers reported: the list, one incident, and what is done about it."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from anji_police import routing, uploads
from anji_police.api.pagination import capped_count
from anji_police.paging import Column
from volunteers import forms, selectors, services
from volunteers.filters import VIEWS, IncidentFilter, in_view
from volunteers.models import Incident, IncidentPhoto
from volunteers.views.common import act, door, listing, page_for

VIEW = "volunteers.view_incident"


def columns() -> list[Column]:
    return [
        Column(_("Number")),
        Column(_("Kind")),
        Column(_("What was seen")),
        Column(_("Unit")),
        Column(_("Team")),
        Column(_("State")),
        Column(_("Reported at"), "reported_at"),
        Column(_("Time limit")),
    ]


@page_for(VIEW)
def incident_list(request):
    view = request.GET.get("view", "all")
    visible = Incident.objects.visible_to(request.user)
    tabs = [
        {
            "label": label,
            "url": f"?view={key}",
            "current": key == view,
            "count": None if key == "all" else (count := capped_count(in_view(visible, key), 999)),
            "hot": key == "overdue" and bool(count),
        }
        for key, label in VIEWS.items()
    ]
    return listing(
        request,
        filterset=IncidentFilter(request.GET, queryset=in_view(visible, view).select_related("unit", "team")),
        columns=columns(),
        default="-reported_at",
        template="volunteers/incidents.html",
        rows="volunteers/_incidents.html",
        tabs=[] if request.htmx else tabs,
    )


def _incident(request, code: str) -> Incident:
    visible = Incident.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("unit", "team", "member", "place", "reported_by"), code=code
    )


def _page(request, found: Incident, *, status: int = 200, stale=None, **bound):
    routes = routing.open_to(request.user)
    context = selectors.incident_detail(found) | {
        "found": found,
        "stale": stale,
        "handle_form": forms.HandleForm(),
        "transfer_form": forms.TransferForm(routes=routes),
        "feed_back_form": forms.FeedBackForm(),
        "target": next((r.label for r in routes if r.kind == found.transfer_kind), found.transfer_kind),
        "can_handle": request.user.has_perm("volunteers.handle_incident"),
        "map": {"markers": _marker(found), "fit": True} if found.location else None,
        **bound,
    }
    context["form"] = next((form for form in bound.values() if getattr(form, "errors", None)), None)
    return render(request, "volunteers/incident.html", context, status=status)


def _marker(found: Incident) -> list[dict]:
    return [{"lon": found.location.x, "lat": found.location.y, "label": found.code, "kind": "event"}]


@page_for(VIEW)
def incident_detail(request, code: str):
    return _page(request, _incident(request, code))


@page_for(VIEW)
def photo(request, code: str, uid):
    """A photo, as a file that no browser runs."""
    found = get_object_or_404(IncidentPhoto, incident=_incident(request, code), uid=uid)
    path = uploads.stored(found.path)
    if not path.exists():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _act(request, code: str, form, name: str, do, done: str):
    found = _incident(request, code)
    return act(
        request,
        found,
        form=form,
        name=name,
        do=lambda data: do(found, data),
        page=_page,
        done=done,
    )


@door(VIEW)
def receive(request, code: str):
    return _act(
        request,
        code,
        forms.EmptyForm(request.POST),
        "empty_form",
        lambda found, data: services.receive(incident=found, actor=request.user),
        _("The report is received; its reporter is told."),
    )


@door(VIEW)
def handle(request, code: str):
    return _act(
        request,
        code,
        forms.HandleForm(request.POST),
        "handle_form",
        lambda found, data: services.handle_on_spot(incident=found, actor=request.user, **data),
        _("It is recorded."),
    )


@door(VIEW)
def transfer(request, code: str):
    return _act(
        request,
        code,
        forms.TransferForm(request.POST, routes=routing.open_to(request.user)),
        "transfer_form",
        lambda found, data: services.transfer(incident=found, actor=request.user, **data),
        _("It is passed on, and linked here."),
    )


@door(VIEW)
def feed_back(request, code: str):
    return _act(
        request,
        code,
        forms.FeedBackForm(request.POST),
        "feed_back_form",
        lambda found, data: services.feed_back(incident=found, actor=request.user, **data),
        _("The reporter is told."),
    )


@door(VIEW)
def close(request, code: str):
    return _act(
        request,
        code,
        forms.EmptyForm(request.POST),
        "empty_form",
        lambda found, data: services.close_incident(incident=found, actor=request.user),
        _("The incident is closed."),
    )
