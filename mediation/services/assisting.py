"""Volunteers who assist a mediation (守源义警): asking one, taking the answer by phone, letting one go."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.crypto import matching
from anji_police.errors import DomainError, InvalidInput
from anji_police.workflow import services as workflow
from mediation.models import DISPATCH, Dispute, DisputeStatus
from mediation.services.common import held, must_be, record, require
from volunteers import services as volunteers
from volunteers.models import Assistance, Member

ASKING = (DisputeStatus.TO_ASSIGN, DisputeStatus.OFFERED, DisputeStatus.MEDIATING)


def are_parties(dispute: Dispute) -> Q:
    """Finds the volunteers who are parties of the dispute: by number, else by a name whose numbers are not known to differ."""
    found = Q(pk__in=[])
    for party in dispute.parties.all():
        namesake = Q(name=party.name.reveal())
        for field in ("id_number", "phone"):
            if number := getattr(party, field).reveal():
                found |= matching(Member, field, number)
                namesake &= Q(**{f"{field}_index": ""})
        found |= namesake
    return found


def ask_volunteer(
    *, dispute: Dispute, actor: User, volunteer: Member, note: str = "", version: int | None = None
) -> Assistance:
    """Ask a volunteer to assist. The volunteer is told the number, the kind and the township, and nothing of the parties."""
    require(actor, DISPATCH)
    with transaction.atomic():
        dispute = held(dispute, actor, version=version)
        must_be(dispute, *ASKING)
        if Member.objects.filter(are_parties(dispute), pk=volunteer.pk).exists():
            raise InvalidInput(fields={"volunteer": [_("A party can't assist in the own dispute.")]})
        row = volunteers.ask_to_assist(
            member=volunteer,
            actor=actor,
            subject=dispute,
            unit=dispute.unit,
            code=dispute.code,
            what=" · ".join(str(part) for part in (dispute.get_type_display(), dispute.place) if part),
            url=dispute.get_absolute_url(),
            note=note,
        )
        workflow.save(dispute)
        record(actor, "volunteer-asked", dispute, after={"volunteer": volunteer.name})
    return row


def answer_for_volunteer(
    *, dispute: Dispute, actor: User, assistance: Assistance, accepts: bool
) -> Assistance:
    """Record what a volunteer answered by phone."""
    require(actor, DISPATCH)
    with transaction.atomic():
        dispute = held(dispute, actor)
        _must_be_of(dispute, assistance)
        row = volunteers.answer_assistance(assistance=assistance, actor=actor, accepts=accepts)
        workflow.save(dispute)
        after = {"volunteer": row.member.name, "accepts": accepts}
        record(actor, "volunteer-answered", dispute, after=after)
    return row


def release_volunteer(*, dispute: Dispute, actor: User, assistance: Assistance, reason: str) -> Assistance:
    """Mediation goes on without this volunteer."""
    require(actor, DISPATCH)
    with transaction.atomic():
        dispute = held(dispute, actor)
        _must_be_of(dispute, assistance)
        row = volunteers.end_assistance(assistance=assistance, actor=actor, reason=reason)
        workflow.save(dispute)
        record(actor, "volunteer-released", dispute, after={"volunteer": row.member.name}, reason=row.reason)
    return row


def _must_be_of(dispute: Dispute, assistance: Assistance) -> None:
    """The act is written into the trail of `dispute`, so it is none of another's."""
    if not Assistance.objects.on(dispute).filter(pk=assistance.pk).exists():
        raise DomainError(_("This volunteer was not asked in this dispute."))
