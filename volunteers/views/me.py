"""The volunteer's own phone page: what is next, check-in and check-out, a report; it works without a network."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anji_police import offline
from anji_police.accounts.forms import with_errors
from anji_police.errors import DomainError, InvalidInput
from anji_police.htmx import posted
from volunteers import forms, qr, selectors, services
from volunteers.models import Assistance, Member, SignUp
from volunteers.views.common import door, get_post, page_for

OWN = "volunteers.own_page"


def _member(request) -> Member | None:
    return Member.objects.select_related("team__unit", "team__leader").filter(user=request.user).first()


def words() -> dict[str, str]:
    """What the queue of the phone says."""
    return {
        "pending": _("Waiting to be sent"),
        "sending": _("Being sent"),
        "failed": _("Not accepted"),
        "sent": _("Sent"),
        "signIn": _("Sign in again, then it is sent."),
        "offline": _("No network. What you do is kept on this phone and sent later."),
        "online": _("Connected"),
        "retry": _("Try again"),
        "discard": _("Discard"),
        "discardSure": _("Discard this? It was not sent."),
        "position": _("Looking for your position…"),
        "noPosition": _(
            "Your phone gave no position. Allow it in the settings, scan the code, or call the team's leader."
        ),
        "kept": _("Kept on this phone"),
        "notKept": _("This browser can't keep it. Stay on this page until it is sent."),
        "empty": _("Nothing waits to be sent."),
        "waiting": _("{n} waiting"),
        "photoLarge": _("The photo is too large. Take a smaller one."),
        "in": _("Check-in"),
        "out": _("Check-out"),
        "report": _("Report an incident"),
        "way": _("Way on duty"),
        "recording": _(
            "Your way is being recorded: {n} positions. It stops with the check-out or when you leave this page."
        ),
    }


@page_for(OWN)
def me(request):
    member = _member(request)
    context = {"member": member, "outbox_words": words(), "now": timezone.now()}
    if member is not None:
        context |= selectors.my_page(member)
        context["appeal_form"] = forms.AppealForm()
        context["certificate_form"] = forms.CertificateForm()
    return offline.may_keep(render(request, "volunteers/me.html", context))


@page_for(OWN, get_post)
def report(request):
    """Report an incident. With script the report is queued on the phone; without, it is sent as a plain form."""
    form = forms.IncidentForm(posted(request), initial={"uid": uuid.uuid4(), "kind": "safety"})
    if request.method == "POST" and form.is_valid():
        try:
            incident = services.report(
                actor=request.user, photos=request.FILES.getlist("photos"), **form.cleaned_data
            )
        except InvalidInput as error:
            with_errors(form, error)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Your report was received under the number %(code)s.") % {"code": incident.code}
            )
            return redirect("volunteers:me")
    context = {"form": form, "outbox_words": words(), "member": _member(request)}
    response = render(request, "volunteers/report.html", context, status=422 if form.errors else 200)
    return offline.may_keep(response) if request.method != "POST" else response


@page_for(OWN)
def scan(request, code: str):
    """Where a scanned code leads: check in or out of its shift with one press."""
    scanned = qr.read(code)
    row = (
        SignUp.objects.filter(member__user=request.user, shift=scanned.shift_id)
        .exclude(status__in=["leave", "cancelled"])
        .select_related("shift__team")
        .last()
    )
    if row is None:
        raise Http404
    return render(
        request,
        "volunteers/scan.html",
        {"row": row, "code": code, "uid": uuid.uuid4(), "outbox_words": words()},
    )


@door(OWN)
def tracks(request):
    """Consent to recording the way on duty, or take it back."""
    member = _member(request)
    if member is None:
        raise Http404
    given = request.POST.get("given") == "yes"
    services.consent_to_tracks(member=member, actor=request.user, given=given)
    messages.success(
        request,
        _("Your way is recorded on duty from now on.") if given else _("Your way is not recorded any more."),
    )
    return redirect("volunteers:me")


@door(OWN)
def assistance(request, pk: int):
    """Say whether one assists in the matter that one was asked for."""
    row = get_object_or_404(
        Assistance.objects.visible_to(request.user).select_related("member"), pk=pk, member__user=request.user
    )
    accepts = {"yes": True, "no": False}.get(request.POST.get("answer", ""))
    if accepts is None:
        raise InvalidInput(fields={"answer": [_("Choose one of the answers.")]})
    services.answer_assistance(
        assistance=row, actor=request.user, accepts=accepts, reason=request.POST.get("reason", "")
    )
    messages.success(
        request, _("Thank you. Who asked you is told.") if accepts else _("Who asked you is told.")
    )
    return redirect("volunteers:me")


@require_safe
def worker(request):
    """The service worker of /volunteers/me/. It holds nothing personal, so that an update reaches a signed-out phone too."""
    return offline.worker(
        scope=reverse("volunteers:me"),
        assets=("js/volunteer.js", "css/volunteer.css"),
        offline_words=_(
            "No network, and this page was not kept on this phone yet. Open it once while connected."
        ),
    )


@require_safe
def manifest(request):
    return offline.manifest(
        name=_("Volunteer patrols"),
        short_name=_("Volunteers"),
        scope=reverse("volunteers:me"),
        start=reverse("volunteers:me"),
    )
