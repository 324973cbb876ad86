"""Reads of the help desk that are too wide for a QuerySet method."""

from datetime import date, timedelta

from django.apps import apps
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.helpdesk import questions, services
from anji_police.helpdesk.models import HelpRequest, Status
from anji_police.helpdesk.services.returning import return_window_end
from anji_police.periods import SHANGHAI
from anji_police.workflow import presence, workingdays
from anji_police.workflow import services as workflow


def answer_by(request: HelpRequest) -> date | None:
    """The last day, in Anji, on which the answer is in time; None when no answer clock runs or it stands still."""
    clock = (
        workflow.clocks_of(request)
        .filter(kind="helpdesk.answer", met_at=None, cancelled_at=None, paused_at=None)
        .first()
    )
    return (clock.due_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date() if clock else None


def detail(request: HelpRequest, user) -> dict:
    """All that the page of one request shows to `user`, in a fixed number of statements."""
    assists = list(request.assists.filter(ended_at=None).select_related("unit"))
    thread = request.messages.select_related("author").prefetch_related("attachments").order_by("-at", "-id")
    return {
        "answers": questions.spoken(request.category, request.answers),
        "entries": timeline(request, thread),
        "files": [_file(request, file) for file in request.attachments.filter(message=None)],
        "clocks": _clocks(request),
        "assists": assists,
        "ratings": request.ratings.order_by("-round"),
        "open_return": request.returns.filter(ruling="").select_related("asked_by", "unit").first(),
        "duplicates": services.possible_duplicates(request, user) if request.is_open else [],
        "merged": request.merged.only("reference", "status"),
        "others": presence.others(request, user),
        "presence_url": reverse("helpdesk:presence", args=[request.reference]),
        "steps": _way(request),
        "field_record": _field_record(request, user),
        "can": {right.split(".")[1] for right in user.rights if right.startswith("helpdesk.")},
        "may_return": request.may_return and timezone.now() <= return_window_end(request),
        "map": _map(request),
        "provisional": workingdays.unknown_years(request.received_at, request.due_at)
        if request.due_at
        else [],
    }


def _file(request: HelpRequest, file) -> dict:
    return {
        "url": reverse("helpdesk:file", args=[request.reference, file.uid]),
        "name": file.name.reveal(),
        "note": f"{filesizeformat(file.size)}",
    }


_TONES = {
    "citizen": ("", "user"),
    "reply": ("a", "message-2"),
    "progress": ("g", "refresh"),
    "note": ("", "lock"),
}


def timeline(request: HelpRequest, thread) -> list[dict]:
    """Messages and changes of state together, newest first."""
    entries = []
    for message in thread:
        tone, icon = _TONES[message.kind]
        entries.append(
            {
                "at": message.at,
                "who": message.author_name or (_("Citizen") if message.kind == "citizen" else _("System")),
                "what": message.get_kind_display(),
                "body": message.body,
                "tone": tone,
                "icon": icon,
                "internal": message.kind == "note",
                "files": [_file(request, file) for file in message.attachments.all()],
            }
        )
    labels = dict(Status.choices)
    for move in workflow.history(request):
        entries.append(
            {
                "at": move.at,
                "who": move.actor_name or _("System"),
                "what": _("moved to “%(state)s”") % {"state": labels.get(move.to_state, move.to_state)},
                "body": move.reason,
                "tone": "v",
                "icon": "arrow-right",
            }
        )
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


_CLOCK_WORDS = {
    "helpdesk.accept": gettext_lazy("Acceptance"),
    "helpdesk.first_contact": gettext_lazy("First contact"),
    "helpdesk.answer": gettext_lazy("Answer"),
    "helpdesk.ruling": gettext_lazy("Ruling on the return"),
    "helpdesk.bad_rating": gettext_lazy("Contact after the bad rating"),
    "helpdesk.rating_open": gettext_lazy("Rating possible until"),
}


def _clocks(request: HelpRequest) -> list[dict]:
    return [
        {
            "label": _CLOCK_WORDS.get(clock.kind, clock.kind),
            "due_at": clock.due_at,
            "met_at": clock.met_at,
            "paused_at": clock.paused_at,
        }
        for clock in workflow.clocks_of(request)
        if clock.cancelled_at is None
    ]


_WAY = (
    (("received",), gettext_lazy("Received")),
    (("assigned", "returned"), gettext_lazy("Assigned")),
    (("in_progress", "waiting"), gettext_lazy("In progress")),
    (("answered",), gettext_lazy("Answered")),
    (("closed", "withdrawn", "merged"), gettext_lazy("Ended")),
)


def _way(request: HelpRequest) -> list[dict]:
    now = next(number for number, (states, _label) in enumerate(_WAY) if request.status in states)
    ended = now == len(_WAY) - 1
    return [
        {"label": label, "state": "done" if number < now or ended else "now" if number == now else "todo"}
        for number, (_states, label) in enumerate(_WAY)
    ]


def _field_record(request: HelpRequest, user):
    """The record of the field that the request was handed to, when `user` may see it."""
    if not request.routed_type:
        return None
    model = apps.get_model(request.routed_type)
    return model.objects.visible_to(user).filter(pk=request.routed_id).first()


def _map(request: HelpRequest) -> dict | None:
    if request.location is None:
        return None
    marker = {
        "lon": request.location.x,
        "lat": request.location.y,
        "label": request.reference,
        "kind": "event",
    }
    return {"markers": [marker], "fit": True}
