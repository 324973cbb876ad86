"""Members: applying, vetting, training, serving, leaving."""

import hashlib
import json
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police import crypto
from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.identifiers import birth_date, years_before
from anji_police.notifications import services as notifications
from anji_police.periods import today
from anji_police.places.models import Place
from anji_police.publicforms import limit
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from volunteers.models import Application, Member, MemberStatus, Qualification, Team, TeamStatus
from volunteers.models.people import CHANGE_MEMBER, SERVE, VET_MEMBER
from volunteers.services import assisting
from volunteers.services.common import held, is_self, must_be, record, require, tell_member
from volunteers.services.signing import release_coming


def age_limit() -> tuple[date, str]:
    """The last day of birth of those who may be volunteers today (rule volunteers.youngest), and what to tell who was born later."""
    years = int(rules.value("volunteers.youngest"))
    return years_before(today(), years), _("Volunteers are at least %(years)d years old.") % {"years": years}


def _of_age(born: date) -> date:
    """The eighteenth birthday; who was born on 29 February comes of age on 1 March of a plain year."""
    try:
        return born.replace(year=born.year + 18)
    except ValueError:
        return date(born.year + 18, 3, 1)


def _cleaned(*, name: str, phone: str, id_number: str, needs_both: bool) -> dict:
    """The person in the table's terms. Raises InvalidInput with every fault at once."""
    faults: dict[str, list[str]] = {}
    if not 1 <= len(name.strip()) <= 40:
        faults["name"] = [_("Enter the name.")]
    number = crypto.normal_phone(phone)
    if number and not (number.isascii() and number.isdigit() and 7 <= len(number) <= 12):
        faults["phone"] = [_("Write the phone number with digits only, such as 13812345678 or 05725021110.")]
    if needs_both and not number:
        faults["phone"] = [_("Leave a phone number, so that we can reach you.")]
    born = None
    if id_number.strip():
        born = birth_date(id_number)
        if born is None or born > today():
            faults["id_number"] = [_("This is no valid identity number. Look at its 18 characters again.")]
        else:
            born_by, young = age_limit()
            if born > born_by:
                faults["id_number"] = [young]
    elif needs_both:
        faults["id_number"] = [_("The identity number is needed for vetting and insurance.")]
    if faults:
        raise InvalidInput(fields=faults)
    adult_on = _of_age(born) if born else None
    return {
        "name": name.strip(),
        "phone": number,
        "id_number": crypto.compact(id_number),
        "adult_on": adult_on if adult_on and adult_on > today() else None,
    }


def add_member(
    *,
    actor: User | None,
    team: Team,
    name: str,
    phone: str = "",
    id_number: str = "",
    origin: Place | None = None,
    dialects: list[str] = (),
    location=None,
    is_demo: bool = False,
) -> Member:
    """Enter a person's application to a team. `actor` None: the public page.

    Raises InvalidInput, also for a person who is in a team already.
    """
    if actor is not None:
        require(actor, CHANGE_MEMBER)
        if not Team.objects.visible_to(actor).filter(pk=team.pk).exists():
            raise InvalidInput(fields={"team": [_("Choose a team of your own units.")]})
    facts = _cleaned(name=name, phone=phone, id_number=id_number, needs_both=False)
    if team.status not in (TeamStatus.APPROVED, TeamStatus.APPLIED):
        raise DomainError(_("This team takes nobody now."))
    try:
        with transaction.atomic():
            member = Member(
                team=team,
                origin=origin,
                dialects=list(dialects),
                location=location,
                is_demo=is_demo,
                **facts,
            )
            member.save(force_insert=True)
            workflow.begin(record=member, actor=actor)
            record(actor, "member.applied", member, after={"team": team.name})
    except IntegrityError:
        raise InvalidInput(
            fields={"id_number": [_("This person is in a volunteer team already, or has applied to one.")]}
        ) from None
    return member


