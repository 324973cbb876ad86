"""What volunteers report, from the phone to the answer. One record: what it is passed on to is linked, never copied."""

import hashlib
import json
import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police import routing, uploads
from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.errors import DomainError, InvalidInput
from anji_police.notifications import services as notifications
from anji_police.periods import today
from anji_police.places import services as places
from anji_police.places.models import Place, Unit
from anji_police.workflow import services as workflow
from volunteers.models import Attendance, Incident, IncidentPhoto, IncidentStatus, Member
from volunteers.models.incidents import HANDLE
from volunteers.services import ledger
from volunteers.services.common import held, must_be, record, require

RECEIVE = "volunteers.receive"
CALL_110 = "110"
MAX_PHOTOS = 3
_CODE_LOCK = 7_331_003


def _next_code() -> str:
    """YS + year + running number in the year, under a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CODE_LOCK])
    start = f"YS{today().year}-"
    last = (
        Incident.objects.filter(code__startswith=start)
        .order_by("-code")
        .values_list("code", flat=True)
        .first()
    )
    return f"{start}{int(last.split('-')[1]) + 1 if last else 1:06d}"


def report(
    *,
    actor: User,
    uid: uuid.UUID,
    kind: str,
    facts: str,
    seen_at: datetime | None = None,
    place: Place | None = None,
    location=None,
    location_text: str = "",
    photos: list = (),
    is_demo: bool = False,
) -> Incident:
    """Report an incident or lead. `uid` is the phone's own number of it: sent twice it is one record, and with another content
    DomainError. `location`: Point in SRID 4326. `photos`: uploaded files. The police station has 15 minutes to receive it.
    """
    require(actor, "volunteers.report_incident")
    faults: dict[str, list[str]] = {}
    if kind not in Incident.Kind.values:
        faults["kind"] = [_("Choose one of the answers.")]
    if not 5 <= len(facts.strip()) <= 2000:
        faults["facts"] = [_("Tell what you saw in 5 to 2,000 characters.")]
    if len(location_text.strip()) > 200:
        faults["location_text"] = [_("Write at most %(count)d characters.") % {"count": 200}]
    if location is None and not location_text.strip() and place is None:
        faults["location_text"] = [_("Say where it is, or mark it on the map.")]
    if len(photos) > MAX_PHOTOS:
        faults["photos"] = [_("Send at most %(count)d files. Remove one first.") % {"count": MAX_PHOTOS}]
    if seen_at is not None and seen_at > timezone.now() + timedelta(minutes=2):
        faults["seen_at"] = [_("This lies in the future.")]
    if faults:
        raise InvalidInput(fields=faults)
    body = json.dumps(
        [actor.pk, kind, facts.strip(), location_text.strip(), str(location or "")], ensure_ascii=False
    )
    body_hash = hashlib.sha256(body.encode()).hexdigest()
    if known := Incident.objects.filter(uid=uid).first():
        return _again(known, actor, body_hash)
    try:
        clean = [uploads.clean(photo) for photo in photos]
    except InvalidInput as error:
        raise InvalidInput(str(error), fields={"photos": error.fields.get("files", [str(error)])}) from None
    if any(file.content_type == uploads.PDF for file in clean):
        raise InvalidInput(fields={"photos": [_("Send photos only.")]})
    try:
        with transaction.atomic():
            return _create(
                actor=actor,
                uid=uid,
                body_hash=body_hash,
                kind=kind,
                facts=facts.strip(),
                seen_at=seen_at or timezone.now(),
                place=place,
                location=location,
                location_text=location_text.strip(),
                photos=clean,
                is_demo=is_demo,
            )
    except IntegrityError:  # the same report came in twice at once
        known = Incident.objects.filter(uid=uid).first()
        if known is None:
            raise
        return _again(known, actor, body_hash)


def _again(known: Incident, actor: User, body_hash: str) -> Incident:
    if known.reported_by_id != actor.pk or known.body_hash != body_hash:
        raise DomainError(_("This report was sent already, with other content. Start a new one."))
    return known


def _unit_for(member: Member | None, actor: User, location) -> Unit:
    """The station that answers for the place, else that of the reporter's team, else the actor's own unit."""
    found = None
    if location is not None and places.place_at(location) is not None:
        found = places.responsible_unit(location)
    if found is None and member is not None:
        found = member.team.unit
    found = found or actor.unit
    if found is None:
        raise InvalidInput(
            fields={"location_text": [_("Mark the place on the map, so that we know which station answers.")]}
        )
    return found


def _create(*, actor: User, photos: list, location, **facts) -> Incident:
    member = Member.objects.select_related("team__unit").filter(user=actor).first()
    serving = (
        Attendance.objects.filter(sign_up__member=member, out_at=None).order_by("-in_at").first()
        if member
        else None
    )
    incident = Incident(
        code=_next_code(),
        reported_by=actor,
        member=member,
        team=member.team if member else None,
        attendance=serving,
        unit=_unit_for(member, actor, location),
        location=location,
        **facts,
    )
    incident.save(force_insert=True)
    for file in photos:
        IncidentPhoto.objects.create(
            incident=incident,
            uid=uuid.uuid4(),
            path=uploads.store(file),
            content_type=file.content_type,
            size=len(file.content),
            sha256=file.sha256,
        )
    workflow.begin(record=incident, actor=actor)
    record(actor, "incident.reported", incident, after={"kind": incident.kind, "unit": incident.unit.name})
    workflow.start_clock(record=incident, kind=RECEIVE, rule=RECEIVE)
    workflow.sync_due(incident)
    notifications.tell_all(
        users=User.objects.with_role(Role.OFFICER, Role.STATION_CHIEF).filter(unit=incident.unit),
        text=_("A volunteer reported %(code)s: %(kind)s.")
        % {"code": incident.code, "kind": incident.get_kind_display()},
        url=incident.get_absolute_url(),
        key=f"volunteers.reported:{incident.pk}",
    )
    return incident


def receive(*, incident: Incident, actor: User) -> Incident:
    """The police station receives the report (接收)."""
    require(actor, HANDLE)
    with transaction.atomic():
        incident = held(incident, actor)
        incident.received_at = timezone.now()
        workflow.move(
            record=incident,
            to=IncidentStatus.RECEIVED,
            actor=actor,
            action="volunteers.incident.received",
            fields=("received_at",),
        )
        workflow.meet_clock(incident, RECEIVE)
        workflow.sync_due(incident)
        _tell_reporter(
            incident, _("Your report %(code)s was received.") % {"code": incident.code}, "received"
        )
    return incident


def handle_on_spot(*, incident: Incident, actor: User, handling: str) -> Incident:
    """It was handled on the spot; what was done is kept."""
    require(actor, HANDLE)
    with transaction.atomic():
        incident = held(incident, actor)
        incident.handling = handling.strip()[:1000]
        return workflow.move(
            record=incident,
            to=IncidentStatus.HANDLED,
            actor=actor,
            action="volunteers.incident.handled",
            fields=("handling",),
        )


def transfer(*, incident: Incident, actor: User, kind: str, code: str = "", note: str = "") -> Incident:
    """Pass the incident on: to 110 with the number of the call there, or to a field of work that takes `kind`, whose record is linked
    and whose progress comes back."""
    require(actor, HANDLE)
    with transaction.atomic():
        incident = held(incident, actor)
        must_be(incident, IncidentStatus.RECEIVED)
        if kind == CALL_110:
            if not code.strip():
                raise InvalidInput(fields={"code": [_("Write the number of the call.")]})
            incident.transfer_code = code.strip()[:40]
        else:
            _route(incident, actor, kind)
        incident.transfer_kind, incident.handling = kind, note.strip()[:1000]
        workflow.move(
            record=incident,
            to=IncidentStatus.TRANSFERRED,
            actor=actor,
            action="volunteers.incident.transferred",
            fields=(
                "transfer_kind",
                "transfer_type",
                "transfer_id",
                "transfer_code",
                "transfer_url",
                "handling",
            ),
            after={"kind": kind, "record": incident.transfer_code},
        )
        _tell_reporter(
            incident, _("Your report %(code)s was passed on.") % {"code": incident.code}, "transferred"
        )
    return incident


def _route(incident: Incident, actor: User, kind: str) -> None:
    try:
        route = routing.get(kind)
    except KeyError:
        raise InvalidInput(fields={"kind": [_("Choose one of the answers.")]}) from None
    require(actor, route.permission)
    taken = routing.route(kind, handover=handover(incident), actor=actor)
    incident.transfer_type, incident.transfer_id = taken._meta.label_lower, taken.pk
    incident.transfer_code, incident.transfer_url = taken.code, taken.get_absolute_url()


def handover(incident: Incident) -> routing.Handover:
    """The incident in the terms of every field. Who reported it stays here: the reporter is no party."""
    return routing.Handover(
        source=routing.FIELD,
        code=incident.code,
        title=" ".join(incident.facts.split())[:40].strip(),
        facts=incident.facts,
        unit=incident.unit,
        place=incident.place,
        location=incident.location,
        about=incident.kind,
        is_demo=incident.is_demo,
    )


def feed_back(
    *, incident: Incident, actor: User | None, feedback: str, became_case: bool = False
) -> Incident:
    """Tell the reporter what became of it. A lead that became a case brings points."""
    if actor is not None:
        require(actor, HANDLE)
    with transaction.atomic():
        incident = held(incident, actor)
        incident.feedback, incident.became_case = feedback.strip()[:1000], became_case
        workflow.move(
            record=incident,
            to=IncidentStatus.FED_BACK,
            actor=actor,
            action="volunteers.incident.fed-back",
            fields=("feedback", "became_case"),
            after={"became_case": became_case},
        )
        if became_case:
            ledger.book_lead(incident, actor)
        _tell_reporter(
            incident,
            _("The result of your report %(code)s: %(text)s")
            % {"code": incident.code, "text": incident.feedback},
            "fed-back",
        )
    return incident


def close(*, incident: Incident, actor: User) -> Incident:
    """Close the incident after its reporter was told."""
    require(actor, HANDLE)
    with transaction.atomic():
        incident = held(incident, actor)
        incident.closed_at = timezone.now()
        workflow.move(
            record=incident,
            to=IncidentStatus.CLOSED,
            actor=actor,
            action="volunteers.incident.closed",
            fields=("closed_at",),
        )
        workflow.cancel_clocks(incident)
        workflow.sync_due(incident)
    return incident


def _tell_reporter(incident: Incident, text: str, step: str) -> None:
    notifications.tell(
        user=incident.reported_by,
        text=text,
        url=incident.get_absolute_url(),
        key=f"volunteers.incident:{incident.pk}:{step}",
    )


def progress_from_field(*, subject: str, pk: int, texts: dict[str, str], closed: bool, key: str) -> None:
    """News of the record that an incident was passed on to reach its reporter; when that record is closed, so is the reporter told."""
    found = Incident.objects.filter(transfer_type=subject, transfer_id=pk).first()
    if found is None:
        return
    text = texts.get("zh-hans", "")
    if closed and found.status == IncidentStatus.TRANSFERRED and text:
        feed_back(incident=found, actor=None, feedback=text)
    elif text:
        notifications.tell(
            user=found.reported_by,
            text=f"{found.code}：{text}",
            url=found.get_absolute_url(),
            key=f"volunteers.progress:{key}",
        )
