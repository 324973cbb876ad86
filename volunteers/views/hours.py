"""Hours to be approved, one by one or many at once; closing a month."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anji_police.api.pagination import capped_count
from anji_police.errors import DomainError
from anji_police.paging import Column
from anji_police.periods import Period, add_months, today
from volunteers import services
from volunteers.filters import SignUpFilter
from volunteers.models import MonthClose, SignUp, SignUpStatus
from volunteers.views.common import door, listing, page_for

APPROVE = "volunteers.approve_hours"
BULK_CAP = 200


def columns() -> list[Column]:
    return [
        Column(_("Volunteer")),
        Column(_("Shift")),
        Column(_("Team")),
        Column(_("Check-in")),
        Column(_("Check-out")),
        Column(_("Claimed"), css="num"),
        Column(_("Reason")),
        Column(_("State")),
    ]


def _rows(request):
    visible = SignUp.objects.visible_to(request.user)
    if request.GET.get("view", "pending") == "pending" and not {"missed_in", "booked_in"} & set(request.GET):
        visible = visible.filter(status=SignUpStatus.PENDING)
    return SignUpFilter(request.GET, queryset=visible)


@page_for("volunteers.view_team")
def hours_list(request):
    filterset = _rows(request)
    filterset.queryset = filterset.queryset.select_related("member", "shift__team__unit", "attendance")
    view = request.GET.get("view", "pending")
    waiting = SignUp.objects.visible_to(request.user).filter(status=SignUpStatus.PENDING)
    last = add_months(today().replace(day=1), -1)
    return listing(
        request,
        filterset=filterset,
        columns=columns(),
        default="id",
        template="volunteers/hours.html",
        rows="volunteers/_hours.html",
        tabs=[
            {
                "label": _("To be approved"),
                "url": "?view=pending",
                "current": view == "pending",
                "count": capped_count(waiting, 999),
            },
            {"label": _("All"), "url": "?view=all", "current": view == "all", "count": None},
        ],
        may_approve=request.user.has_perm(APPROVE),
        last_month=last,
        is_closed=MonthClose.objects.filter(month=last).exists(),
    )


@door(APPROVE)
def approve_many(request):
    """Approve the chosen claims as they are; each is checked by itself, and what is refused is counted and said."""
    rows = SignUp.objects.visible_to(request.user).filter(status=SignUpStatus.PENDING)
    if request.POST.get("all"):
        rows = SignUpFilter(request.GET, queryset=rows).qs
    else:
        rows = rows.filter(
            pk__in=[int(k) for k in request.POST.getlist("pk") if k.isascii() and k.isdigit() and len(k) < 19]
        )
    done, refused = 0, []
    for row in rows.order_by("id")[:BULK_CAP]:
        try:
            services.approve_hours(sign_up=row, actor=request.user)
            done += 1
        except DomainError as error:
            refused.append(str(error))
    messages.success(
        request,
        ngettext("%(count)d claim is approved.", "%(count)d claims are approved.", done) % {"count": done},
    )
    if refused:
        messages.warning(
            request,
            _("%(count)d were refused: %(why)s")
            % {"count": len(refused), "why": " ".join(sorted(set(refused))[:3])},
        )
    return redirect("volunteers:hours-list")


@door("volunteers.close_month")
def close_month(request):
    month = Period.month(request.POST.get("month", "")).first_day
    services.close_month(month=month, actor=request.user)
    messages.success(request, _("%(month)s is closed.") % {"month": f"{month:%Y-%m}"})
    return redirect("volunteers:hours-list")