def apply(
    *,
    token: str,
    team: Team,
    name: str,
    phone: str,
    id_number: str,
    consent: bool,
    origin: Place | None = None,
    dialects: list[str] = (),
    motive: str = "",
    language: str = "zh-hans",
) -> Application:
    """Accept an application from the public page, once for each `token`. Raises InvalidInput, TooMany, DomainError."""
    if not consent:
        raise InvalidInput(fields={"consent": [_("Read the notice on personal data and tick the box.")]})
    facts = _cleaned(name=name, phone=phone, id_number=id_number, needs_both=True)
    body = json.dumps(
        [team.pk, *(str(facts[k]) for k in ("name", "phone", "id_number")), motive.strip()],
        ensure_ascii=False,
    )
    token_hash = hashlib.sha256(f"volunteers:{token}".encode()).hexdigest()
    body_hash = hashlib.sha256(
        f"{token}{body}".encode()
    ).hexdigest()  # keyed by the token: no number can be guessed from it
    earlier = Application.objects.filter(token_hash=token_hash).first()
    if earlier is None:
        limit("volunteers")
        try:
            with transaction.atomic():
                if not (team.is_recruiting and team.status == TeamStatus.APPROVED):
                    raise InvalidInput(fields={"team": [_("This team takes nobody now.")]})
                member = add_member(
                    actor=None,
                    team=team,
                    name=name,
                    phone=phone,
                    id_number=id_number,
                    origin=origin,
                    dialects=dialects,
                )
                made = Application.objects.create(
                    member=member,
                    token_hash=token_hash,
                    body_hash=body_hash,
                    consent_at=timezone.now(),
                    language=language,
                    motive=motive.strip()[:300],
                )
                notifications.tell_all(
                    users=User.objects.with_role(Role.STATION_CHIEF, Role.OFFICER).filter(unit=team.unit),
                    text=_("Somebody applied to the team %(team)s.") % {"team": team.name},
                    url=member.get_absolute_url(),
                    key=f"volunteers.applied:{member.pk}",
                )
                return made
        except IntegrityError:  # the other tap of a double tap was faster
            earlier = Application.objects.get(token_hash=token_hash)
        except InvalidInput:
            earlier = Application.objects.filter(token_hash=token_hash).first()
            if earlier is None:
                raise
    if earlier.body_hash != body_hash:
        raise DomainError(
            _("This form was sent already, with other content. Start a new one for a new matter.")
        )
    return earlier


def vet_member(*, member: Member, actor: User) -> Member:
    """The police station has vetted the applicant (资格审查)."""
    return _step(member, actor, MemberStatus.VETTED, VET_MEMBER, "vetted")


def refuse_member(*, member: Member, actor: User, reason: str) -> Member:
    """The police station refuses the applicant."""
    return _step(member, actor, MemberStatus.REFUSED, VET_MEMBER, "refused", reason=reason)


def _step(member, actor, to, permission, action, *, reason: str = "", fields=(), before=None) -> Member:
    require(actor, permission)
    with transaction.atomic():
        member = held(member, actor)
        if is_self(actor, member):
            raise NotAllowed(_("Somebody else has to decide about yourself."))
        must_be(member, *(step.source for step in Member.TRANSITIONS if step.target == to))
        if before is not None:
            before(member)
        return workflow.move(
            record=member,
            to=to,
            actor=actor,
            reason=reason,
            action=f"volunteers.member.{action}",
            fields=fields,
        )


def record_qualification(
    *, member: Member, actor: User, kind: str, start: date, end: date, number: str = ""
) -> Qualification:
    """Record training, insurance, health or the signed commitment for [start, end)."""
    require(actor, CHANGE_MEMBER)
    faults = {}
    if kind not in Qualification.Kind.values:
        faults["kind"] = [_("Choose one of the answers.")]
    if end <= start:
        faults["end"] = [_("The end comes after the start.")]
    if faults:
        raise InvalidInput(fields=faults)
    with transaction.atomic():
        member = held(member, actor)
        if Qualification.objects.filter(member=member, kind=kind, valid__overlap=(start, end)).exists():
            raise DomainError(_("There is one for a part of this time already."))
        row = Qualification.objects.create(
            member=member, kind=kind, valid=(start, end), number=number.strip(), recorded_by=actor
        )
        record(actor, "member.qualified", member, after={"kind": kind, "from": start, "to": end})
    return row


