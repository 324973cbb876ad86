"""Accepting a request: once, whole, and never lost."""

import json
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from anji_police import bigrams
from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.crypto import normal_phone
from anji_police.errors import DomainError, InvalidInput
from anji_police.helpdesk import codes, questions
from anji_police.helpdesk.models import Attachment, Draft, HelpRequest, Status
from anji_police.helpdesk.questions import Category
from anji_police.helpdesk.services import assigning
from anji_police.helpdesk.services.common import (
    ACCEPT,
    ANSWER,
    FIRST_CONTACT,
    record,
    sync_due,
)
from anji_police.notifications import services as notifications
from anji_police.places.models import Place
from anji_police.publicforms import limit
from anji_police.workflow import services as workflow

MIN_DESCRIPTION, MAX_DESCRIPTION = 5, 3000  # characters
_REFERENCE_TRIES = 8


@dataclass(frozen=True)
class Receipt:
    """What the citizen gets. `secret` is shown once here and stored nowhere."""

    request: HelpRequest
    secret: str
    is_new: bool


def submit(
    *,
    token: str,
    category: str,
    answers: dict[str, str],
    description: str,
    happened: str = "",
    township: Place | None = None,
    village: Place | None = None,
    location=None,
    location_text: str = "",
    name: str = "",
    phone: str = "",
    contact: str = HelpRequest.Contact.NONE,
    consent: bool = False,
    language: str = "zh-hans",
    channel: str = HelpRequest.Channel.WEB,
    actor: User | None = None,
    is_demo: bool = False,
) -> Receipt:
    """Accept a citizen's request and assign it to the responsible unit, in one transaction.

    `token` is the form's idempotency token: the same token again gives the same request and secret, and with another content
    DomainError. `location` is a Point in SRID 4326. `actor` is the officer who enters it for somebody (phone, walk-in), None
    for the citizen. Raises InvalidInput for what must be mended, TooMany over the limits of the hour.
    """
    facts = _checked(locals())
    body_hash = _hash_of(facts)
    earlier = HelpRequest.objects.filter(token_hash=codes.token_hash(token)).first()
    if earlier:
        return _again(earlier, token, body_hash)
    if actor is None:
        limit("helpdesk")
    secret = codes.secret_of(token)
    secret_hash = codes.hash_secret(secret)  # before the transaction: it takes its time on purpose
    for attempt in range(_REFERENCE_TRIES):
        try:
            with transaction.atomic():
                request = _create(facts, token, body_hash, secret_hash, codes.new_reference())
                _start(request, token, actor)
            return Receipt(request, secret, True)
        except IntegrityError:
            earlier = HelpRequest.objects.filter(token_hash=codes.token_hash(token)).first()
            if earlier:  # the other tap of a double tap was faster
                return _again(earlier, token, body_hash)
            if attempt == _REFERENCE_TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _contact_faults(name: str, phone: str, contact: str, consent: bool) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if phone and not (phone.isascii() and phone.isdigit() and 7 <= len(phone) <= 12):
        faults["phone"] = [_("Write the phone number with digits only, such as 13812345678 or 05725021110.")]
    elif contact in (HelpRequest.Contact.PHONE, HelpRequest.Contact.SMS) and not phone:
        faults["phone"] = [_("Leave a phone number, or choose to look here yourself.")]
    if contact not in HelpRequest.Contact.values:
        faults["contact"] = [_("Choose one of the answers.")]
    if (phone or name.strip()) and not consent:
        faults["consent"] = [
            _("Read the notice on personal data and tick the box, or leave name and number out.")
        ]
    return faults


def check_contact(*, contact: str, name: str, phone: str, consent: bool) -> None:
    """Raises InvalidInput for what submit() would refuse about name, number and consent, while the form is on that page."""
    faults = _contact_faults(name, normal_phone(phone), contact, consent)
    if faults:
        raise InvalidInput(fields=faults)


