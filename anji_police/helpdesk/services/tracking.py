"""What the citizen does with the own request, by reference and secret."""

from django.db import transaction
from django.utils.translation import gettext as _

from anji_police import limits, uploads
from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.audit import context
from anji_police.errors import DomainError, InvalidInput
from anji_police.helpdesk import codes
from anji_police.helpdesk.models import HelpRequest, Message, Rating, Status
from anji_police.helpdesk.services import handling
from anji_police.helpdesk.services.common import record, say, sync_due
from anji_police.notifications import services as notifications
from anji_police.workflow import rules
from anji_police.workflow import services as workflow


def open_with_secret(*, reference: str, secret: str) -> HelpRequest | None:
    """The request that `reference` and `secret` open together, else None: for a wrong number and a wrong code alike, and in
    the same time. Raises TooMany when the tries of this number, or of this network address, are used up.
    """
    reference = codes.typed_reference(reference)
    address = context.current().address
    if address:
        limits.allow(
            f"track:address:{address}",
            limit=int(rules.value("helpdesk.tracking_address_tries")),
            seconds=3600,
        )
    limits.allow(f"track:{reference}", limit=int(rules.value("helpdesk.tracking_tries")), seconds=3600)
    found = HelpRequest.objects.filter(reference=reference).first()
    return found if codes.is_secret(secret, found.secret_hash if found else None) else None


def citizen_reply(*, request: HelpRequest, body: str, key: str, files=()) -> Message:
    """The citizen adds something to an open request; one that waits for the citizen goes on. The same `key` is one message.

    Raises TooMany when the messages of the hour are used up.
    """
    limits.allow(f"reply:{request.pk}", limit=int(rules.value("helpdesk.citizen_replies")), seconds=3600)
    body, files = handling._body(body), uploads.clean_all(files)
    with transaction.atomic():
        request = workflow.lock(request)
        if not (request.is_open or request.status == Status.ANSWERED):
            raise DomainError(_("This request is closed. Send a new one, or rate the answer."))
        message = say(request, kind=Message.Kind.CITIZEN, body=body, key=f"citizen:{request.pk}:{key}")
        if not message.is_new:
            return message
        handling._attach(request, message, files, None)
        record(None, "citizen-replied", request)
        if request.status == Status.WAITING:
            handling.go_on(request=request, actor=None)
        if request.assignee_id:
            notifications.tell(
                user=request.assignee,
                text=_("The citizen has written on %(reference)s.") % {"reference": request.reference},
                url=request.get_absolute_url(),
                key=f"helpdesk.citizen:{message.pk}",
            )
    return message


def withdraw(*, request: HelpRequest) -> HelpRequest:
    """The citizen takes the request back, while it is open."""
    with transaction.atomic():
        request = workflow.lock(request)
        if not request.is_open:
            raise DomainError(_("Only an open request can be withdrawn."))
        workflow.move(record=request, to=Status.WITHDRAWN, actor=None, action="helpdesk.request.withdrawn")
        workflow.cancel_clocks(request)
        sync_due(request)
    return request


def rate(*, request: HelpRequest, score: int, comment: str = "") -> Rating:
    """The citizen rates the answer, once a round (一事一评). A good rating closes the request; a bad one opens the same request
    again, with a clock of its own and another officer, and the station chief is told."""
    if score not in Rating.Score.values:
        raise InvalidInput(fields={"score": [_("Choose one of the five levels.")]})
    if len(comment) > 500:
        raise InvalidInput(fields={"comment": [_("Write at most %(count)d characters.") % {"count": 500}]})
    with transaction.atomic():
        request = workflow.lock(request)
        if Rating.objects.filter(request=request, round=request.round).exists():
            raise DomainError(_("You have rated this answer already. Thank you."))
        if request.status not in (Status.ANSWERED, Status.CLOSED):
            raise DomainError(_("You can rate once you have an answer."))
        rating = Rating.objects.create(
            request=request,
            round=request.round,
            score=score,
            comment=comment.strip(),
            answered_by=request.assignee,
        )
        record(None, "rated", request, after={"round": request.round, "score": score})
        if score in Rating.BAD:
            handling.reopen(request=request, actor=None, reason=_("Bad rating"))
            chiefs = User.objects.with_role(Role.STATION_CHIEF).filter(unit=request.unit)
            notifications.tell_all(
                users=chiefs if chiefs.exists() else User.objects.with_role(Role.DUTY_DESK),
                text=_("Request %(reference)s was rated badly and is open again.")
                % {"reference": request.reference},
                url=request.get_absolute_url(),
                key=f"helpdesk.badly-rated:{rating.pk}",
            )
        elif request.status == Status.ANSWERED:
            handling.close(request=request, actor=None)
    return rating
