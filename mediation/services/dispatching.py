"""Offering a dispute to a mediator, and the mediator's answer."""

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.accounts.models import User
from anji_police.crypto import matching
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.notifications import services as notifications
from anji_police.workflow import services as workflow
from mediation.matching import age_limit, kind_of
from mediation.models import DISPATCH, MEDIATE, Assignment, Conflict, Dispute, DisputeStatus, Mediator
from mediation.services.common import (
    ACCEPT,
    ASSIST,
    CONCLUDE,
    held,
    lead_of,
    must_be,
    record,
    require,
    speaks_for,
    sync_due,
    tell_origin,
)
from volunteers import services as volunteers

CURRENT = (Assignment.State.OFFERED, Assignment.State.ACCEPTED)


def with_load():
    """Mediators with `load`: the disputes that they hold or are asked to take now."""
    return Mediator.objects.annotate(load=Count("assignments", filter=Q(assignments__state__in=CURRENT)))


def is_party(dispute: Dispute) -> Q:
    """Finds the mediators who are parties of the dispute themselves: by identity number or phone, else by the name of the entry
    or of its account. A namesake whose number is known to differ is somebody else.
    """
    found = Q(pk__in=[])
    for party in dispute.parties.all():
        namesake = Q(name=party.name.reveal()) | Q(user__name=party.name.reveal())
        for field in ("id_number", "phone"):
            if number := getattr(party, field).reveal():
                found |= matching(Mediator, field, number)
                namesake &= Q(**{f"{field}_index": ""})
        found |= namesake
    return found


def _check_mediator(dispute: Dispute, mediator: Mediator) -> None:
    """Refuse whom the match page would not propose, for whoever asks by another way."""
    fresh = with_load().active().filter(pk=mediator.pk).first()
    if fresh is None:
        raise InvalidInput(fields={"mediator": [_("This mediator is not active.")]})
    if dispute.assignments.filter(mediator=mediator, state__in=CURRENT).exists():
        raise InvalidInput(fields={"mediator": [_("This mediator was asked already.")]})
    if fresh.load >= fresh.load_limit:
        raise InvalidInput(
            fields={"mediator": [_("This mediator has %(load)d disputes already.") % {"load": fresh.load}]}
        )
    if Mediator.objects.filter(is_party(dispute), pk=mediator.pk).exists():
        raise InvalidInput(fields={"mediator": [_("A party can't mediate the own dispute.")]})
    if fresh.born_on:
        latest, words = age_limit()
        if fresh.born_on > latest:
            raise InvalidInput(fields={"mediator": [words]})
    if mediator.complaints.open().exists():
        raise InvalidInput(fields={"mediator": [_("A complaint about this mediator is still open.")]})
    if dispute.rejections.filter(mediator=mediator).exists():
        raise InvalidInput(fields={"mediator": [_("The parties do not want this mediator.")]})
    if mediator.conflicts.in_force().filter(tied_to(dispute)).exists():
        raise InvalidInput(fields={"mediator": [_("This mediator is tied to one of the parties.")]})


def tied_to(dispute: Dispute) -> Q:
    """Finds the conflicts of interest that name a party of the dispute: by number, else by a name whose numbers don't differ."""
    found = Q(pk__in=[])
    for party in dispute.parties.all():
        same = matching(Conflict, "name", party.name.reveal())
        for field in ("id_number", "phone"):
            if number := getattr(party, field).reveal():
                found |= matching(Conflict, field, number)
                same &= Q(**{f"{field}_index": ""})
        found |= same
    return found


