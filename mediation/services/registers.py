"""Conflicts of interest, complaints, training, and the members of committees."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import today
from mediation.models import Committee, CommitteeMember, Complaint, Conflict, Mediator, Training
from mediation.services.common import require
from mediation.services.people import CHANGE


def _trail(actor: User, action: str, mediator: Mediator, **after) -> None:
    audit.record(actor=actor, action=f"mediation.mediator.{action}", subject=mediator, after=after)


def _hold(mediator: Mediator) -> None:
    """An offer holds the mediator's row, too: what bars the mediator is there before it, or comes after it."""
    Mediator.objects.select_for_update(of=("self",)).get(pk=mediator.pk)


def record_conflict(
    *,
    actor: User,
    mediator: Mediator,
    kind: str,
    name: str,
    phone: str = "",
    id_number: str = "",
    note: str = "",
) -> Conflict:
    """Enter to whom a mediator is tied. Disputes of that person or organisation are not offered to the mediator."""
    require(actor, CHANGE)
    faults = {}
    if kind not in Conflict.Kind.values:
        faults["kind"] = [_("Choose one of the answers.")]
    if not 1 <= len(name.strip()) <= 60:
        faults["name"] = [_("Enter the name.")]
    if faults:
        raise InvalidInput(fields=faults)
    with transaction.atomic():
        _hold(mediator)
        row = Conflict.objects.create(
            mediator=mediator,
            kind=kind,
            name=name,
            phone=phone,
            id_number=id_number,
            note=note.strip()[:200],
            recorded_by=actor,
        )
        _trail(actor, "conflict-entered", mediator, kind=kind)
    return row


def end_conflict(*, actor: User, conflict: Conflict) -> Conflict:
    """The tie is over; the row stays."""
    require(actor, CHANGE)
    with transaction.atomic():
        conflict = Conflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
        if conflict.ended_on:
            raise DomainError(_("This was ended already."))
        conflict.ended_on = today()
        conflict.save(update_fields=["ended_on"])
        _trail(actor, "conflict-ended", conflict.mediator, kind=conflict.kind)
    return conflict


def record_complaint(
    *, actor: User, mediator: Mediator, ground: str, text: str, received_on: date | None = None
) -> Complaint:
    """Enter a complaint about a mediator (人民调解法 art. 15). While it is open the mediator gets no new dispute."""
    require(actor, CHANGE)
    received_on = received_on or today()
    faults = {}
    if ground not in Complaint.Ground.values:
        faults["ground"] = [_("Choose one of the answers.")]
    if not 5 <= len(text.strip()) <= 2000:
        faults["text"] = [_("Tell what happened in 5 to 2,000 characters.")]
    if received_on > today():
        faults["received_on"] = [_("The day lies in the future.")]
    if faults:
        raise InvalidInput(fields=faults)
    with transaction.atomic():
        _hold(mediator)
        row = Complaint.objects.create(
            mediator=mediator, ground=ground, text=text.strip(), received_on=received_on, recorded_by=actor
        )
        _trail(actor, "complaint-entered", mediator, ground=ground)
    return row


def decide_complaint(*, actor: User, complaint: Complaint, finding: str, result: str) -> Complaint:
    """Say whether a complaint is well-founded and what was done."""
    require(actor, CHANGE)
    faults = {}
    if finding not in Complaint.Finding.values:
        faults["finding"] = [_("Choose one of the answers.")]
    if not 2 <= len(result.strip()) <= 300:
        faults["result"] = [_("Say in 2 to 300 characters what was done.")]
    if faults:
        raise InvalidInput(fields=faults)
    with transaction.atomic():
        complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
        if complaint.closed_on:
            raise DomainError(_("This complaint was decided already."))
        complaint.closed_on, complaint.finding, complaint.result = today(), finding, result.strip()
        complaint.save(update_fields=["closed_on", "finding", "result"])
        _trail(actor, "complaint-decided", complaint.mediator, finding=finding)
    return complaint


def record_training(
    *, actor: User, mediator: Mediator, topic: str, held_on: date, hours: Decimal, organiser: str = ""
) -> Training:
    """Enter a training that a mediator attended."""
    require(actor, CHANGE)
    faults = {}
    if not 2 <= len(topic.strip()) <= 100:
        faults["topic"] = [_("Name the topic in 2 to 100 characters.")]
    if held_on > today():
        faults["held_on"] = [_("The day lies in the future.")]
    if not 0 < hours <= 100:
        faults["hours"] = [_("More than 0 and at most 100 hours.")]
    if faults:
        raise InvalidInput(fields=faults)
    with transaction.atomic():
        row = Training.objects.create(
            mediator=mediator,
            topic=topic.strip(),
            held_on=held_on,
            hours=hours,
            organiser=organiser.strip()[:80],
        )
        _trail(actor, "training-entered", mediator, topic=row.topic)
    return row


def add_member(
    *,
    actor: User | None,
    committee: Committee,
    name: str,
    sex: str,
    start: date,
    end: date,
    is_head: bool = False,
) -> CommitteeMember:
    """Enter a member of a committee for [start, end). A committee in the making may still lack what the law asks of it."""
    if actor is not None:
        require(actor, CHANGE)
    faults = {}
    if not 1 <= len(name.strip()) <= 40:
        faults["name"] = [_("Enter the name.")]
    if sex not in CommitteeMember.Sex.values:
        faults["sex"] = [_("Choose one of the answers.")]
    if end <= start:
        faults["end"] = [_("The end comes after the start.")]
    if faults:
        raise InvalidInput(fields=faults)
    try:
        with transaction.atomic():
            row = CommitteeMember.objects.create(
                committee=committee, name=name.strip(), sex=sex, is_head=is_head, valid=(start, end)
            )
            row.refresh_from_db(fields=["valid"])
            audit.record(
                actor=actor,
                action="mediation.committee.member-entered",
                subject=committee,
                after={"name": row.name, "from": start, "to": end},
            )
    except IntegrityError:
        raise DomainError(_("This member is entered for that time already.")) from None
    return row


def end_membership(*, actor: User, member: CommitteeMember, on: date) -> CommitteeMember:
    """A member leaves the committee on the day `on`, inside the term."""
    require(actor, CHANGE)
    with transaction.atomic():
        member = CommitteeMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
        if not member.valid.lower < on <= member.valid.upper:
            raise InvalidInput(fields={"on": [_("The day lies outside the term.")]})
        member.valid = (member.valid.lower, on)
        member.save(update_fields=["valid"])
        audit.record(
            actor=actor,
            action="mediation.committee.member-left",
            subject=member.committee,
            after={"name": member.name, "on": on},
        )
    return member
