"""First pages after sign-in: home, my work, the overview, the search box."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anji_police import metrics, nav, queues
from anji_police import search as finders
from anji_police.accounts.roles import Role
from anji_police.dashboard import selectors
from anji_police.htmx import render_page
from anji_police.paging import Column, address
from anji_police.periods import Period, today

WORK = "dashboard:my-work"


@require_safe
@login_required
def home(request):
    """Where a person starts: leaders at the overview, officers at their work, others at the first page of their own."""
    user = request.user
    if Role.LEADERSHIP in user.roles:
        return redirect("dashboard:overview")
    if user.is_police:
        return redirect(WORK)
    own = [item for _section, items in nav.menu_for(user) for item in items if item.url_name != WORK]
    return redirect(own[0].url if own else WORK)


def work_columns() -> list[Column]:
    return [
        Column(_("Number")),
        Column(_("Matter")),
        Column(_("Field")),
        Column(_("Unit")),
        Column(_("In hand of")),
        Column(_("State")),
        Column(_("Time limit")),
        Column(_("Action"), hidden=True),
    ]


@require_safe
@login_required
def my_work(request):
    """What waits for this person in all fields, nearest time limit first."""
    mine = queues.of(request.user)
    key = request.GET.get("queue", "")
    found = queues.items(request.user, key=key)
    counts = queues.counts(request.user)
    now = timezone.now()
    views = [
        {
            "label": _("All"),
            "url": address(request, queue=None),
            "current": not key,
            "count": sum(counts.values()),
        }
    ]
    views += [
        {
            "label": q.label,
            "url": address(request, queue=q.key),
            "current": q.key == key,
            "count": counts[q.key],
        }
        for q in mine
    ]
    late = sum(1 for _queue, item in found if item.due_at and item.due_at < now)
    context = {"rows": found, "views": views, "columns": work_columns(), "late": late, "now": now}
    return render_page(request, "dashboard/my_work.html", context, fragment="dashboard/_my_work_rows.html")


@require_safe
@login_required
@permission_required("dashboard.view_overview", raise_exception=True)
def overview(request):
    """The county, or the own unit, in figures: this month so far, each figure a link to its rows."""
    period = Period.month(request.GET.get("month") or today().strftime("%Y-%m"))
    every = metrics.every()
    wanted = request.GET.get("rank")
    ranked = next((m for m in every if m.key == wanted), every[0] if every else None)
    context = {
        "period": period,
        "months": [period.shifted(-back).iso_month for back in (-1, 1)],
        "is_current": period.iso_month == today().strftime("%Y-%m"),
        "tiles": selectors.tiles(user=request.user, period=period),
        "metrics": every,
        "ranked": ranked,
        "ranking": selectors.ranking(user=request.user, metric=ranked, period=period) if ranked else [],
        "work": queues.items(request.user, limit=8),
        "wall": request.GET.get("view") == "wall",
        "now": timezone.now(),
        "wall_url": address(request, view="wall"),
    }
    return render(request, "dashboard/overview.html", context)


@require_safe
@login_required
@permission_required("dashboard.search", raise_exception=True)
def search(request):
    text = request.GET.get("q", "")[:60]
    found = finders.everywhere(request.user, text)
    return render(
        request, "dashboard/search.html", {"text": text, "found": found, "home": reverse("dashboard:home")}
    )