def offer(
    *,
    dispute: Dispute,
    actor: User,
    mediator: Mediator,
    role: str = Assignment.Role.LEAD,
    version: int | None = None,
    match: str = "",
) -> Assignment:
    """Offer a dispute to `mediator`, as lead or to assist. Both have three working days to accept (在线调解规则 art. 12).
    `match`: how near the mediator is to the sides, found out when it is not said."""
    require(actor, DISPATCH)
    if role not in Assignment.Role.values:
        raise InvalidInput(fields={"role": [_("Choose one of the answers.")]})
    with transaction.atomic():
        dispute = held(dispute, actor, version=version)
        lead = role == Assignment.Role.LEAD
        must_be(
            dispute,
            *([DisputeStatus.TO_ASSIGN] if lead else [DisputeStatus.OFFERED, DisputeStatus.MEDIATING]),
        )
        # Two offers at once must not both pass the load limit.
        mediator = (
            Mediator.objects.select_for_update(of=("self",))
            .select_related("origin", "user")
            .get(pk=mediator.pk)
        )
        _check_mediator(dispute, mediator)
        row = Assignment.objects.create(
            dispute=dispute,
            mediator=mediator,
            role=role,
            offered_by=actor,
            match=match or kind_of(dispute, mediator),
        )
        if lead:
            dispute.mediator = mediator
            workflow.move(
                record=dispute,
                to=DisputeStatus.OFFERED,
                actor=actor,
                action="mediation.dispute.offered",
                fields=("mediator",),
                after={"mediator": mediator.name},
            )
            workflow.start_clock(record=dispute, kind=ACCEPT, rule="mediation.accept")
            sync_due(dispute)
        else:
            workflow.start_clock(record=row, kind=ASSIST, rule="mediation.accept")
            workflow.save(dispute)
            record(actor, "assistant-asked", dispute, after={"mediator": mediator.name})
        if mediator.user_id:
            notifications.tell(
                user=mediator.user,
                text=_("You are asked to mediate %(code)s.") % {"code": dispute.code},
                url=dispute.get_absolute_url(),
                key=f"mediation.offer:{row.pk}",
            )
    return row


def accept_offer(
    *, dispute: Dispute, actor: User, conflict_disclosed: bool, assignment: Assignment | None = None
) -> Dispute:
    """A mediator takes the dispute on, after disclosing kinship or interest (在线调解规则 art. 13). With the lead's answer the 30
    days begin. `assignment`: the offer that is answered, see `_asked`.
    """
    require(actor, MEDIATE)
    if not conflict_disclosed:
        raise InvalidInput(
            fields={
                "conflict_disclosed": [_("The mediator first says whether kin or interests are involved.")]
            }
        )
    with transaction.atomic():
        dispute = held(dispute, actor)
        row = _asked(dispute, actor, assignment)
        _answer(row, Assignment.State.ACCEPTED)
        if row.role == Assignment.Role.ASSISTS:
            workflow.meet_clock(row, ASSIST)
            workflow.save(dispute)
            record(actor, "assistant-accepted", dispute, after={"mediator": row.mediator.name})
            return dispute
        workflow.move(
            record=dispute,
            to=DisputeStatus.MEDIATING,
            actor=actor,
            action="mediation.dispute.accepted",
            after={"mediator": row.mediator.name, "interests_disclosed": True},
        )
        workflow.meet_clock(dispute, ACCEPT)
        workflow.start_clock(record=dispute, kind=CONCLUDE, rule="mediation.conclude")
        sync_due(dispute)
        tell_origin(dispute, gettext_lazy("A mediator has taken on your dispute and will call both sides."))
    return dispute


def _asked(dispute: Dispute, actor: User, assignment: Assignment | None) -> Assignment:
    """The open offer that `actor` answers: the named one; else, of a mediator's account, its own, and of police the lead's.
    Raises NotAllowed for somebody else's, TransitionError or DomainError when it was answered before."""
    offers = dispute.assignments.select_related("mediator").filter(state=Assignment.State.OFFERED)
    if assignment is not None:
        offers = offers.filter(pk=assignment.pk)
    elif actor.is_police:
        must_be(dispute, DisputeStatus.OFFERED)
        offers = offers.filter(role=Assignment.Role.LEAD)
    else:
        offers = offers.filter(mediator__user=actor)
    row = offers.first()
    if row is None:
        raise DomainError(_("This offer was answered already."))
    if not speaks_for(actor, row.mediator):
        raise NotAllowed(_("Only the mediator, or the police on the mediator's behalf, answers this offer."))
    return row


def _answer(row: Assignment, state: str, reason: str = "") -> None:
    row.state, row.answered_at, row.reason = state, timezone.now(), reason.strip()[:300]
    row.save(update_fields=["state", "answered_at", "reason"])


