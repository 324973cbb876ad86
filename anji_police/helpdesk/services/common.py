"""What the acts of the help desk share."""

from django.utils import translation
from django.utils.translation import gettext as _

from anji_police.audit import services as audit
from anji_police.errors import NotAllowed
from anji_police.helpdesk.models import HelpRequest, Message
from anji_police.workflow import services as workflow

ACCEPT, ANSWER, RETURN, BAD_RATING, RATING_OPEN = (
    "helpdesk.accept",
    "helpdesk.answer",
    "helpdesk.ruling",
    "helpdesk.bad_rating",
    "helpdesk.rating_open",
)


def require(actor, permission: str) -> None:
    """Raises NotAllowed unless `actor` holds `permission`."""
    if not actor.has_perm(permission):
        raise NotAllowed(_("Your account may not do this."))


def held(request: HelpRequest, actor, *, version: int | None = None) -> HelpRequest:
    """`request` under lock, still in sight of `actor` (a case may be taken away between the page and the click)."""
    locked = workflow.lock(request, version=version)
    if actor is not None and not HelpRequest.objects.visible_to(actor).filter(pk=locked.pk).exists():
        raise NotAllowed(_("This request is not yours any more."))
    return locked


def sync_due(request: HelpRequest) -> None:
    """Copy the nearest running clock to the request, by which the queues are ordered."""
    nearest = (
        workflow.clocks_of(request)
        .filter(met_at=None, cancelled_at=None, paused_at=None)
        .exclude(kind=RATING_OPEN)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    request.due_at = nearest
    request.save(update_fields=["due_at"])


def say(request: HelpRequest, *, kind: str, body: str, actor=None, key: str) -> Message:
    """Add a message to the thread; the same key is one message."""
    message = Message(
        request=request,
        kind=kind,
        body=body.strip(),
        author=actor,
        author_name=actor.name if actor else "",
        key=key,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return Message.objects.get(key=key)


def record(actor, action: str, request: HelpRequest, **facts) -> None:
    audit.record(actor=actor, action=f"helpdesk.request.{action}", subject=request, **facts)


def citizen_language(request: HelpRequest):
    """Context in which texts come out in the language that the citizen chose."""
    return translation.override(request.language)
