"""One dispute and what may be done with it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anji_police.acts import run_act
from anji_police.errors import InvalidInput
from anji_police.periods import today
from mediation import forms, selectors, services
from mediation.models import CALL, Assignment, Dispute, FollowUp, Party
from mediation.views import acts
from volunteers.models import Assistance

VIEW = "mediation.view_dispute"


def seen(request, code: str) -> Dispute:
    """The dispute if it is in sight of the person, else 404."""
    visible = Dispute.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("unit", "place", "mediator", "leader", "source_unit", "screening__place"),
        code=code,
    )


@never_cache
@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def dispute_detail(request, code: str):
    return page(request, seen(request, code))


def page(request, found: Dispute, *, status: int = 200, stale=None, **bound):
    context = selectors.detail(found, request.user) | {
        "found": found,
        "stale": stale,
        "party_form": forms.PartyForm(),
        "consent_form": forms.ConsentForm(),
        "risk_form": forms.RiskForm(),
        "accept_form": forms.AcceptForm(),
        **{f"{name}_form": forms.ReasonForm(auto_id=f"{name}-%s") for name in REASONS},
        "session_form": forms.SessionForm(dispute=found, actor=request.user, auto_id="session-%s"),
        "agreement_form": forms.AgreementForm(dispute=found, actor=request.user, auto_id="agreement-%s"),
        "follow_up_form": forms.FollowUpForm(auto_id="visit-%s"),
        "plan_form": forms.PlanForm(auto_id="plan-%s"),
        **bound,
    }
    for name in ("accept_form", "decline_form", "replace_form"):
        if context[name].data.get("assignment"):  # what was sent stands beside the assistant's name
            context[name] = (
                forms.AcceptForm() if name == "accept_form" else forms.ReasonForm(auto_id=f"{name}-%s")
            )
    context["act_cards"] = acts.offered(context, request.user, bound)
    context["assistants"] = [
        (row, may_answer, *_answers(row, bound)) for row, may_answer in context["assistants"]
    ]
    context["filed_lines"] = [(line, _paper_forms(line, bound)) for line in context["catalogue"]]
    context["volunteers"] = [
        (row, bound.get(f"volunteer{row.pk}_form") or forms.ReasonForm(auto_id=f"volunteer{row.pk}-%s"))
        for row in context["volunteers"]
    ]
    context["form"] = next((form for form in bound.values() if getattr(form, "errors", None)), None)
    return render(request, "mediation/detail.html", context, status=status)


def _answers(row: Assignment, bound: dict) -> tuple:
    """The forms with which the assistant's offer of `row` is accepted, or declined or ended; a refused one as it was sent."""
    sent = next((form for form in bound.values() if form.data.get("assignment") == str(row.pk)), None)
    facts = {"initial": {"assignment": row.pk}, "auto_id": f"a{row.pk}-%s"}
    accept = sent if isinstance(sent, forms.AcceptForm) else forms.AcceptForm(**facts)
    reason = sent if isinstance(sent, forms.AnswerReasonForm) else forms.AnswerReasonForm(**facts)
    return accept, reason


def _paper_forms(line, bound: dict) -> list[tuple]:
    """Each filed paper of the line with the form that takes it out; a refused one as it was sent."""
    sent, found = bound.get("withdraw_form"), []
    for paper in line.papers:
        form = forms.ReasonForm(auto_id=f"withdraw-{paper.pk}-%s")
        found.append((paper, sent if sent is not None and sent.auto_id == form.auto_id else form))
    return found


REASONS = ("refuse", "decline", "replace", "failed", "waive", "close", "reopen")


def _named(found: Dispute, data: dict) -> dict:
    """The answer's facts with the offer that it names, which must be of this dispute."""
    key = data.pop("assignment")
    return data | {"assignment": get_object_or_404(found.assignments, pk=key) if key else None}


def _door(view):
    """Every act: posted, signed in, with the right to see disputes; the act's own right is the service's."""
    return require_POST(login_required(permission_required(VIEW, raise_exception=True)(view)))


