"""Mediators and their appointments."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput
from anji_police.identifiers import birth_date
from anji_police.places.models import Place, Unit
from mediation.matching import age_limit
from mediation.models import Appointment, Assignment, Committee, Mediator, ServiceStation, Team
from mediation.services.common import require

CHANGE = "mediation.change_mediator"


def add_mediator(
    *,
    actor: User | None,
    name: str,
    origin: Place,
    place: Place,
    phone: str = "",
    id_number: str = "",
    team: Team | None = None,
    dialects: list[str] = (),
    languages: list[str] = (),
    skills: list[str] = (),
    station: ServiceStation | None = None,
    born_on: date | None = None,
    load_limit: int = 5,
    user: User | None = None,
    is_demo: bool = False,
) -> Mediator:
    """Enter a mediator with the declared origin. `actor` None: an import that was allowed as a whole. Who mediates is old
    enough (人民调解法 art. 14, rule mediation.least_age); the day of birth is taken from a valid identity number when it is not said."""
    if actor is not None:
        require(actor, CHANGE)
    born_on = born_on or birth_date(id_number)
    _check_person(name=name, born_on=born_on, load_limit=load_limit)
    with transaction.atomic():
        if user is not None:
            _check_account(user)
        mediator = Mediator(
            name=name.strip(),
            origin=origin,
            place=place,
            phone=phone,
            id_number=id_number,
            team=team,
            dialects=list(dialects),
            languages=list(languages),
            skills=list(skills),
            station=station or (team.station if team else None),
            born_on=born_on,
            load_limit=load_limit,
            user=user,
            is_demo=is_demo,
        )
        mediator.save()
        audit.record(
            actor=actor,
            action="mediation.mediator.entered",
            subject=mediator,
            after={"team": str(team or "")},
        )
    return mediator


def _check_person(*, name: str, born_on: date | None, load_limit: int) -> None:
    faults = {}
    if not 1 <= len(name.strip()) <= 40:
        faults["name"] = [_("Enter the name.")]
    if born_on is not None:
        latest, words = age_limit()
        if born_on > latest:
            faults["born_on"] = [words]
    if not 1 <= load_limit <= 50:
        faults["load_limit"] = [_("Between 1 and 50.")]
    if faults:
        raise InvalidInput(fields=faults)


FACTS = (
    "name",
    "origin",
    "place",
    "team",
    "station",
    "dialects",
    "languages",
    "skills",
    "phone",
    "id_number",
    "born_on",
    "load_limit",
)


def change_mediator(*, actor: User | None, mediator: Mediator, **facts) -> Mediator:
    """Correct an entry: `facts` are some of FACTS. What stays the same is not written, and leaves no trail."""
    if actor is not None:
        require(actor, CHANGE)
    with transaction.atomic():
        mediator = Mediator.objects.select_for_update(of=("self",)).get(pk=mediator.pk)
        changed = [name for name, value in facts.items() if getattr(mediator, name) != value]
        if not changed:
            return mediator
        for name in changed:
            if name not in FACTS:
                raise ValueError(f"{name} is no fact of a mediator")
            setattr(mediator, name, facts[name])
        if "id_number" in changed and "born_on" not in changed:
            mediator.born_on = birth_date(facts["id_number"]) or mediator.born_on
        _check_person(name=mediator.name, born_on=mediator.born_on, load_limit=mediator.load_limit)
        mediator.save()
        audit.record(
            actor=actor,
            action="mediation.mediator.changed",
            subject=mediator,
            after={"fields": sorted(changed)},
        )
    return mediator


def _check_account(user: User, *, of: Mediator | None = None) -> None:
    """Refuse an account without the mediator role, or of another mediator. The account's row is held until the commit, so that
    two mediators who are given the same one at once do not both get it."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if Role.MEDIATOR not in user.roles:
        raise InvalidInput(
            fields={"user": [_("The account of %(name)s does not have the mediator role.") % {"name": user}]}
        )
    others = Mediator.objects.filter(user=user).exclude(pk=of.pk if of else None)
    if other := others.first():
        raise InvalidInput(
            fields={"user": [_("This account belongs to the mediator %(name)s.") % {"name": other}]}
        )


def link_account(*, actor: User, mediator: Mediator, user: User | None) -> Mediator:
    """Give a mediator an account to sign in with; None takes it away."""
    require(actor, CHANGE)
    with transaction.atomic():
        mediator = Mediator.objects.select_for_update(of=("self",)).get(pk=mediator.pk)
        if user is not None:
            _check_account(user, of=mediator)
        before, mediator.user = mediator.user, user
        mediator.save(update_fields=["user"])
        audit.record(
            actor=actor,
            action="mediation.mediator.account-linked" if user else "mediation.mediator.account-unlinked",
            subject=mediator,
            before={"account": before.username if before else ""},
            after={"account": user.username if user else ""},
        )
    return mediator


