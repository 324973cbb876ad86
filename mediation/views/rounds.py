"""Screening rounds (排查): the list, and recording one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anji_police.accounts.forms import with_errors
from anji_police.errors import InvalidInput
from anji_police.htmx import render_page
from anji_police.paging import Column, keyset, ordered
from mediation import forms, services
from mediation.filters import RoundFilter
from mediation.models import ScreeningRound


def _columns() -> list[Column]:
    return [
        Column(_("Day"), "held_on"),
        Column(_("Village")),
        Column(_("Unit")),
        Column(_("Who went")),
        Column(_("Households")),
        Column(_("Disputes found")),
        Column(_("Note")),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("mediation.view_mediator", raise_exception=True)
def rounds(request):
    """The rounds in sight with what they found; posting records one."""
    form = forms.RoundForm(request.POST or None, actor=request.user)
    status = 200
    may_record = request.user.has_perm("mediation.register_dispute")
    if request.method == "POST" and not may_record:
        raise PermissionDenied
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.record_round(actor=request.user, **form.cleaned_data)
            except InvalidInput as error:
                with_errors(form, error)
            else:
                messages.success(request, _("The round is recorded."))
                return redirect("mediation:round-list")
    visible = ScreeningRound.objects.visible_to(request.user)
    filterset = RoundFilter(request.GET, queryset=visible)
    rows = filterset.qs.select_related("place", "unit").annotate(found=Count("disputes"))
    columns = _columns()
    context = {
        "form": form,
        "filter_form": filterset.form,
        "page": keyset(request, ordered(rows, request, columns, "-held_on")),
        "columns": columns,
        "may_record": may_record,
    }
    answer = render_page(request, "mediation/rounds.html", context, fragment="mediation/_rounds.html")
    answer.status_code = status
    return answer