def _act(request, code: str, form_name: str, form, act, done: str):
    found = seen(request, code)

    def after() -> str:
        still = Dispute.objects.visible_to(request.user).filter(pk=found.pk).exists()
        return found.get_absolute_url() if still else reverse("mediation:dispute-list")

    return run_act(
        request,
        form=form,
        act=lambda data: act(found, data),
        page=lambda **more: page(request, seen(request, code), **{form_name: form}, **more),
        done=done,
        after=after,
    )


@_door
def add_party(request, code: str):
    return _act(
        request,
        code,
        "party_form",
        forms.PartyForm(request.POST),
        lambda found, data: services.add_party(
            dispute=found, actor=request.user, spec=services.PartySpec(**data)
        ),
        _("The party is entered."),
    )


@_door
def consent(request, code: str, pk: int):
    party = get_object_or_404(Party.objects.visible_to(request.user), pk=pk, dispute__code=code)
    return _act(
        request,
        code,
        "consent_form",
        forms.ConsentForm(request.POST),
        lambda found, data: services.record_consent(party=party, actor=request.user, **data),
        _("The answer is recorded."),
    )


@require_POST
@login_required
@permission_required(CALL, raise_exception=True)
def phone(request, code: str, pk: int):
    """Show a party's phone number to who mediates; answers the fragment that takes the mask's place."""
    party = get_object_or_404(
        Party.objects.visible_to(request.user).select_related("dispute"), pk=pk, dispute__code=code
    )
    try:
        shown = services.reveal_phone(party=party, actor=request.user, reason=request.POST.get("reason", ""))
    except InvalidInput as error:
        return render(request, "audit/_reveal_refused.html", {"error": error.fields["reason"][0]}, status=422)
    return render(request, "audit/_revealed.html", {"value": shown})


@_door
def refuse(request, code: str):
    return _act(
        request,
        code,
        "refuse_form",
        forms.ReasonForm(request.POST, auto_id="refuse-%s"),
        lambda found, data: services.refuse_mediation(dispute=found, actor=request.user, **data),
        _("The matter is not mediated."),
    )


@_door
def assess(request, code: str):
    return _act(
        request,
        code,
        "risk_form",
        forms.RiskForm(request.POST),
        lambda found, data: services.assess_risk(
            dispute=found,
            actor=request.user,
            factors=tuple(data["factors"]),
            grade=data["grade"] or None,
            reason=data["reason"],
        ),
        _("The grade is kept."),
    )


@_door
def accept(request, code: str):
    return _act(
        request,
        code,
        "accept_form",
        forms.AcceptForm(request.POST),
        lambda found, data: services.accept_offer(dispute=found, actor=request.user, **_named(found, data)),
        _("The mediator has taken it on."),
    )


@_door
def decline(request, code: str):
    return _act(
        request,
        code,
        "decline_form",
        forms.AnswerReasonForm(request.POST, auto_id="decline-%s"),
        lambda found, data: services.decline_offer(dispute=found, actor=request.user, **_named(found, data)),
        _("The offer is declined; somebody else can be asked."),
    )


@_door
def replace(request, code: str):
    return _act(
        request,
        code,
        "replace_form",
        forms.AnswerReasonForm(request.POST, auto_id="replace-%s"),
        lambda found, data: services.replace_mediator(
            dispute=found, actor=request.user, **_named(found, data)
        ),
        _("The mediator is taken off the dispute."),
    )


@_door
def volunteer(request, code: str, pk: int, answer: str):
    """What becomes of a volunteer who was asked: yes or no said by phone, or let go with a reason."""
    found = seen(request, code)
    row = get_object_or_404(Assistance.objects.on(found), pk=pk)
    if answer in ("yes", "no"):
        services.answer_for_volunteer(
            dispute=found, actor=request.user, assistance=row, accepts=answer == "yes"
        )
        messages.success(request, _("The answer is recorded."))
        return redirect(found)
    if answer != "release":
        raise Http404
    return _act(
        request,
        code,
        f"volunteer{pk}_form",
        forms.ReasonForm(request.POST, auto_id=f"volunteer{pk}-%s"),
        lambda found, data: services.release_volunteer(
            dispute=found, actor=request.user, assistance=row, **data
        ),
        _("The volunteer is let go."),
    )


