"""Pages of the audit administrator, and the one door to personal data in the clear."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anji_police.audit import filters, selectors, services
from anji_police.errors import InvalidInput
from anji_police.htmx import render_page
from anji_police.paging import Column, keyset


@require_safe
@login_required
@permission_required("audit.view_trail", raise_exception=True)
def event_list(request):
    filterset = filters.EventFilter(request.GET, queryset=selectors.events(request.user).order_by("-id"))
    columns = [
        Column(_("Time")),
        Column(_("Actor")),
        Column(_("Action")),
        Column(_("Record")),
        Column(_("Change")),
        Column(_("Network address")),
    ]
    context = {"form": filterset.form, "page": keyset(request, filterset.qs, count=False), "columns": columns}
    return render_page(request, "audit/events.html", context, fragment="audit/_events.html")


@require_safe
@login_required
@permission_required("audit.view_trail", raise_exception=True)
def read_list(request):
    filterset = filters.ReadFilter(request.GET, queryset=selectors.reads(request.user).order_by("-id"))
    columns = [
        Column(_("Time")),
        Column(_("Actor")),
        Column(_("Kind")),
        Column(_("Record")),
        Column(_("Fields")),
        Column(_("Reason")),
    ]
    context = {"form": filterset.form, "page": keyset(request, filterset.qs, count=False), "columns": columns}
    return render_page(request, "audit/reads.html", context, fragment="audit/_reads.html")


@require_safe
@login_required
@permission_required("audit.view_trail", raise_exception=True)
def row_history(request):
    """What happened to one row of one table, whatever path wrote it."""
    label, key = request.GET.get("table", ""), request.GET.get("key", "")
    context = {
        "tables": selectors.tracked_labels(),
        "label": label,
        "key": key,
        "changes": selectors.row_history(request.user, label, key),
    }
    return render(request, "audit/rows.html", context)


@require_safe
@login_required
@permission_required("audit.view_trail", raise_exception=True)
def chain(request):
    return render(request, "audit/chain.html", {"chain": selectors.chain_state()})


@require_POST
@login_required
@permission_required("audit.view_trail", raise_exception=True)
def verify(request):
    try:
        count = services.verify_trail()
        messages.success(request, _("The trail is whole: %(count)d links were checked.") % {"count": count})
    except services.Broken as broken:
        messages.error(request, _("The trail is broken: %(where)s") % {"where": broken})
    return redirect("audit:chain")


@require_POST
@login_required
@permission_required("audit.reveal_personal_data", raise_exception=True)
def reveal(request):
    """Show one encrypted value; answers a fragment that takes the mask's place."""
    field = request.POST.get("field", "")
    record = selectors.sealed_subject(request.user, request.POST.get("subject", ""), field)
    try:
        shown = services.reveal(
            actor=request.user, subject=record, fields=[field], reason=request.POST.get("reason", "")
        )
    except InvalidInput as error:
        return render(request, "audit/_reveal_refused.html", {"error": error.fields["reason"][0]}, status=422)
    return render(request, "audit/_revealed.html", {"value": format_html("{}", shown[field])})
