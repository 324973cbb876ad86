"""A volunteer is asked to assist in a matter of another field, answers, and is let go. The other field checks what is its own."""

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.notifications import services as notifications
from anji_police.places.models import Unit
from volunteers import selectors
from volunteers.models import SERVE, Assistance, Member
from volunteers.models.assisting import ASK
from volunteers.services.common import is_self, record, require, tell_member


def ask_to_assist(
    *, member: Member, actor: User, subject, unit: Unit, code: str, what: str, url: str = "", note: str = ""
) -> Assistance:
    """Ask `member` to assist in the record `subject` of another field. `what` and `note` go to the phone of a volunteer: they name
    nobody. Raises InvalidInput for who may not serve today, DomainError for who was asked already."""
    require(actor, ASK)
    if len(note.strip()) > 200:
        raise InvalidInput(fields={"note": [_("At most 200 characters.")]})
    try:
        with transaction.atomic():
            # The lock keeps who is being suspended or leaves from being asked at the same moment.
            Member.objects.select_for_update().get(pk=member.pk)
            fresh = selectors.ready_to_assist().select_related("user", "team").filter(pk=member.pk).first()
            if fresh is None:
                raise InvalidInput(fields={"volunteer": [_("This volunteer may not serve today.")]})
            row = Assistance.objects.create(
                member=fresh,
                subject_type=subject._meta.label_lower,
                subject_id=subject.pk,
                code=code,
                what=what[:120],
                url=url,
                note=note.strip(),
                unit=unit,
                asked_by=actor,
            )
            record(actor, "assistance.asked", row, after={"matter": code, "volunteer": fresh.name})
            tell_member(
                fresh,
                _("You are asked to assist in %(code)s (%(what)s). Say on your page whether you can.")
                % {"code": code, "what": row.what},
                url=reverse("volunteers:me"),
                key=f"volunteers.assistance:{row.pk}",
            )
    except IntegrityError:
        raise DomainError(_("This volunteer was asked already.")) from None
    return row


def answer_assistance(*, assistance: Assistance, actor: User, accepts: bool, reason: str = "") -> Assistance:
    """The volunteer says yes or no; or who may ask records what the volunteer said on the phone."""
    require(actor, SERVE if is_self(actor, assistance.member) else ASK)
    with transaction.atomic():
        row = _held(assistance, actor)
        if row.state != Assistance.State.ASKED:
            raise DomainError(_("This request was answered already."))
        if accepts and not selectors.ready_to_assist().filter(pk=row.member_id).exists():
            raise DomainError(_("This volunteer may not serve today."))
        row.state = Assistance.State.ACCEPTED if accepts else Assistance.State.DECLINED
        row.answered_at, row.reason = timezone.now(), reason.strip()[:300]
        row.save(update_fields=["state", "answered_at", "reason"])
        record(
            actor,
            f"assistance.{row.state}",
            row,
            after={"matter": row.code, "volunteer": row.member.name},
            reason=row.reason,
        )
        if row.asked_by_id != actor.pk:
            words = _("%(name)s assists in %(code)s.") if accepts else _("%(name)s can't assist in %(code)s.")
            notifications.tell(
                user=row.asked_by,
                text=words % {"name": row.member.name, "code": row.code},
                url=row.url,
                key=f"volunteers.assistance:{row.pk}:{row.state}",
            )
    return row


def end_assistance(*, assistance: Assistance, actor: User, reason: str) -> Assistance:
    """Let a volunteer go, who has answered or not."""
    require(actor, ASK)
    if not reason.strip():
        raise InvalidInput(fields={"reason": [_("Give the reason.")]})
    with transaction.atomic():
        row = _held(assistance, actor)
        if row.state not in Assistance.CURRENT:
            raise DomainError(_("This volunteer does not assist here any more."))
        _end(row, actor, reason.strip()[:300])
        _thank(row)
    return row


def end_all_in(subject, *, unanswered_only: bool = False) -> None:
    """The matter is over: nobody is asked any more, and nobody assists. In the transaction of the act that ends it."""
    found = Assistance.objects.on(subject)
    found = found.filter(state=Assistance.State.ASKED) if unanswered_only else found.current()
    for row in found.select_for_update(of=("self",)).select_related("member__user"):
        _end(row, None)
        _thank(row)


def end_all_of(member: Member, actor: User | None) -> None:
    """The member serves no more: whoever asked is told. In the transaction of the act that suspends or takes leave."""
    found = Assistance.objects.current().filter(member=member).select_for_update(of=("self",))
    for row in found.select_related("member", "asked_by"):
        _end(row, actor)
        notifications.tell(
            user=row.asked_by,
            text=_("%(name)s can't assist in %(code)s.") % {"name": member.name, "code": row.code},
            url=row.url,
            key=f"volunteers.assistance:{row.pk}:gone",
        )


def _end(row: Assistance, actor: User | None, reason: str = "") -> None:
    """`actor` None: it ends with the matter, whose own act names who ended it."""
    row.state, row.ended_at, row.reason = Assistance.State.ENDED, timezone.now(), reason or row.reason
    row.save(update_fields=["state", "ended_at", "reason"])
    record(
        actor,
        "assistance.ended",
        row,
        after={"matter": row.code, "volunteer": row.member.name},
        reason=reason,
    )


def _thank(row: Assistance) -> None:
    tell_member(
        row.member,
        _("You are not needed in %(code)s any more. Thank you.") % {"code": row.code},
        url=reverse("volunteers:me"),
        key=f"volunteers.assistance:{row.pk}:ended",
    )


def _held(assistance: Assistance, actor: User) -> Assistance:
    """The request under lock. Raises NotAllowed for whom it is out of sight."""
    row = (
        Assistance.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("member__user", "member__team", "asked_by")
        .filter(pk=assistance.pk)
        .first()
    )
    if row is None:
        raise NotAllowed(_("Only the volunteer, or the police station that asked, may do this."))
    return row
