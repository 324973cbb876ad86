"""Spreadsheets in and out: the ledgers, a dry run, and what became of it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anji_police.errors import InvalidInput
from anji_police.ledgers import registry, services, writing
from anji_police.ledgers.models import Import

USE = "ledgers.use_ledgers"
SHOWN = 100  # rows of each sort on the page; the file of bad rows has all


class SheetForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Sheet"),
        help_text=gettext_lazy("XLSX, or CSV in UTF-8 or GB 18030; up to 5,000 rows"),
    )


def _ledger(request, key: str) -> registry.Ledger:
    found = registry.get(key)
    if found is None:
        raise Http404
    if found not in registry.of(request.user):
        raise PermissionDenied
    return found


@never_cache
@require_safe
@login_required
@permission_required(USE, raise_exception=True)
def index(request):
    """The ledgers that the person may use, and the own imports."""
    ledgers = registry.of(request.user)
    return render(
        request,
        "ledgers/index.html",
        {
            "ledgers": [(ledger, request.user.has_perm(ledger.permission)) for ledger in ledgers],
            "imports": _named(Import.objects.visible_to(request.user).defer("rows")[:20]),
        },
    )


def _named(imports) -> list:
    return [(run, getattr(registry.get(run.ledger), "label", run.ledger)) for run in imports]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(USE, raise_exception=True)
def ledger(request, key: str):
    """Send a sheet; it is only checked."""
    found = _ledger(request, key)
    may_import = request.user.has_perm(found.permission)
    if request.method == "POST" and not may_import:
        raise PermissionDenied
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            run = services.check(actor=request.user, ledger=found, name=upload.name, content=upload.read())
        except InvalidInput as error:
            for texts in error.fields.values():
                form.add_error("file", texts[0])
        else:
            return redirect("ledgers:run", pk=run.pk)
    context = {"ledger": found, "form": form, "may_import": may_import}
    return render(request, "ledgers/ledger.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
@permission_required(USE, raise_exception=True)
def template(request, key: str):
    """An empty sheet with the headings and one example row."""
    found = _ledger(request, key)
    example = [[c.example for c in found.columns]]
    return writing.answer("xlsx", "template", [c.label for c in found.columns], example)


@never_cache
@require_safe
@login_required
@permission_required(USE, raise_exception=True)
def export(request, key: str):
    """The rows in sight, personal data masked."""
    found = _ledger(request, key)
    if not request.user.has_perm(found.view_permission):
        raise PermissionDenied
    rows = list(found.export(request.user))
    services.record_export(actor=request.user, ledger=found, rows=len(rows))
    name = f"{found.key.replace('.', '-')}-{timezone.localdate().isoformat()}"
    return writing.answer("xlsx", name, [c.label for c in found.columns], rows)


def _run(request, pk: int) -> Import:
    return get_object_or_404(Import.objects.visible_to(request.user), pk=pk)


@never_cache
@require_safe
@login_required
@permission_required(USE, raise_exception=True)
def run(request, pk: int):
    """The dry run: what is new, changed, the same, or wrong."""
    found = _run(request, pk)
    known = registry.get(found.ledger)
    planned = services.plan_of(found, request.user) if known is not None else []
    labels = {
        registry.BAD: _("With faults"),
        registry.NEW: _("New"),
        registry.CHANGED: _("Changed"),
        registry.SAME: _("Unchanged"),
    }
    groups = []
    for state, label in labels.items():
        rows = [plan for plan in planned if plan.state == state]
        groups.append(
            {
                "state": state,
                "label": label,
                "count": len(rows) if planned else found.counts.get(state, 0),
                "rows": [(plan.row.number, _shown(known, plan), plan.row.faults) for plan in rows[:SHOWN]],
                "more": max(len(rows) - SHOWN, 0),
            }
        )
    context = {
        "run": found,
        "ledger": known,
        "groups": groups,
        "good": sum(group["count"] for group in groups if group["state"] in (registry.NEW, registry.CHANGED)),
        "bad": groups[0]["count"],
    }
    return render(request, "ledgers/run.html", context)


def _shown(ledger: registry.Ledger, plan: registry.Planned) -> str:
    """A few of the row's words, without numbers of people."""
    hidden = {"phone", "id_number"}
    return " · ".join(
        plan.row.cells[c.key] for c in ledger.columns if c.key not in hidden and plan.row.cells.get(c.key)
    )[:160]


@never_cache
@require_safe
@login_required
@permission_required(USE, raise_exception=True)
def bad_rows(request, pk: int):
    """The rows with faults as a sheet, with the reason in the last column, to be mended and sent again."""
    found = _run(request, pk)
    known = registry.get(found.ledger)
    if known is None:
        raise Http404
    planned = services.plan_of(found, request.user)
    rows = [
        [*(plan.row.cells.get(c.key, "") for c in known.columns), "；".join(plan.row.faults)]
        for plan in planned
        if plan.state == registry.BAD
    ]
    headings = [*(c.label for c in known.columns), _("What is wrong")]
    return writing.answer("xlsx", "rows-with-faults", headings, rows)


@require_POST
@login_required
@permission_required(USE, raise_exception=True)
def apply(request, pk: int):
    found = _run(request, pk)
    services.apply(actor=request.user, run=found)
    messages.success(request, _("The good rows are taken over."))
    return redirect("ledgers:run", pk=found.pk)