def decline_offer(
    *, dispute: Dispute, actor: User, reason: str, assignment: Assignment | None = None
) -> Dispute:
    """The mediator does not take it on. When it was to be the lead, somebody else is to be asked."""
    require(actor, MEDIATE)
    with transaction.atomic():
        dispute = held(dispute, actor)
        row = _asked(dispute, actor, assignment)
        if row.role == Assignment.Role.ASSISTS:
            return _without(dispute, row, Assignment.State.DECLINED, actor, reason, "assistant-declined")
        return _take_back(dispute, row, Assignment.State.DECLINED, actor, reason, "declined")


def replace_mediator(
    *, dispute: Dispute, actor: User, reason: str, assignment: Assignment | None = None
) -> Dispute:
    """Take the dispute from its lead, at a party's wish (人民调解法 art. 23) or for the dispatcher's reason; or let the assistant
    of `assignment` go, whether it has answered or not."""
    require(actor, DISPATCH)
    with transaction.atomic():
        dispute = held(dispute, actor)
        if assignment is None:
            must_be(dispute, DisputeStatus.MEDIATING)
            row = lead_of(dispute)
            return _take_back(dispute, row, Assignment.State.REPLACED, actor, reason, "mediator-replaced")
        row = (
            dispute.assignments.select_related("mediator")
            .filter(pk=assignment.pk, role=Assignment.Role.ASSISTS, state__in=CURRENT)
            .first()
        )
        if row is None:
            raise DomainError(_("This mediator does not assist here any more."))
        return _without(dispute, row, Assignment.State.REPLACED, actor, reason, "assistant-released")


def _without(
    dispute: Dispute, row: Assignment, state: str, actor: User | None, reason: str, action: str
) -> Dispute:
    """Go on without an assistant."""
    if not reason.strip():
        raise InvalidInput(fields={"reason": [_("Give the reason.")]})
    _answer(row, state, reason)
    workflow.cancel_clocks(row)
    workflow.save(dispute)
    record(actor, action, dispute, after={"mediator": row.mediator.name}, reason=reason.strip())
    return dispute


def end_open_offers(dispute: Dispute) -> None:
    """Mediation is over: who was still asked to assist is asked no more."""
    for row in dispute.assignments.filter(state=Assignment.State.OFFERED):
        _answer(row, Assignment.State.ENDED)
        workflow.cancel_clocks(row)
    volunteers.end_all_in(dispute, unanswered_only=True)


def _take_back(
    dispute: Dispute, row: Assignment, state: str, actor: User | None, reason: str, action: str
) -> Dispute:
    _answer(row, state, reason)
    dispute.mediator = None
    workflow.move(
        record=dispute,
        to=DisputeStatus.TO_ASSIGN,
        actor=actor,
        reason=reason,
        action=f"mediation.dispute.{action}",
        fields=("mediator",),
        after={"mediator": row.mediator.name},
    )
    workflow.cancel_clocks(dispute, ACCEPT, CONCLUDE)
    sync_due(dispute)
    return dispute


def withdraw_unanswered(dispute: Dispute) -> None:
    """The lead's time is over without an answer: somebody else is to be asked. In the sweep's transaction."""
    dispute = _lock_at_once(dispute)
    row = lead_of(dispute)
    if dispute.status == DisputeStatus.OFFERED and row is not None:
        _take_back(dispute, row, Assignment.State.DECLINED, None, _("No answer in time."), "offer-lapsed")


def withdraw_assistant(assignment: Assignment) -> None:
    """The same of an offer to assist: mediation goes on without."""
    dispute = _lock_at_once(assignment.dispute)
    row = dispute.assignments.select_related("mediator").get(pk=assignment.pk)
    if row.state == Assignment.State.OFFERED:
        reason = _("No answer in time.")
        _without(dispute, row, Assignment.State.DECLINED, None, reason, "assistants-offer-lapsed")


def _lock_at_once(dispute: Dispute) -> Dispute:
    """The sweep holds the clock and wants the dispute; a person who answers holds the dispute and wants the clock. The sweep
    gives way: it fails at once and comes back, and nobody's answer is lost to a deadlock."""
    return Dispute.objects.select_for_update(of=("self",), nowait=True).get(pk=dispute.pk)
