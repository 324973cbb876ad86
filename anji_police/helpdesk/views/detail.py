"""One request: its facts, thread and clocks, and what may be done with it."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anji_police import routing
from anji_police.acts import run_act
from anji_police.audit import services as audit
from anji_police.audit.models import AccessEntry
from anji_police.errors import InvalidInput
from anji_police.helpdesk import codes, forms, selectors, services
from anji_police.helpdesk.models import Assist, Attachment, CannedReply, HelpRequest
from anji_police.helpdesk.public.tracking import send_file
from anji_police.helpdesk.services.handling import filled_in
from anji_police.workflow import presence

VIEW = "helpdesk.view_request"


def seen(request, reference: str) -> HelpRequest:
    """The request if it is in sight of the person, else 404."""
    visible = HelpRequest.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("unit", "assignee", "township", "village", "merged_into"), reference=reference
    )


@never_cache
@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def request_detail(request, reference: str):
    found = seen(request, reference)
    presence.mark(found, request.user)
    return _page(request, found)


def _page(request, found: HelpRequest, *, status: int = 200, **bound):
    user = request.user
    canned = CannedReply.objects.filter(is_active=True, category__in=["", found.category])
    context = selectors.detail(found, user) | {
        "found": found,
        "message_form": forms.MessageForm(initial={"key": codes.new_token()[:20], "version": found.version}),
        "assign_form": forms.AssignForm(
            initial={"unit": found.unit_id, "assignee": found.assignee_id, "version": found.version},
            actor=user,
        ),
        "return_form": forms.ReturnForm(initial={"version": found.version}),
        "ruling_form": forms.RulingForm(),
        "route_form": forms.RouteForm(routes=routing.open_to(user)),
        "assist_form": forms.AssistForm(),
        "merge_form": forms.MergeForm(),
        "reason_form": forms.ReasonForm(),
        "edit_form": forms.EditForm(
            initial={
                "description": found.description,
                "happened": found.happened,
                "location_text": found.location_text,
                "version": found.version,
            }
        ),
        "exclusion_form": forms.ExclusionForm(actor=user),
        "canned": [(c.title, filled_in(c, request=found, actor=user)) for c in canned],
        "stale": None,
        **bound,
    }
    context["form"] = next((form for form in bound.values() if getattr(form, "errors", None)), None)
    return render(request, "helpdesk/detail.html", context, status=status)


def _act(request, reference: str, form_name: str, form, act, done: str):
    """Run one act of this page from a form; who has given the request away is led back to the queue."""
    found = seen(request, reference)

    def after() -> str:
        still = HelpRequest.objects.visible_to(request.user).filter(pk=found.pk).exists()
        return found.get_absolute_url() if still else reverse("helpdesk:request-list")

    return run_act(
        request,
        form=form,
        act=lambda data: act(found, data),
        page=lambda **more: _page(request, seen(request, reference), **{form_name: form}, **more),
        done=done,
        after=after,
    )


def _door(view):
    """Every act: posted, signed in, with the right to see requests; the act's own right is the service's."""
    return require_POST(login_required(permission_required(VIEW, raise_exception=True)(view)))


@_door
def accept(request, reference: str):
    found = seen(request, reference)
    services.accept(request=found, actor=request.user)
    messages.success(request, _("You have accepted the request."))
    return redirect(found)


MESSAGES = {
    "note": (services.add_note, gettext_lazy("The note is kept.")),
    "called": (partial(services.add_note, contacted=True), gettext_lazy("The call is noted.")),
    "reply": (services.reply, gettext_lazy("The reply is on the citizen's page.")),
    "ask": (
        services.ask_citizen,
        gettext_lazy("The citizen is asked. The time limit stands still until the answer."),
    ),
    "answer": (services.answer, gettext_lazy("The answer is given. The citizen is asked for a rating.")),
}


@_door
def message(request, reference: str):
    """Note, reply, question or answer, by the button that was pressed."""
    act, done = MESSAGES.get(request.POST.get("act", ""), MESSAGES["note"])

    def write(found, data):
        more = {} if act is services.ask_citizen else {"files": request.FILES.getlist("files")}
        if act in (services.ask_citizen, services.answer):
            more["version"] = data["version"]
        act(
            request=found, actor=request.user, body=data["body"], key=data["key"] or codes.new_token(), **more
        )

    return _act(request, reference, "message_form", forms.MessageForm(request.POST), write, done)


@_door
def assign(request, reference: str):
    return _act(
        request,
        reference,
        "assign_form",
        forms.AssignForm(request.POST, actor=request.user),
        lambda found, data: services.assign(request=found, actor=request.user, **data),
        _("The request is assigned."),
    )


@_door
def give_back(request, reference: str):
    return _act(
        request,
        reference,
        "return_form",
        forms.ReturnForm(request.POST),
        lambda found, data: services.give_back(request=found, actor=request.user, **data),
        _("The request is returned; the duty desk rules on it."),
    )


@_door
def rule(request, reference: str):
    return _act(
        request,
        reference,
        "ruling_form",
        forms.RulingForm(request.POST),
        lambda found, data: services.rule_on_return(request=found, actor=request.user, **data),
        _("The ruling is entered."),
    )


@_door
@permission_required("helpdesk.handle_request", raise_exception=True)  # the form knows no choice for others
def route(request, reference: str):
    return _act(
        request,
        reference,
        "route_form",
        forms.RouteForm(request.POST, routes=routing.open_to(request.user)),
        lambda found, data: services.route_to_field(request=found, actor=request.user, **data),
        _("The request is handed over; its progress comes back to the citizen's page."),
    )


@_door
def ask_assist(request, reference: str):
    return _act(
        request,
        reference,
        "assist_form",
        forms.AssistForm(request.POST),
        lambda found, data: services.add_assist(request=found, actor=request.user, **data),
        _("The unit is asked to help."),
    )


@_door
def end_assist(request, reference: str, pk: int):
    found = seen(request, reference)
    services.end_assist(
        request=found, actor=request.user, assist=get_object_or_404(Assist, pk=pk, request=found)
    )
    messages.success(request, _("The unit's part is done."))
    still = HelpRequest.objects.visible_to(request.user).filter(pk=found.pk).exists()
    return redirect(found if still else "helpdesk:request-list")


@_door
def exclude(request, reference: str):
    return _act(
        request,
        reference,
        "exclusion_form",
        forms.ExclusionForm(request.POST, actor=request.user),
        lambda found, data: services.exclude_officer(request=found, actor=request.user, **data),
        _("The officer sees nothing of this request any more."),
    )


@_door
def merge(request, reference: str):
    def into(found, data):
        target = (
            HelpRequest.objects.visible_to(request.user)
            .filter(reference=codes.typed_reference(data["target"]))
            .first()
        )
        if target is None:
            raise InvalidInput(fields={"target": [_("There is no such request, or it is not yours to see.")]})
        services.merge(duplicate=found, target=target, actor=request.user)

    return _act(
        request, reference, "merge_form", forms.MergeForm(request.POST), into, _("The request is merged.")
    )


@_door
def unmerge(request, reference: str):
    return _act(
        request,
        reference,
        "reason_form",
        forms.ReasonForm(request.POST),
        lambda found, data: services.unmerge(duplicate=found, actor=request.user, **data),
        _("The request stands on its own again."),
    )


@_door
def go_on(request, reference: str):
    found = seen(request, reference)
    services.go_on(request=found, actor=request.user)
    messages.success(request, _("The time limit runs again."))
    return redirect(found)


@_door
def close(request, reference: str):
    found = seen(request, reference)
    services.close(request=found, actor=request.user)
    messages.success(request, _("The request is closed."))
    return redirect(found)


@_door
def reopen(request, reference: str):
    return _act(
        request,
        reference,
        "reason_form",
        forms.ReasonForm(request.POST),
        lambda found, data: services.reopen(request=found, actor=request.user, keep_officer=True, **data),
        _("The request is open again."),
    )


@_door
def edit(request, reference: str):
    def change(found, data):
        version = data.pop("version")
        services.edit(request=found, actor=request.user, version=version, changes=data)

    return _act(
        request, reference, "edit_form", forms.EditForm(request.POST), change, _("The change is saved.")
    )


@_door
def priority(request, reference: str):
    found = seen(request, reference)
    services.set_priority(request=found, actor=request.user, priority=request.POST.get("priority", ""))
    messages.success(request, _("The priority is set."))
    return redirect(found)


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def who_else(request, reference: str):
    """Who else has it open: a fragment that the page asks for every twenty seconds, which also says that this person does."""
    found = seen(request, reference)
    return presence.fragment(request, found, request.path)


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def download(request, reference: str, uid):
    """A file of the request, after the access row is written."""
    found = seen(request, reference)
    file = get_object_or_404(Attachment, request=found, uid=uid)
    audit.accessed(actor=request.user, kind=AccessEntry.Kind.DOWNLOAD, subject=found, fields=[str(file.uid)])
    return send_file(file)
