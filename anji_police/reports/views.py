"""Pages of the monthly reports."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anji_police import metrics
from anji_police.errors import InvalidInput
from anji_police.htmx import render_page
from anji_police.paging import Column, address, keyset
from anji_police.periods import today
from anji_police.reports import forms, presenting, services
from anji_police.reports.models import OPEN, ReportRun, ReportVersion, VersionStatus
from anji_police.workflow import services as workflow

VIEW, DRAFTS, PREVIEW = "reports.view_report", "reports.view_draft", "reports.preview_report"
PEOPLE = ("requested_by", "reviewed_by", "signed_by")


def _version(request, month: str, number: int) -> ReportVersion:
    """The version if it is in sight, else 404."""
    visible = ReportVersion.objects.visible_to(request.user)
    joined = visible.select_related("report__document", "corrects", *PEOPLE)
    return get_object_or_404(joined, report__month=f"{month}-01", number=number)


def version_columns() -> list[Column]:
    return [
        Column(_("Month")),
        Column(_("Version"), css="num"),
        Column(_("State")),
        Column(_("Document number")),
        Column(_("Asked for by")),
        Column(_("Reviewed by")),
        Column(_("Signed by")),
        Column(_("Issued")),
        Column(_("PDF")),
    ]


def _tabs(request, chosen: str) -> list[dict]:
    tabs = [("", _("All")), ("issued", _("In force"))]
    if request.user.has_perm(DRAFTS):
        tabs += [("open", _("In the making")), ("withdrawn", _("Withdrawn"))]
    return [
        {"label": label, "url": address(request, state=key or None, after=None), "current": key == chosen}
        for key, label in tabs
    ]


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def report_list(request):
    """All versions in sight, newest first."""
    state = request.GET.get("state", "")
    rows = ReportVersion.objects.visible_to(request.user).select_related("report__document", *PEOPLE)
    if state:
        rows = rows.filter(status__in=OPEN if state == "open" else [state])
    rows = rows.defer("figures", "paper").order_by("-pk")
    form = forms.MonthForm() if request.user.has_perm("reports.request_report") else None
    context = {
        "page": keyset(request, rows),
        "columns": version_columns(),
        "views": _tabs(request, state),
        "form": form,
    }
    return render_page(request, "reports/list.html", context, fragment="reports/_rows.html")


@require_POST
@login_required
@permission_required("reports.request_report", raise_exception=True)
def request_report(request):
    form = forms.MonthForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(fields={name: list(errors) for name, errors in form.errors.items()})
    version = services.request_report(month=form.cleaned_data["month"], actor=request.user)
    run = version.runs.order_by("pk").last()
    if run.is_moving:
        return redirect("reports:run-detail", run.pk)
    messages.info(request, _("This month has a report already; here it is."))
    return redirect("reports:version-detail", version.report.iso_month, version.number)


@require_safe
@login_required
@permission_required(PREVIEW, raise_exception=True)
def preview(request):
    """The month that runs, up to now, over the units in sight; kept nowhere."""
    figures = services.preview(month=today().strftime("%Y-%m"), actor=request.user)
    context = {"figures": figures, "sections": presenting.sections(figures), "now": timezone.now()}
    return render(request, "reports/preview.html", context)


@require_safe
@login_required
@permission_required(DRAFTS, raise_exception=True)
def preview_pdf(request):
    """The same as a paper over all units, marked as unfinished."""
    month = today().strftime("%Y-%m")
    response = HttpResponse(
        services.preview_pdf(month=month, actor=request.user), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="preview-{month}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def definitions(request):
    """What each figure counts (指标口径)."""
    columns = [
        Column(_("Figure")),
        Column(_("Unit")),
        Column(_("Kind")),
        Column(_("Good news when")),
        Column(_("Definition")),
    ]
    return render(request, "reports/definitions.html", {"metrics": metrics.every(), "columns": columns})


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def version_detail(request, month: str, number: int):
    """The report as a page, with the same frozen figures as the PDF."""
    version = _version(request, month, number)
    may_see_runs = request.user.has_perm(DRAFTS)
    context = {
        "version": version,
        "sections": presenting.sections(version.figures) if version.figures else [],
        "steps": _steps(version),
        "acts": _acts(version, request.user),
        "runs": version.runs.select_related("job", "requested_by") if may_see_runs else [],
        "others": version.report.versions.visible_to(request.user).exclude(pk=version.pk).order_by("number"),
        "history": _history(version),
    }
    return render(request, "reports/detail.html", context)


def _history(version: ReportVersion) -> list:
    labels, entries = dict(VersionStatus.choices), list(workflow.history(version))
    for entry in entries:
        entry.label = labels.get(entry.to_state, entry.to_state)
    return entries[::-1]


def _steps(version: ReportVersion) -> list[dict]:
    order = [VersionStatus.DRAFT, VersionStatus.REVIEWED, VersionStatus.ISSUED]
    reached = order.index(version.status) if version.status in order else len(order)
    people = [version.requested_by, version.reviewed_by, version.signed_by]
    times = [version.created_at, version.reviewed_at, version.issued_at]
    return [
        {
            "label": status.label,
            "state": "done"
            if i < reached or version.status == VersionStatus.ISSUED
            else "now"
            if i == reached
            else "todo",
            "note": f"{timezone.localtime(times[i]):%Y-%m-%d %H:%M} {person or ''}" if times[i] else "",
        }
        for i, (status, person) in enumerate(zip(order, people, strict=True))
    ]


ACTS = {
    "review": services.review,
    "send-back": services.send_back,
    "issue": services.sign_and_issue,
    "withdraw": services.withdraw,
}
_TARGETS = {"review": "reviewed", "send-back": "draft", "issue": "issued", "withdraw": "withdrawn"}
_WITH_REASON = {"send-back", "withdraw", "restate"}


def _acts(version: ReportVersion, user) -> list[str]:
    """The decisions that `user` may take now, in the order of the page."""
    targets = {step.target for step in workflow.steps_open_to(version, user)}
    acts = [act for act in ACTS if _TARGETS[act] in targets]
    if user.pk in (version.reviewed_by_id, version.requested_by_id) and "issue" in acts:
        acts.remove("issue")
    if not version.pdf and "review" in acts:
        acts.remove("review")
    if version.status == VersionStatus.ISSUED and user.has_perm("reports.request_report"):
        acts.append("restate")
    return acts


@require_POST
@login_required
@permission_required(VIEW, raise_exception=True)
def version_act(request, month: str, number: int, act: str):
    """Take one decision on a version; the services check who may."""
    version, form = _version(request, month, number), forms.ActForm(request.POST)
    if act not in {*ACTS, "restate"}:
        raise Http404
    if not form.is_valid():
        raise InvalidInput(fields={name: list(errors) for name, errors in form.errors.items()})
    why = {"reason": form.cleaned_data["reason"]} if act in _WITH_REASON else {}
    if act == "restate":
        version = services.restate(version=version, actor=request.user, **why)
    else:
        ACTS[act](version=version, actor=request.user, seen=form.cleaned_data["seen"], **why)
    messages.success(request, _done(act))
    return redirect("reports:version-detail", month, version.number)


def _done(act: str) -> str:
    return {
        "review": _("Marked as reviewed. Another person signs it now."),
        "send-back": _("Sent back; it is a draft again."),
        "issue": _("Signed and issued; the paper is being drawn."),
        "withdraw": _("Withdrawn. The month can be asked for again."),
        "restate": _("The corrected version is being made."),
    }[act]


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def version_pdf(request, month: str, number: int):
    """The PDF itself; `?download=1` saves it. Who opened it is written down first."""
    version = _version(request, month, number)
    download = request.GET.get("download") == "1"
    content = services.open_pdf(version=version, actor=request.user, download=download)
    response = HttpResponse(content, content_type="application/pdf")
    kind = "attachment" if download else "inline"
    response["Content-Disposition"] = f'{kind}; filename="report-{month}-v{number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@login_required
@permission_required(DRAFTS, raise_exception=True)
def version_verify(request, month: str, number: int):
    """Compare the stored paper with its digests and with a new drawing."""
    proof = services.verify_pdf(_version(request, month, number))
    if not proof.holds:
        messages.error(request, _("The check failed: the stored paper or its figures were changed."))
    elif proof.redrawn is None:
        messages.warning(
            request,
            _(
                "Figures and file are unchanged. It was drawn by another engine or with other fonts, so it can't be compared with a new drawing."
            ),
        )
    else:
        messages.success(
            request, _("Figures and file are unchanged, and a new drawing gives the same bytes.")
        )
    return redirect("reports:version-detail", month, number)


@require_safe
@login_required
@permission_required(DRAFTS, raise_exception=True)
def run_list(request):
    runs = ReportRun.objects.visible_to(request.user).select_related("version__report", "requested_by", "job")
    runs = runs.defer("version__figures", "version__paper").order_by("-pk")
    columns = [
        Column(_("Report")),
        Column(_("Purpose")),
        Column(_("State")),
        Column(_("Asked for by")),
        Column(_("Asked for")),
        Column(_("Finished")),
        Column(_("Progress or error")),
    ]
    return render(request, "reports/runs.html", {"page": keyset(request, runs), "columns": columns})


@require_safe
@login_required
@permission_required(DRAFTS, raise_exception=True)
def run_detail(request, pk: int):
    """One run; the fragment asks again every two seconds while it moves."""
    runs = ReportRun.objects.visible_to(request.user).select_related("version__report", "requested_by", "job")
    run = get_object_or_404(runs, pk=pk)
    return render_page(request, "reports/run.html", {"run": run}, fragment="reports/_run.html")


@require_POST
@login_required
@permission_required("reports.request_report", raise_exception=True)
def run_restart(request, pk: int):
    run = get_object_or_404(ReportRun.objects.visible_to(request.user), pk=pk)
    services.restart_run(run=run, actor=request.user)
    messages.success(request, _("Started again."))
    return redirect("reports:run-detail", run.pk)
