"""The citizen's own page of a request, opened by reference and secret together."""

import time

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anji_police import uploads
from anji_police.errors import DomainError, InvalidInput, TooMany
from anji_police.helpdesk import codes, selectors, services
from anji_police.helpdesk.models import Attachment, HelpRequest, Message, Status
from anji_police.helpdesk.public import forms
from anji_police.htmx import posted

OPENED = "tracking"  # session: [key of the request, until when]
OPEN_SECONDS = 30 * 60

# The states in words that a citizen understands, as steps of a way.
WAY = (
    ((Status.RECEIVED,), gettext_lazy("Received")),
    ((Status.ASSIGNED, Status.RETURNED), gettext_lazy("Given to the responsible police station")),
    ((Status.IN_PROGRESS, Status.WAITING), gettext_lazy("An officer is working on it")),
    ((Status.ANSWERED,), gettext_lazy("Answered, your rating please")),
    ((Status.CLOSED, Status.WITHDRAWN), gettext_lazy("Closed")),
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request):
    """Ask for both codes. A wrong number and a wrong code look alike."""
    form = forms.TrackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            found = services.open_with_secret(**form.cleaned_data)
        except TooMany as refused:
            return render(request, "public/track.html", {"form": form, "refused": refused}, status=429)
        if found is not None:
            request.session.cycle_key()
            request.session[OPENED] = [found.pk, int(time.time()) + OPEN_SECONDS]
            return redirect("public:tracked")
        form.add_error(None, _("Number and code do not belong together. Check both and try again."))
    return render(request, "public/track.html", {"form": form}, status=422 if form.errors else 200)


def opened(view):
    """The view gets (request, found); without an opened request the person is asked for the codes."""

    def inner(request, *args, **kwargs):
        key, until = request.session.get(OPENED, (None, 0))
        found = HelpRequest.objects.filter(pk=key).first() if until > time.time() else None
        if found is None:
            return redirect("public:track")
        return view(request, found, *args, **kwargs)

    return never_cache(inner)


def lead_of(found: HelpRequest) -> HelpRequest:
    """The request that goes on: a merged duplicate shows the state of the one it was merged into."""
    return found.merged_into or found


def _way(found: HelpRequest) -> list[dict]:
    state = lead_of(found).status
    now = next(i for i, (states, _label) in enumerate(WAY) if state in states)
    over = state in (Status.CLOSED, Status.WITHDRAWN)
    return [
        {"label": label, "state": "done" if i < now or over else "now" if i == now else "todo"}
        for i, (_states, label) in enumerate(WAY)
    ]


def _page(request, found: HelpRequest, status: int = 200, **forms_):
    thread = (
        Message.objects.filter(request=found, kind__in=Message.PUBLIC)
        .prefetch_related("attachments")
        .order_by("at", "id")
    )
    context = {
        "found": found,
        "lead": lead_of(found),
        "answer_by": selectors.answer_by(lead_of(found)),
        "way": _way(found),
        "thread": thread,
        "files": Attachment.objects.filter(request=found, message=None),
        "reply_form": forms_.get("reply_form") or forms.ReplyForm(),
        "rating_form": forms_.get("rating_form") or forms.RatingForm(),
        "rated": found.ratings.filter(round=found.round).first(),
        "may_rate": found.status in (Status.ANSWERED, Status.CLOSED)
        and not found.ratings.filter(round=found.round).exists(),
        "may_write": found.is_open or found.status == Status.ANSWERED,
        "form_key": codes.new_token(),
        "form": forms_.get("reply_form") or forms_.get("rating_form"),
    }
    return render(request, "public/tracked.html", context, status=status)


@require_safe
@opened
def tracked(request, found: HelpRequest):
    return _page(request, found)


@require_POST
@opened
def reply(request, found: HelpRequest):
    form = forms.ReplyForm(request.POST)
    if form.is_valid():
        try:
            services.citizen_reply(
                request=found,
                body=form.cleaned_data["body"],
                key=request.POST.get("key", "")[:40],
                files=request.FILES.getlist("files"),
            )
            messages.success(request, _("What you added was received."))
            return redirect("public:tracked")
        except InvalidInput as error:
            form.add_error("body", "；".join(m for found_ in error.fields.values() for m in found_))
        except DomainError as error:
            form.add_error("body", str(error))
    return _page(request, found, 422, reply_form=form)


@require_POST
@opened
def rate(request, found: HelpRequest):
    form = forms.RatingForm(request.POST)
    if form.is_valid():
        try:
            rating = services.rate(request=found, **form.cleaned_data)
        except DomainError as error:
            form.add_error("score", str(error))
        else:
            text = _("Thank you. Your request is open again and somebody else will handle it.")
            messages.success(request, text if rating.score in rating.BAD else _("Thank you for your rating."))
            return redirect("public:tracked")
    return _page(request, found, 422, rating_form=form)


@require_POST
@opened
def withdraw(request, found: HelpRequest):
    services.withdraw(request=found)
    messages.success(request, _("Your request was withdrawn."))
    return redirect("public:tracked")


@require_safe
@opened
def download(request, found: HelpRequest, uid):
    """A file of one's own request: what the citizen sent, and what came with a reply; never what belongs to a note."""
    file = Attachment.objects.filter(request=found, uid=uid).exclude(message__kind=Message.Kind.NOTE).first()
    if file is None:
        raise Http404
    return send_file(file)


def send_file(file: Attachment) -> FileResponse:
    """The file as a download that no browser runs."""
    path = uploads.stored(file.path)
    if not path.exists():
        raise Http404
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=file.name.reveal(), content_type=file.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_POST
@opened
def leave(request, found: HelpRequest):
    """Close the page on a borrowed phone."""
    request.session.flush()
    return redirect("public:track")
