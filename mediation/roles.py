"""The legal role of a mediator on a case: presiding or assisting, by the appointment that is in force on the session's day.

A mediator whom a committee appointed presides and signs; anybody else is invited and assists (人民调解法 arts. 20, 29). An appointment
is [from, to): on the last day before its end it is in force, on the day of its end no more.
"""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from anji_police.periods import SHANGHAI
from mediation.models import Appointment, Mediator, Session


class LegalRole(models.TextChoices):
    PRESIDES = "presides", _("Presiding mediator")
    ASSISTS = "assists", _("Assisting")


def roles_on(mediators: Iterable[int], day: date) -> dict[int, LegalRole]:
    """The role of each mediator (by key) on `day`, in one statement."""
    keys = set(mediators)
    appointed = set(
        Appointment.objects.filter(
            mediator__in=Mediator.objects.active(day).filter(pk__in=keys), valid__contains=day
        ).values_list("mediator", flat=True)
    )
    return {key: LegalRole.PRESIDES if key in appointed else LegalRole.ASSISTS for key in keys}


def roles_in(sessions: list[Session]) -> dict[tuple[int, int], LegalRole]:
    """The role of each mediator in each session, (session, mediator) -> role, by the session's own day; one statement for all.
    `sessions` have their mediators prefetched."""
    days = {session.pk: session.held_at.astimezone(SHANGHAI).date() for session in sessions}
    present = {session.pk: list(session.mediators.all()) for session in sessions}
    keys = {mediator.pk for people in present.values() for mediator in people}
    terms: dict[int, list] = {}
    for mediator, valid in Appointment.objects.filter(mediator__in=keys).values_list("mediator", "valid"):
        terms.setdefault(mediator, []).append(valid)

    def role(mediator: Mediator, day: date) -> LegalRole:
        active = mediator.joined_on <= day and (mediator.left_on is None or mediator.left_on > day)
        in_force = any(valid.lower <= day < valid.upper for valid in terms.get(mediator.pk, ()))
        return LegalRole.PRESIDES if active and in_force else LegalRole.ASSISTS

    return {
        (key, mediator.pk): role(mediator, days[key])
        for key, people in present.items()
        for mediator in people
    }
