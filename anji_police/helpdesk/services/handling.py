"""Working on a request: words to the citizen, notes, answer, close, reopen."""

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anji_police import bigrams
from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput, StaleError
from anji_police.helpdesk.models import ASSIGN, HANDLE, CannedReply, HelpRequest, Message, Status
from anji_police.helpdesk.services.common import (
    ACCEPT,
    ANSWER,
    BAD_RATING,
    RATING_OPEN,
    citizen_language,
    held,
    in_touch,
    record,
    require,
    say,
    sync_due,
)
from anji_police.helpdesk.services.drafts import keep
from anji_police.notifications import services as notifications
from anji_police.uploads import CleanFile, clean_all
from anji_police.workflow import services as workflow

MAX_BODY = 3000


def _body(text: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(fields={"body": [_("Write something first.")]})
    if len(text) > MAX_BODY:
        raise InvalidInput(fields={"body": [_("Write at most %(count)d characters.") % {"count": MAX_BODY}]})
    return text


def _attach(request: HelpRequest, message: Message, files: list[CleanFile], actor: User | None) -> None:
    for file in files:
        keep(file, request=request, message=message, from_citizen=actor is None, added_by=actor)


def tell_citizen(request: HelpRequest, key: str) -> None:
    """Send an SMS that there is news, to those who wished for it; never what the news is."""
    if request.contact == HelpRequest.Contact.SMS and request.reporter_phone:
        with citizen_language(request):
            text = _("There is news on your request %(reference)s. Look it up with your code.") % {
                "reference": request.reference
            }
        notifications.send_sms(to=request.reporter_phone.reveal(), text=text, key=key)


def add_note(
    *, request: HelpRequest, actor: User, body: str, key: str, files=(), contacted: bool = False
) -> Message:
    """Write an internal note, which no citizen ever sees. The same `key` (of the form) is one note.

    `contacted`: the note is of a call with the citizen, which the clock of the first contact waits for.
    """
    require(actor, HANDLE)
    body, files = _body(body), clean_all(files)
    with transaction.atomic():
        request = held(request, actor)
        message = say(request, kind=Message.Kind.NOTE, body=body, actor=actor, key=f"note:{request.pk}:{key}")
        if not message.is_new:
            return message
        _attach(request, message, files, actor)
        if contacted:
            in_touch(request)
            sync_due(request)
        record(actor, "contacted" if contacted else "noted", request)
    return message


def reply(*, request: HelpRequest, actor: User, body: str, key: str, files=()) -> Message:
    """Write to the citizen without ending the matter; an open request only."""
    require(actor, HANDLE)
    body, files = _body(body), clean_all(files)
    with transaction.atomic():
        request = held(request, actor)
        if request.status not in (Status.IN_PROGRESS, Status.WAITING, Status.ASSIGNED):
            raise DomainError(_("Accept the request before you write to the citizen."))
        message = say(
            request, kind=Message.Kind.REPLY, body=body, actor=actor, key=f"reply:{request.pk}:{key}"
        )
        if not message.is_new:
            return message
        _attach(request, message, files, actor)
        in_touch(request)
        record(actor, "replied", request)
        tell_citizen(request, f"helpdesk.reply:{message.pk}")
        sync_due(request)
    return message


def ask_citizen(
    *, request: HelpRequest, actor: User, body: str, key: str, version: int | None = None
) -> HelpRequest:
    """Ask the citizen for something and wait: the answer clock stands still meanwhile."""
    require(actor, HANDLE)
    body = _body(body)
    with transaction.atomic():
        request = held(request, actor, version=version)
        workflow.move(record=request, to=Status.WAITING, actor=actor, action="helpdesk.request.waiting")
        message = say(request, kind=Message.Kind.REPLY, body=body, actor=actor, key=f"ask:{request.pk}:{key}")
        workflow.pause_clock(request, ANSWER, reason=_("Waiting for the citizen"))
        in_touch(request)
        sync_due(request)
        tell_citizen(request, f"helpdesk.reply:{message.pk}")
    return request


def go_on(*, request: HelpRequest, actor: User | None) -> HelpRequest:
    """The wait is over: the citizen answered (actor None), or the officer goes on without."""
    if actor is not None:
        require(actor, HANDLE)
    with transaction.atomic():
        request = held(request, actor)
        workflow.move(record=request, to=Status.IN_PROGRESS, actor=actor, action="helpdesk.request.resumed")
        workflow.resume_clock(request, ANSWER)
        sync_due(request)
    return request


def answer(
    *, request: HelpRequest, actor: User | None, body: str, key: str, files=(), version: int | None = None
) -> HelpRequest:
    """Give the final answer. The citizen is asked for a rating; without one the request closes when that time is over.

    `actor` None: the answer comes from the field that the request was handed to.
    """
    if actor is not None:
        require(actor, HANDLE)
    body, files = _body(body), clean_all(files)
    with transaction.atomic():
        request = held(request, actor, version=version)
        request.answered_at = timezone.now()
        if request.status == Status.WAITING:
            workflow.resume_clock(request, ANSWER)
        workflow.move(
            record=request,
            to=Status.ANSWERED,
            actor=actor,
            action="helpdesk.request.answered",
            fields=("answered_at",),
        )
        message = say(
            request, kind=Message.Kind.REPLY, body=body, actor=actor, key=f"answer:{request.pk}:{key}"
        )
        _attach(request, message, files, actor)
        workflow.meet_clock(request, ANSWER)
        in_touch(request)
        workflow.start_clock(record=request, kind=RATING_OPEN, rule="helpdesk.rating_open")
        sync_due(request)
        tell_citizen(request, f"helpdesk.reply:{message.pk}")
    return request


def close(*, request: HelpRequest, actor: User | None, reason: str = "") -> HelpRequest:
    """End an answered request: after a rating, when the time for one is over (actor None), or by the officer."""
    if actor is not None:
        require(actor, HANDLE)
    with transaction.atomic():
        request = held(request, actor)
        request.closed_at = timezone.now()
        workflow.move(
            record=request,
            to=Status.CLOSED,
            actor=actor,
            reason=reason,
            action="helpdesk.request.closed",
            fields=("closed_at",),
        )
        workflow.cancel_clocks(request)
        sync_due(request)
    return request


def reopen(
    *, request: HelpRequest, actor: User | None, reason: str, keep_officer: bool = False
) -> HelpRequest:
    """Open the same request again, with a clock of its own and another officer than before (好差评整改, 济南 art. 27)."""
    if actor is not None:
        require(actor, HANDLE)
    with transaction.atomic():
        request = held(request, actor)
        workflow.must_be(request, Status.ANSWERED, Status.CLOSED)
        before = request.assignee
        request.round += 1
        request.assignee = before if keep_officer else None
        request.closed_at = request.answered_at = None
        workflow.cancel_clocks(request)
        workflow.move(
            record=request,
            to=Status.ASSIGNED,
            actor=actor,
            reason=reason,
            action="helpdesk.request.reopened",
            fields=("round", "assignee", "closed_at", "answered_at"),
            after={"round": request.round, "officer_before": before.name if before else ""},
        )
        workflow.start_clock(record=request, kind=ACCEPT, rule="helpdesk.accept")
        workflow.start_clock(record=request, kind=ANSWER, rule="helpdesk.answer")
        if actor is None:
            workflow.start_clock(record=request, kind=BAD_RATING, rule="helpdesk.bad_rating")
        sync_due(request)
    return request


_EDITABLE = ("description", "location_text", "happened")


def edit(*, request: HelpRequest, actor: User, version: int, changes: dict[str, str]) -> HelpRequest:
    """Correct the facts of a request. Somebody else's newer change is not overwritten: StaleError shows the difference."""
    require(actor, HANDLE)
    unknown = set(changes) - set(_EDITABLE)
    if unknown:
        raise InvalidInput(fields={name: [_("This can't be changed.")] for name in sorted(unknown)})
    with transaction.atomic():
        locked = held(request, actor)
        if locked.version != version:
            differing = {
                str(HelpRequest._meta.get_field(name).verbose_name): (getattr(locked, name), value)
                for name, value in changes.items()
                if getattr(locked, name) != value
            }
            if differing:
                raise StaleError(
                    _("Somebody changed this while you had it open. Compare, then save again."),
                    changes=differing,
                )
        before = {name: getattr(locked, name) for name in changes}
        for name, value in changes.items():
            setattr(locked, name, value.strip())
        locked.search_text = bigrams.normal(f"{locked.reference} {locked.description} {locked.location_text}")
        locked.search_pairs = bigrams.pairs_of(locked.search_text)
        workflow.save(locked, *changes, "search_text", "search_pairs")
        record(actor, "edited", locked, before=before, after=changes)
    return locked


def set_priority(*, request: HelpRequest, actor: User, priority: str) -> HelpRequest:
    """Mark a request as urgent or normal; its answer clock follows the rule of that priority, from when it was received."""
    require(actor, ASSIGN)
    if priority not in HelpRequest.Priority.values:
        raise InvalidInput(fields={"priority": [_("Choose one of the answers.")]})
    with transaction.atomic():
        request = held(request, actor)
        if request.priority == priority:
            return request
        before, request.priority = request.priority, priority
        workflow.save(request, "priority")
        if request.is_open and request.status != Status.WAITING:
            workflow.cancel_clocks(request, ANSWER)
            high = priority == HelpRequest.Priority.HIGH
            workflow.start_clock(
                record=request,
                kind=ANSWER,
                rule="helpdesk.answer_high" if high else "helpdesk.answer",
                at=request.received_at,
            )
            sync_due(request)
        record(actor, "priority-set", request, before={"priority": before}, after={"priority": priority})
    return request


def filled_in(canned: CannedReply, *, request: HelpRequest, actor: User) -> str:
    """The text of a canned reply with its variables filled in; unknown braces stay as they are."""
    values = {
        "reference": request.reference,
        "unit": str(request.unit or ""),
        "officer": actor.name,
        "day": date_format(timezone.localdate(), "DATE_FORMAT"),
    }
    text = canned.body
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def progress_from_field(*, subject: str, pk: int, texts: dict[str, str], closed: bool, key: str) -> None:
    """News of a field's record reach the citizen's page; when the record is closed, so is the request answered."""
    found = HelpRequest.objects.filter(routed_type=subject, routed_id=pk).first()
    if found is None:
        return
    with transaction.atomic():
        request = workflow.lock(found)
        text = texts.get(request.language) or texts["zh-hans"]
        if closed and request.status in (Status.IN_PROGRESS, Status.WAITING):
            answer(request=request, actor=None, body=text, key=key)
        elif text:
            say(request, kind=Message.Kind.PROGRESS, body=text, key=f"field:{key}")
            tell_citizen(request, f"helpdesk.progress:{key}")