def appoint(
    *, actor: User | None, mediator: Mediator, committee: Committee, start: date, end: date
) -> Appointment:
    """Record an appointment for [start, end); a committee's term is three years (人民调解法 art. 8)."""
    if actor is not None:
        require(actor, CHANGE)
    if end <= start:
        raise InvalidInput(fields={"end": [_("The end comes after the start.")]})
    with transaction.atomic():
        mediator = Mediator.objects.select_for_update(of=("self",)).get(pk=mediator.pk)
        if mediator.left_on and end > mediator.left_on:
            raise DomainError(_("The mediator leaves before the appointment ends."))
        if Appointment.objects.filter(
            mediator=mediator, committee=committee, valid__overlap=(start, end)
        ).exists():
            raise DomainError(_("There is an appointment by this committee in that time already."))
        row = Appointment.objects.create(mediator=mediator, committee=committee, valid=(start, end))
        audit.record(
            actor=actor,
            action="mediation.mediator.appointed",
            subject=mediator,
            after={"committee": committee.name, "from": start, "to": end},
        )
    return row


def retire_mediator(*, actor: User, mediator: Mediator, on: date) -> Mediator:
    """A mediator leaves; who still holds disputes hands them over first."""
    require(actor, CHANGE)
    with transaction.atomic():
        mediator = Mediator.objects.select_for_update(of=("self",)).get(pk=mediator.pk)
        if mediator.left_on:
            raise DomainError(_("The mediator has left already."))
        if on < mediator.joined_on:
            raise InvalidInput(fields={"on": [_("The mediator had not joined by then.")]})
        held_now = mediator.assignments.filter(
            state__in=[Assignment.State.OFFERED, Assignment.State.ACCEPTED]
        ).count()
        if held_now:
            raise DomainError(_("%(count)d disputes have to be handed over first.") % {"count": held_now})
        mediator.left_on = on
        mediator.save(update_fields=["left_on"])
        audit.record(
            actor=actor, action="mediation.mediator.retired", subject=mediator, after={"left_on": on}
        )
    return mediator


def _enter(model, actor: User, action: str, **facts):
    """Add one body under its own right and trail. Raises DomainError for a name that exists."""
    require(actor, CHANGE)
    if not facts["name"]:
        raise InvalidInput(fields={"name": [_("Enter the name.")]})
    try:
        with transaction.atomic():
            row = model.objects.create(**facts)
            audit.record(actor=actor, action=action, subject=row, after={"name": facts["name"]})
    except IntegrityError:
        raise DomainError(_("There is one of this name already.")) from None
    return row


def add_station(*, actor: User, name: str, place: Place, unit: Unit) -> ServiceStation:
    """Enter a new-resident service station."""
    return _enter(
        ServiceStation, actor, "mediation.station.entered", name=name.strip(), place=place, unit=unit
    )


def add_team(
    *,
    actor: User,
    name: str,
    origin: Place,
    station: ServiceStation,
    founded_on: date,
    dialects: list[str] = (),
) -> Team:
    """Enter a hometown-dialect mediation team."""
    return _enter(
        Team,
        actor,
        "mediation.team.entered",
        name=name.strip(),
        origin=origin,
        station=station,
        founded_on=founded_on,
        dialects=list(dialects),
    )


def change_team(
    *,
    actor: User,
    team: Team,
    origin: Place | None = None,
    station: ServiceStation | None = None,
    founded_on: date | None = None,
    dialects: list[str] | None = None,
) -> Team:
    """Correct a team's entry; what is None stays."""
    require(actor, CHANGE)
    facts = {"origin": origin, "station": station, "founded_on": founded_on, "dialects": dialects}
    with transaction.atomic():
        team = Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
        changed = [
            name for name, value in facts.items() if value is not None and getattr(team, name) != value
        ]
        if not changed:
            return team
        for name in changed:
            setattr(team, name, facts[name])
        if team.dissolved_on and team.dissolved_on <= team.founded_on:
            raise InvalidInput(fields={"founded_on": [_("The team was dissolved before that day.")]})
        team.save(update_fields=changed)
        audit.record(
            actor=actor, action="mediation.team.changed", subject=team, after={"fields": sorted(changed)}
        )
    return team


def add_committee(*, actor: User, name: str, place: Place) -> Committee:
    """Enter a people's mediation committee."""
    return _enter(Committee, actor, "mediation.committee.entered", name=name.strip(), place=place)
