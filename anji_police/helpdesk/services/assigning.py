"""Who handles a request: unit, officer, assisting units, or another field."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police import routing
from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.helpdesk.models import (
    ASSIGN,
    HANDLE,
    Assist,
    Exclusion,
    HelpRequest,
    Message,
    RoutingRule,
    Status,
)
from anji_police.helpdesk.questions import Category
from anji_police.helpdesk.services.common import (
    ACCEPT,
    citizen_language,
    held,
    record,
    require,
    say,
    sync_due,
)
from anji_police.notifications import services as notifications
from anji_police.places import services as places
from anji_police.places.models import Unit
from anji_police.workflow import services as workflow


def unit_for(request: HelpRequest) -> Unit | None:
    """The unit that a new request goes to: the most exact routing rule, else the jurisdiction of its place.

    A complaint goes to the bureau, never to a station that it may be about. None when nothing tells: the duty desk decides.
    """
    if request.category == Category.FEEDBACK and request.answers.get("tone") == "complaint":
        return Unit.objects.filter(kind=Unit.Kind.BUREAU).first()
    place = request.township
    if request.location is not None and place is None:
        place = places.place_at(request.location)
    rule = (
        RoutingRule.objects.filter(is_active=True, category=request.category, unit__is_active=True)
        .filter(Q(place=None) | Q(place=place))
        .order_by("place")  # NULLs last: a rule for the very place wins
        .first()
    )
    if rule:
        return rule.unit
    if place is not None:
        return places.responsible_unit_of(place)
    return None


def assign(
    *,
    request: HelpRequest,
    actor: User,
    unit: Unit,
    assignee: User | None = None,
    note: str = "",
    version: int | None = None,
) -> HelpRequest:
    """Give a request to `unit`, or to one of its officers. The clock for acceptance runs from now, not from acceptance.

    `request` and `unit` came through visible_to(actor) or the duty desk's list. Raises InvalidInput for an officer of another
    unit or one with a conflict of interest, StaleError for an old `version`.
    """
    require(actor, ASSIGN)
    with transaction.atomic():
        request = held(request, actor, version=version)
        # A returned one waits for its ruling, an answered one is reopened: acts of their own, with clocks of their own.
        workflow.must_be(request, Status.RECEIVED, Status.ASSIGNED, Status.IN_PROGRESS, Status.WAITING)
        _check_assignee(request, unit, assignee)
        before = {"unit": request.unit, "assignee": request.assignee}
        request.unit, request.assignee = unit, assignee
        workflow.move(
            record=request,
            to=Status.ASSIGNED,
            actor=actor,
            reason=note,
            action="helpdesk.request.assigned",
            fields=("unit", "assignee"),
            after={
                "unit": unit.name,
                "assignee": assignee.name if assignee else "",
                "before": str(before["unit"] or ""),
            },
        )
        workflow.cancel_clocks(request, ACCEPT)
        workflow.start_clock(record=request, kind=ACCEPT, rule="helpdesk.accept")
        sync_due(request)
        _tell_assigned(request, assignee)
    return request


def _check_assignee(request: HelpRequest, unit: Unit, assignee: User | None) -> None:
    if not unit.is_active:
        raise InvalidInput(fields={"unit": [_("This unit is closed. Choose another one.")]})
    if assignee is None:
        return
    if not assignee.is_active or not assignee.is_police or assignee.unit_id != unit.pk:
        raise InvalidInput(fields={"assignee": [_("This officer does not belong to the unit.")]})
    if Exclusion.objects.filter(request=request, user=assignee).exists():
        raise InvalidInput(fields={"assignee": [_("This officer has a conflict of interest here.")]})


def _tell_assigned(request: HelpRequest, assignee: User | None) -> None:
    if assignee is not None:
        notifications.tell(
            user=assignee,
            text=_("Request %(reference)s was given to you.") % {"reference": request.reference},
            url=request.get_absolute_url(),
            key=f"helpdesk.assigned:{request.pk}:{request.version}",
        )


def accept(*, request: HelpRequest, actor: User, version: int | None = None) -> HelpRequest:
    """Take a request on (签收) as the officer who handles it. Of two who press at once, one is told who was faster."""
    require(actor, HANDLE)
    with transaction.atomic():
        request = held(request, actor, version=version)
        if request.status == Status.ASSIGNED and request.assignee_id not in (None, actor.pk):
            raise DomainError(_("This request was given to %(name)s.") % {"name": request.assignee.name})
        request.assignee = actor
        if request.unit_id is None or not actor.is_county_wide:
            request.unit = request.unit or actor.unit
        workflow.move(
            record=request,
            to=Status.IN_PROGRESS,
            actor=actor,
            action="helpdesk.request.accepted",
            fields=("assignee", "unit"),
        )
        workflow.meet_clock(request, ACCEPT)
        sync_due(request)
    return request


def next_in_queue(*, actor: User) -> HelpRequest | None:
    """Take the most urgent request of the actor's units that nobody has, and accept it; None when there is none.

    Two officers who press at once get two different ones (SKIP LOCKED).
    """
    require(actor, HANDLE)
    with transaction.atomic():
        request = (
            HelpRequest.objects.visible_to(actor)
            .filter(status=Status.ASSIGNED, assignee=None)
            .order_by("due_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        return accept(request=request, actor=actor) if request else None


def add_assist(*, request: HelpRequest, actor: User, unit: Unit, note: str = "") -> Assist:
    """Ask another unit to help (协办); it sees the request until its part is ended."""
    require(actor, HANDLE)
    with transaction.atomic():
        request = held(request, actor)
        if not request.is_open:
            raise DomainError(_("This request is not open any more."))
        if unit.pk == request.unit_id:
            raise InvalidInput(fields={"unit": [_("This unit leads already.")]})
        found, created = Assist.objects.get_or_create(
            request=request,
            unit=unit,
            ended_at=None,
            defaults={"asked_by": actor, "note": note.strip()[:300]},
        )
        if created:
            record(actor, "assist-asked", request, after={"unit": unit.name}, reason=note)
    return found


def end_assist(*, request: HelpRequest, actor: User, assist: Assist) -> None:
    """The assisting unit's part is done."""
    require(actor, HANDLE)
    with transaction.atomic():
        request = held(request, actor)
        ended = Assist.objects.filter(pk=assist.pk, request=request, ended_at=None).update(
            ended_at=timezone.now()
        )
        if ended:
            record(actor, "assist-ended", request, after={"unit": assist.unit.name})


