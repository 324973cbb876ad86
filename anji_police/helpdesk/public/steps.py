"""The steps of the form, and the half-filled form that belongs to a browser.

The token lies in a signed cookie of its own: no session is needed, nothing personal is in it, and a reload, a closed tab or a
restart of the portal loses nothing.
"""

from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from anji_police.errors import InvalidInput
from anji_police.helpdesk import codes, questions, services
from anji_police.publicforms import Ticket

COOKIE = "ask"
COOKIE_SECONDS = 24 * 3600
SALT = "helpdesk.ask"


@dataclass(frozen=True)
class Step:
    key: str
    label: Any


STEPS = (
    Step("questions", _("Questions")),
    Step("story", _("What happened")),
    Step("place", _("Where")),
    Step("files", _("Photos")),
    Step("contact", _("Contact")),
    Step("check", _("Check and send")),
)
KEYS = [step.key for step in STEPS]


TICKET = Ticket(COOKIE, SALT, COOKIE_SECONDS)
token_of, remember = TICKET.of, TICKET.remember


def begin() -> str:
    """A token for a new form."""
    return codes.new_token()


def with_draft(view):
    """The view gets (request, token, content); who has begun no form is sent to its start."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        token = token_of(request)
        content = services.load_draft(token) if token else {}
        if not content.get("category"):
            return redirect("public:start")
        return view(request, token, content, *args, **kwargs)

    return inner


def following(key: str, content: dict) -> str:
    """Where to go after step `key`: back to the check page when the person came from there to change one thing."""
    if content.get("checking"):
        return "check"
    return KEYS[KEYS.index(key) + 1]


def complete(content: dict) -> str | None:
    """The first step that still lacks something, or None when all is there to be sent."""
    try:
        questions.clean(content.get("category", ""), content.get("answers", {}))
    except InvalidInput:
        return "questions"
    if len(content.get("description", "").strip()) < 5:
        return "story"
    if "location_text" not in content:
        return "place"
    if "contact" not in content:
        return "contact"
    return None


def progress(key: str) -> list[dict]:
    """The steps for the bar above the form."""
    now = KEYS.index(key)
    return [
        {"label": step.label, "state": "done" if number < now else "now" if number == now else "todo"}
        for number, step in enumerate(STEPS)
    ]