def _checked(given: dict) -> dict:
    """The cleaned facts of a request. Raises InvalidInput with every fault at once."""
    faults: dict[str, list[str]] = {}
    cleaned_answers: dict[str, str] = {}
    try:
        cleaned_answers = questions.clean(given["category"], given["answers"])
    except InvalidInput as error:
        faults.update(error.fields)
    description = given["description"].strip()
    if not MIN_DESCRIPTION <= len(description) <= MAX_DESCRIPTION:
        faults["description"] = [
            _("Tell what happened in %(least)d to %(most)d characters.")
            % {"least": MIN_DESCRIPTION, "most": MAX_DESCRIPTION}
        ]
    phone = normal_phone(given["phone"])
    faults.update(_contact_faults(given["name"], phone, given["contact"], given["consent"]))
    township, village = given["township"], given["village"]
    if village is not None and (
        village.level != Place.Level.VILLAGE or (township and village.parent_id != township.pk)
    ):
        faults["village"] = [_("This village does not belong to the township.")]
    for field, most in (("happened", 100), ("location_text", 200), ("name", 40)):
        if len(given[field].strip()) > most:
            faults[field] = [_("Write at most %(count)d characters.") % {"count": most}]
    if faults:
        raise InvalidInput(fields=faults)
    return {
        "category": given["category"],
        "answers": cleaned_answers,
        "description": description,
        "happened": given["happened"].strip(),
        "township": township or (village.parent if village else None),
        "village": village,
        "location": given["location"],
        "location_text": given["location_text"].strip(),
        "reporter_name": given["name"].strip(),
        "reporter_phone": phone,
        "contact": given["contact"],
        "consent_at": timezone.now() if given["consent"] else None,
        "language": given["language"],
        "channel": given["channel"],
        "entered_by": given["actor"],
        "is_demo": given["is_demo"],
    }


def _hash_of(facts: dict) -> str:
    plain = {
        key: (value.pk if hasattr(value, "pk") else str(value))
        for key, value in facts.items()
        if key not in ("consent_at", "language")
    }
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
    # Keyed: all but name and number stand beside it in the table, and a number is soon found by trying all of them.
    return salted_hmac("helpdesk.body", text, algorithm="sha256").hexdigest()


def _again(earlier: HelpRequest, token: str, body_hash: str) -> Receipt:
    if earlier.body_hash != body_hash:
        raise DomainError(
            _("This form was sent already, with other content. Start a new one for a new matter.")
        )
    return Receipt(earlier, codes.secret_of(token), False)


def _create(facts: dict, token: str, body_hash: str, secret_hash: str, reference: str) -> HelpRequest:
    text = bigrams.normal(f"{reference} {facts['description']} {facts['location_text']}")
    restricted = facts["category"] == Category.FEEDBACK and facts["answers"].get("tone") == "complaint"
    request = HelpRequest(
        **facts,
        reference=reference,
        token_hash=codes.token_hash(token),
        body_hash=body_hash,
        secret_hash=secret_hash,
        is_restricted=restricted,
        priority=HelpRequest.Priority.HIGH
        if facts["category"] == Category.FRAUD
        else HelpRequest.Priority.NORMAL,
        search_text=text,
        search_pairs=bigrams.pairs_of(text),
    )
    request.unit = assigning.unit_for(request)
    request.save(force_insert=True)
    return request


def _start(request: HelpRequest, token: str, actor: User | None) -> None:
    draft = Draft.objects.select_for_update().filter(token_hash=codes.token_hash(token)).first()
    if draft:
        Attachment.objects.filter(draft=draft).update(draft=None, request=request)
        draft.delete()
    workflow.begin(record=request, actor=actor)
    record(actor, "received", request, after={"category": request.category, "channel": request.channel})
    high = request.priority == HelpRequest.Priority.HIGH
    workflow.start_clock(
        record=request,
        kind=ANSWER,
        rule="helpdesk.answer_high" if high else "helpdesk.answer",
        at=request.received_at,
    )
    if request.contact != HelpRequest.Contact.NONE:
        workflow.start_clock(
            record=request, kind=FIRST_CONTACT, rule="helpdesk.first_contact", at=request.received_at
        )
    if request.unit_id:
        workflow.move(record=request, to=Status.ASSIGNED, actor=None, action="helpdesk.request.assigned")
        workflow.start_clock(record=request, kind=ACCEPT, rule="helpdesk.accept", at=request.received_at)
    sync_due(request)
    readers = (
        User.objects.with_role(Role.STATION_CHIEF).filter(unit=request.unit)
        if request.unit_id
        else User.objects.with_role(Role.DUTY_DESK)
    )
    notifications.tell_all(
        users=readers,
        text=_("New request %(reference)s: %(category)s")
        % {"reference": request.reference, "category": request.get_category_display()},
        url=request.get_absolute_url(),
        key=f"helpdesk.received:{request.pk}",
    )
    if request.contact == HelpRequest.Contact.SMS:
        notifications.send_sms(
            to=request.reporter_phone.reveal(),
            text=_("Your request was received under the number %(reference)s.")
            % {"reference": request.reference},
            key=f"helpdesk.received:{request.pk}",
        )
