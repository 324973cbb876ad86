"""Entering a request for a citizen who calls or walks in; canned replies; routing rules."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anji_police import geo
from anji_police.errors import DomainError, InvalidInput
from anji_police.helpdesk import codes, forms, questions, services
from anji_police.helpdesk.models import CannedReply, RoutingRule
from anji_police.helpdesk.public.forms import ContactForm, PlaceForm, QuestionsForm, StoryForm
from anji_police.helpdesk.questions import HINTS, ICONS, Category
from anji_police.htmx import posted

get_post = require_http_methods(["GET", "HEAD", "POST"])


@get_post
@login_required
@permission_required("helpdesk.enter_request", raise_exception=True)
def enter(request):
    """One page with the citizens' own questions; the caller gets both codes read out or printed."""
    category = request.GET.get("category", "")
    if category not in Category.values:
        tiles = [{"value": c.value, "label": c.label, "hint": HINTS[c], "icon": ICONS[c]} for c in Category]
        return render(request, "helpdesk/enter_category.html", {"tiles": tiles})
    data = posted(request)
    answers = {
        key: value
        for key, value in request.POST.items()
        if key in {q.key for q in questions.QUESTIONS[category]}
    }
    parts = {
        "way": forms.ChannelForm(data),
        "questions": QuestionsForm(data, category=category, answers=answers),
        "story": StoryForm(data),
        "place": PlaceForm(data),
        "contact": ContactForm(data, initial={"contact": "phone"}),
    }
    if request.method == "POST" and all([part.is_valid() for part in parts.values()]):  # noqa: C419  each part shows its own faults
        try:
            receipt = _enter(request, category, parts)
        except InvalidInput as error:
            for name, words in error.fields.items():
                home = next((part for part in parts.values() if name in part.fields), parts["story"])
                home.add_error(name if name in home.fields else None, words[0])
        except DomainError:
            messages.info(request, _("This form was sent already."))
            return redirect("helpdesk:request-list")
        else:
            return render(
                request,
                "helpdesk/entered.html",
                {"found": receipt.request, "secret": codes.shown(receipt.secret)},
            )
    context = {
        "parts": parts,
        "category": Category(category),
        "token": request.POST.get("token") or codes.new_token(),
        "stop": questions.stop_for(category, answers),
        "form": next((part for part in parts.values() if part.errors), None),
    }
    return render(request, "helpdesk/enter.html", context, status=422 if context["form"] else 200)


def _enter(request, category: str, parts: dict) -> services.Receipt:
    where = parts["place"].cleaned_data
    pinned = where["lon"] is not None and where["lat"] is not None
    return services.submit(
        token=request.POST.get("token") or codes.new_token(),
        category=category,
        answers=parts["questions"].cleaned_data,
        township=where["township"],
        village=where["village"],
        location=geo.point(where["lon"], where["lat"]) if pinned else None,
        location_text=where["location_text"],
        channel=parts["way"].cleaned_data["channel"],
        actor=request.user,
        **parts["story"].cleaned_data,
        **parts["contact"].cleaned_data,
    )


@get_post
@login_required
@permission_required("helpdesk.change_canned_reply", raise_exception=True)
def canned(request, pk: int | None = None):
    """Canned replies: list, and one form to add or change."""
    found = get_object_or_404(CannedReply, pk=pk) if pk else None
    form = forms.CannedReplyForm(posted(request), instance=found)
    if request.method == "POST" and form.is_valid():
        services.save_canned(actor=request.user, reply=found, **form.cleaned_data)
        messages.success(request, _("The canned reply is saved."))
        return redirect("helpdesk:canned")
    context = {"form": form, "replies": CannedReply.objects.all(), "found": found}
    return render(request, "helpdesk/canned.html", context, status=422 if form.errors else 200)


@get_post
@login_required
@permission_required("helpdesk.change_routing_rule", raise_exception=True)
def routing_rules(request):
    """Which unit gets what, beside the jurisdictions."""
    form = forms.RoutingRuleForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_routing_rule(actor=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The rule is in force."))
            return redirect("helpdesk:routing-rules")
    rules = (
        RoutingRule.objects.filter(is_active=True)
        .select_related("place", "unit")
        .order_by("category", "place")
    )
    return render(
        request,
        "helpdesk/routing_rules.html",
        {"form": form, "rules": rules},
        status=422 if form.errors else 200,
    )


@require_POST
@login_required
@permission_required("helpdesk.change_routing_rule", raise_exception=True)
def end_routing_rule(request, pk: int):
    services.end_routing_rule(actor=request.user, rule=get_object_or_404(RoutingRule, pk=pk, is_active=True))
    messages.success(request, _("The rule has ended."))
    return redirect("helpdesk:routing-rules")
