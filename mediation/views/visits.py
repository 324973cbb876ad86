"""Follow-up visits: the list behind the figures, and the page for a phone with one visit, its call and its result."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anji_police.acts import run_act
from anji_police.errors import InvalidInput
from anji_police.htmx import render_page
from anji_police.paging import Column, keyset, ordered
from anji_police.periods import today
from mediation import forms, services
from mediation.filters import VISIT_VIEWS, VisitFilter, visits_in_view
from mediation.models import FollowUp, Party
from mediation.services.performing import overdue_items

VIEW = "mediation.view_dispute"


def _columns() -> list[Column]:
    return [
        Column(_("Day"), "due_on"),
        Column(_("Dispute")),
        Column(_("Matter")),
        Column(_("Way")),
        Column(_("Risk")),
        Column(_("Unit")),
        Column(_("Visitor")),
        Column(_("Result")),
        Column(_("Satisfaction")),
    ]


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def visit_list(request):
    """All visits in sight; the first view holds those that are due for me."""
    view = request.GET.get("view", "due")
    visible = FollowUp.objects.visible_to(request.user)
    shown = visits_in_view(visible, view, request.user)
    filterset = VisitFilter(request.GET, queryset=shown)
    rows = filterset.qs.select_related("dispute__unit", "dispute__mediator", "done_by", "assignee").defer(
        "dispute__search_text", "dispute__search_pairs", "dispute__facts"
    )
    columns = _columns()
    context = {
        "form": filterset.form,
        "page": keyset(request, ordered(rows, request, columns, "due_on")),
        "columns": columns,
        "today": today(),
    }
    if not request.htmx:
        context["tabs"] = [
            {
                "label": label,
                "url": f"?view={key}",
                "current": key == view,
                "count": visits_in_view(visible, key, request.user).count() if key == "due" else None,
                "hot": key == "due",
            }
            for key, label in VISIT_VIEWS.items()
        ]
    return render_page(request, "mediation/visits.html", context, fragment="mediation/_visits.html")


def _visit(request, pk: int) -> FollowUp:
    visible = FollowUp.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("dispute__unit", "assignee", "done_by"), pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(VIEW, raise_exception=True)
def visit(request, pk: int):
    """One visit on a phone: whom to call or see, and what came of it."""
    row = _visit(request, pk)
    if request.method != "POST":
        return _page(request, row, forms.FollowUpForm())
    form = forms.FollowUpForm(request.POST)
    return run_act(
        request,
        form=form,
        act=lambda data: services.record_follow_up(follow_up=row, actor=request.user, **data),
        page=lambda status, stale: _page(request, _visit(request, pk), form, status=status, stale=stale),
        done=_("The visit is recorded."),
        after=lambda: reverse("mediation:visit-list"),
    )


def _page(request, row: FollowUp, form, *, status: int = 200, stale=None):
    context = {
        "visit": row,
        "found": row.dispute,
        "parties": list(row.dispute.parties.all()),
        "earlier": list(row.dispute.follow_ups.exclude(done_at=None).select_related("done_by")[:5]),
        "form": form,
        "stale": stale,
        "can_record": row.is_open and request.user.has_perm("mediation.mediate_dispute"),
        "may_call": request.user.has_perm("mediation.call_party")
        or request.user.has_perm("audit.reveal_personal_data"),
        "today": today(),
    }
    return render(request, "mediation/visit.html", context, status=status)


@require_POST
@login_required
@permission_required(VIEW, raise_exception=True)
def call(request, code: str, pk: int):
    """A party's number as a tel: link, after the access row with the reason; the fragment takes the form's place."""
    party = get_object_or_404(
        Party.objects.visible_to(request.user).select_related("dispute"), pk=pk, dispute__code=code
    )
    try:
        number = services.number_to_call(
            party=party, actor=request.user, reason=request.POST.get("reason", "")
        )
    except InvalidInput as error:
        return render(request, "audit/_reveal_refused.html", {"error": error.fields["reason"][0]}, status=422)
    if request.htmx:
        return render(request, "mediation/_call.html", {"number": number, "party": party})
    return render(request, "mediation/call.html", {"number": number, "party": party, "found": party.dispute})


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def overdue_list(request):
    """What should have been performed by now, longest overdue first."""
    rows = overdue_items(request.user)
    columns = [
        Column(_("Due"), "due_on"),
        Column(_("Dispute")),
        Column(_("What is owed")),
        Column(_("Amount (yuan)")),
        Column(_("Unit")),
        Column(_("Mediator")),
        Column(_("State")),
    ]
    context = {"page": keyset(request, ordered(rows, request, columns, "due_on")), "columns": columns}
    return render_page(request, "mediation/overdue.html", context, fragment="mediation/_overdue.html")
