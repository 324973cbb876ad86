"""What the acts of the help desk share."""

from django.utils import translation

from anji_police.audit import services as audit
from anji_police.helpdesk.models import HelpRequest, Message
from anji_police.workflow import services as workflow

ACCEPT, FIRST_CONTACT, ANSWER, RETURN, BAD_RATING, RATING_OPEN = (
    "helpdesk.accept",
    "helpdesk.first_contact",
    "helpdesk.answer",
    "helpdesk.ruling",
    "helpdesk.bad_rating",
    "helpdesk.rating_open",
)


require, held = workflow.require, workflow.held


def sync_due(request: HelpRequest) -> None:
    """Copy the nearest running clock to the request; the time for a rating is the citizen's and does not count."""
    workflow.sync_due(request, but=(RATING_OPEN,))


def say(request: HelpRequest, *, kind: str, body: str, actor=None, key: str) -> Message:
    """Add a message to the thread; the same key is one message, and `is_new` says whether this call made it."""
    message = Message(
        request=request,
        kind=kind,
        body=body.strip(),
        author=actor,
        author_name=actor.name if actor else "",
        key=key,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    kept = Message.objects.get(key=key)
    kept.is_new = kept.uid == message.uid
    return kept


def record(actor, action: str, request: HelpRequest, **facts) -> None:
    audit.record(actor=actor, action=f"helpdesk.request.{action}", subject=request, **facts)


def citizen_language(request: HelpRequest):
    """Context in which texts come out in the language that the citizen chose."""
    return translation.override(request.language)


def in_touch(request: HelpRequest) -> None:
    """The citizen was spoken to or written to: the clocks that waited for that are met."""
    workflow.meet_clock(request, FIRST_CONTACT)
    workflow.meet_clock(request, BAD_RATING)
