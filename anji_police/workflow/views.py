"""Pages of dated rules and the working-day calendar."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from anji_police.accounts.forms import with_errors
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.htmx import posted
from anji_police.periods import today
from anji_police.workflow import forms, services, workingdays
from anji_police.workflow.models import CalendarDay, CalendarYear, Rule


@require_safe
@login_required
@permission_required("workflow.view_rule", raise_exception=True)
def rule_list(request):
    return render(request, "workflow/rules.html", {"rules": Rule.objects.filter(valid__contains=today())})


@login_required
@permission_required("workflow.view_rule", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_detail(request, code: str):
    rows = list(Rule.objects.filter(code=code).order_by("-valid"))
    if not rows:
        raise Http404
    form = forms.RuleForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_rule(code=code, actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            with_errors(form, error)
        except NotAllowed:
            raise
        except DomainError as error:
            form.add_error("valid_from", str(error))
        else:
            messages.success(request, _("The new value is entered."))
            return redirect("workflow:rule-detail", code)
    context = {"rows": rows, "rule": rows[0], "form": form}
    return render(request, "workflow/rule.html", context, status=422 if form.errors else 200)


@login_required
@permission_required("workflow.view_rule", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request):
    form = forms.CalendarForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.enter_calendar_year(
                year=form.cleaned_data["year"],
                source=form.cleaned_data["source"],
                days=form.parsed(),
                actor=request.user,
            )
        except InvalidInput as error:
            with_errors(form, error)
        else:
            messages.success(request, _("The year is entered."))
            return redirect("workflow:calendar")
    year = today().year
    context = {
        "years": CalendarYear.objects.order_by("-year"),
        "days": CalendarDay.objects.filter(day__year__gte=year),
        "form": form,
        "unknown": [y for y in (year, year + 1) if not workingdays.is_known(y)],
    }
    return render(request, "workflow/calendar.html", context, status=422 if form.errors else 200)