@_door
def session(request, code: str):
    found = seen(request, code)
    return _act(
        request,
        code,
        "session_form",
        forms.SessionForm(request.POST, dispute=found, actor=request.user, auto_id="session-%s"),
        lambda found, data: services.record_session(
            dispute=found, actor=request.user, **data | {"mediators": list(data["mediators"])}
        ),
        _("The session is recorded."),
    )


@_door
def agreement(request, code: str):
    found = seen(request, code)
    return _act(
        request,
        code,
        "agreement_form",
        forms.AgreementForm(request.POST, dispute=found, actor=request.user, auto_id="agreement-%s"),
        lambda found, data: services.record_agreement(dispute=found, actor=request.user, **data),
        _("The agreement is recorded."),
    )


@_door
def in_effect(request, code: str):
    found = seen(request, code)
    services.put_into_effect(dispute=found, actor=request.user)
    messages.success(request, _("The agreement is in effect."))
    return redirect(found)


@_door
def performance(request, code: str):
    """The ticked items were performed today; a reason marks the agreement as not performed."""
    found = seen(request, code)
    ticked = [key for key in request.POST.getlist("item") if key.isascii() and key.isdigit()]
    done = {int(key[:18]): today() for key in ticked}
    services.record_performance(
        dispute=found,
        actor=request.user,
        done=done,
        failed_reason=request.POST.get("failed_reason", ""),
        proof=request.POST.get("proof", ""),
    )
    messages.success(request, _("The performance is recorded."))
    return redirect(found)


@_door
def failed(request, code: str):
    return _act(
        request,
        code,
        "failed_form",
        forms.ReasonForm(request.POST, auto_id="failed-%s"),
        lambda found, data: services.conclude_failed(dispute=found, actor=request.user, **data),
        _("Mediation has ended without agreement."),
    )


def _visit(request, code: str, pk: int) -> FollowUp:
    return get_object_or_404(FollowUp, pk=pk, dispute=seen(request, code))


@_door
def follow_up(request, code: str, pk: int):
    visit = _visit(request, code, pk)
    return _act(
        request,
        code,
        "follow_up_form",
        forms.FollowUpForm(request.POST, auto_id="visit-%s"),
        lambda found, data: services.record_follow_up(follow_up=visit, actor=request.user, **data),
        _("The visit is recorded."),
    )


@_door
def waive(request, code: str, pk: int):
    visit = _visit(request, code, pk)
    return _act(
        request,
        code,
        "waive_form",
        forms.ReasonForm(request.POST, auto_id="waive-%s"),
        lambda found, data: services.waive_follow_up(follow_up=visit, actor=request.user, **data),
        _("The visit is waived."),
    )


@_door
def plan(request, code: str):
    return _act(
        request,
        code,
        "plan_form",
        forms.PlanForm(request.POST, auto_id="plan-%s"),
        lambda found, data: services.plan_follow_up(dispute=found, actor=request.user, **data),
        _("The visit is planned."),
    )


@_door
def close(request, code: str):
    """Close; an agreement that was not kept wants a reason."""
    found = seen(request, code)
    try:
        services.close(dispute=found, actor=request.user, reason=request.POST.get("reason", ""))
    except InvalidInput:
        form = forms.ReasonForm(request.POST, auto_id="close-%s")
        form.is_valid()
        return page(request, found, status=422, close_form=form)
    messages.success(request, _("The dispute is closed."))
    return redirect(found)


@_door
def reopen(request, code: str):
    return _act(
        request,
        code,
        "reopen_form",
        forms.ReasonForm(request.POST, auto_id="reopen-%s"),
        lambda found, data: services.reopen(dispute=found, actor=request.user, **data),
        _("The dispute is open again."),
    )


def act(name: str):
    """The view of one act of the table in acts.py."""

    def view(request, code: str):
        found, entry = seen(request, code), acts.BY_NAME[name]
        form = acts.form_of(entry, found, request.user, request.POST, request.FILES)

        def run(found: Dispute, data: dict):
            return entry.run(found, request.user, form.facts() if hasattr(form, "facts") else data)

        return _act(request, code, entry.key, form, run, entry.done)

    view.__name__ = view.__qualname__ = name.replace("-", "_")
    return _door(permission_required(acts.BY_NAME[name].right, raise_exception=True)(view))