def holds(member: Member, kind: str, on: date) -> bool:
    """Whether the member's qualification of `kind` is in force on the day `on`."""
    return member.qualifications.filter(kind=kind, valid__contains=on).exists()


def mark_trained(*, member: Member, actor: User) -> Member:
    """Training comes before service (浙江省志愿服务条例 art. 22): a training in force must be recorded."""

    def trained(held_member: Member) -> None:
        if not holds(held_member, Qualification.Kind.TRAINING, today()):
            raise DomainError(_("Record the training first."))

    return _step(member, actor, MemberStatus.TRAINED, CHANGE_MEMBER, "trained", before=trained)


def activate_member(*, member: Member, actor: User) -> Member:
    """Take a trained applicant on; the signed commitment must be there."""

    def ready(held_member: Member) -> None:
        if held_member.team.status != TeamStatus.APPROVED:
            raise DomainError(_("The team is not approved."))
        if not holds(held_member, Qualification.Kind.COMMITMENT, today()):
            raise DomainError(_("Record the signed commitment first."))
        held_member.joined_on = held_member.joined_on or today()

    return _step(
        member, actor, MemberStatus.ACTIVE, CHANGE_MEMBER, "activated", fields=("joined_on",), before=ready
    )


def suspend_member(*, member: Member, actor: User, reason: str) -> Member:
    """Suspend a member, with the reason; the coming sign-ups are given free."""
    with transaction.atomic():
        member = _step(member, actor, MemberStatus.SUSPENDED, CHANGE_MEMBER, "suspended", reason=reason)
        release_coming(member, _("The member is suspended."))
        assisting.end_all_of(member, actor)
        tell_member(
            member,
            _("Your service in %(team)s is suspended: %(reason)s") % {"team": member.team, "reason": reason},
            url="",
            key=f"volunteers.suspended:{member.pk}:{member.version}",
        )
    return member


def resume_member(*, member: Member, actor: User, reason: str) -> Member:
    """Let a suspended member serve again."""
    return _step(member, actor, MemberStatus.ACTIVE, CHANGE_MEMBER, "resumed", reason=reason)


def leave_team(*, member: Member, actor: User, reason: str = "") -> Member:
    """The member leaves, at any time and without a reason (浙江省志愿服务条例 art. 11); hours stay."""
    require(actor, SERVE)
    with transaction.atomic():
        member = held(member, actor)
        if not (is_self(actor, member) or actor.is_police):
            raise NotAllowed(_("Only the member, or the police on the member's behalf, may do this."))
        member.left_on = today()
        workflow.move(
            record=member,
            to=MemberStatus.LEFT,
            actor=actor,
            reason=reason,
            action="volunteers.member.left",
            fields=("left_on",),
        )
        release_coming(member, _("The member has left the team."))
        assisting.end_all_of(member, actor)
        for team in Team.objects.select_for_update().filter(leader=member):
            team.leader = None
            workflow.save(team, "leader")
    return member


def link_account(*, member: Member, actor: User, user: User) -> Member:
    """Tie the member to an account of the role volunteer, which the administrators made."""
    require(actor, CHANGE_MEMBER)
    with transaction.atomic():
        member = held(member, actor)
        if member.status in (MemberStatus.LEFT, MemberStatus.REFUSED):
            must_be(member, MemberStatus.ACTIVE)
        if Role.VOLUNTEER not in user.roles:
            raise InvalidInput(fields={"username": [_("This is no account of a volunteer.")]})
        if Member.objects.filter(user=user).exclude(pk=member.pk).exists():
            raise InvalidInput(fields={"username": [_("This account belongs to another volunteer.")]})
        member.user = user
        workflow.save(member, "user")
        record(actor, "member.account-linked", member, after={"account": user.username})
    return member
