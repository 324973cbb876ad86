"""Pages of the job table: what waits, what failed, what was given up."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anji_police.htmx import render_page
from anji_police.jobs import services
from anji_police.jobs.filters import JobFilter
from anji_police.jobs.models import Job
from anji_police.paging import Column, keyset


@require_safe
@login_required
@permission_required("jobs.view_job", raise_exception=True)
def job_list(request):
    visible = Job.objects.visible_to(request.user)
    filterset = JobFilter(request.GET, queryset=visible.order_by("-id"))
    columns = [
        Column(_("Kind")),
        Column(_("State")),
        Column(_("Due")),
        Column(_("Tries")),
        Column(_("Progress or error")),
        Column(_("Action"), hidden=True),
    ]
    views = [
        {
            "label": label,
            "url": f"?state={state}",
            "current": request.GET.get("state") == state,
            "count": count,
            "hot": hot,
        }
        for label, state, count, hot in (
            (_("Waiting or running"), "open", visible.open().count(), False),
            (_("Being retried"), "retrying", visible.open().filter(tries__gt=0).count(), True),
            (_("Given up"), "dead", visible.dead().count(), True),
        )
    ]
    context = {
        "form": filterset.form,
        "page": keyset(request, filterset.qs, count=False),
        "columns": columns,
        "views": views,
    }
    return render_page(request, "jobs/list.html", context, fragment="jobs/_rows.html")


def _job(request, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user), pk=pk)


@require_POST
@login_required
@permission_required("jobs.retry_job", raise_exception=True)
def retry(request, pk: int):
    services.retry(job=_job(request, pk), actor=request.user)
    messages.success(request, _("The job is tried again now."))
    return redirect("jobs:list")


@require_POST
@login_required
def cancel(request, pk: int):
    services.request_cancel(job=_job(request, pk), actor=request.user)
    messages.success(request, _("The job was asked to stop."))
    return redirect("jobs:list" if request.user.has_perm("jobs.view_job") else "dashboard:home")