def exclude_officer(*, request: HelpRequest, actor: User, user: User, reason: str) -> Exclusion:
    """Shut an officer with a conflict of interest out of a request; one who handles it loses it."""
    require(actor, ASSIGN)
    if not reason.strip():
        raise InvalidInput(fields={"reason": [_("Give the reason.")]})
    with transaction.atomic():
        request = held(request, actor)
        found, _created = Exclusion.objects.get_or_create(
            request=request, user=user, defaults={"reason": reason.strip()[:200], "set_by": actor}
        )
        if request.assignee_id == user.pk:
            request.assignee = None
            if request.status in (Status.IN_PROGRESS, Status.WAITING):
                workflow.move(
                    record=request, to=Status.ASSIGNED, actor=None, fields=("assignee",), reason=reason
                )
                workflow.start_clock(record=request, kind=ACCEPT, rule="helpdesk.accept")
                sync_due(request)
            else:
                workflow.save(request, "assignee")
        record(actor, "officer-excluded", request, after={"officer": user.name}, reason=reason)
    return found


def _handover(request: HelpRequest) -> routing.Handover:
    """The request in the terms of every field."""
    return routing.Handover(
        source=routing.REQUEST,
        code=request.reference,
        title=" ".join(request.description.split())[:40].strip(),
        facts=request.description,
        unit=request.unit,
        place=request.village or request.township,
        location=request.location,
        name=request.reporter_name.reveal(),
        phone=request.reporter_phone.reveal(),
        about=request.answers.get("about", ""),
        answers=dict(request.answers),
        is_demo=request.is_demo,
    )


def route_to_field(*, request: HelpRequest, actor: User, kind: str):
    """Turn a request into the record of a field (such as a dispute) through that field's own service; returns the record.

    The field's progress comes back to the citizen's page. Raises DomainError when it was routed already.
    """
    try:
        route = routing.get(kind)
    except KeyError:
        raise InvalidInput(fields={"kind": [_("Choose a field that takes requests.")]}) from None
    require(actor, HANDLE)
    require(actor, route.permission)
    with transaction.atomic():
        request = held(request, actor)
        if request.routed_kind:
            raise DomainError(_("This request was handed to a field already."))
        if request.status not in (Status.ASSIGNED, Status.IN_PROGRESS, Status.RECEIVED):
            raise DomainError(_("Only an open request can be handed to a field."))
        taken = routing.route(kind, handover=_handover(request), actor=actor)
        request.routed_kind, request.routed_type, request.routed_id = kind, taken._meta.label_lower, taken.pk
        if request.status == Status.RECEIVED:
            request.unit = request.unit or actor.unit
            workflow.move(record=request, to=Status.ASSIGNED, actor=None, fields=("unit",))
        if request.status == Status.ASSIGNED:
            request.assignee = request.assignee or actor
            workflow.move(record=request, to=Status.IN_PROGRESS, actor=None, fields=("assignee",))
            workflow.meet_clock(request, ACCEPT)
        workflow.save(request, "routed_kind", "routed_type", "routed_id")
        record(actor, "routed", request, after={"kind": kind, "record": taken.code})
        with citizen_language(request):
            text = _("Your request was handed to: %(field)s.") % {"field": route.label}
        say(
            request,
            kind=Message.Kind.PROGRESS,
            body=text,
            actor=actor,
            key=f"routed:{request.pk}",
        )
        sync_due(request)
    return taken
