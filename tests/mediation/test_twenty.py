"""Twenty officers act on one dispute at once, each in a transaction of its own: one wins, nineteen are told what happened."""

import threading

import pytest
from django.db import connection
from django.utils import translation

from anji_police.errors import DomainError
from anji_police.workflow.models import TransitionEntry
from mediation import services
from mediation.models import Assignment, DisputeStatus, PoliceTask
from tests.factories import officer
from tests.mediation.factories import consented, mediating, mediator

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 20


def at_once(people, act) -> tuple[list, list[DomainError]]:
    """Run `act(person)` in a thread each, from one starting shot."""
    gate, won, told = threading.Barrier(len(people)), [], []

    def run(person):
        try:
            with translation.override("en"):
                gate.wait(timeout=60)
                won.append(act(person))
        except DomainError as error:
            told.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return won, told


def test_one_ends_the_mediation_and_nineteen_are_told_who_did():
    clerk = officer()
    people = [clerk, *(officer(unit=clerk.unit, name=f"民警{n}") for n in range(COUNT - 1))]
    dispute = mediating(clerk)
    won, told = at_once(
        people, lambda who: services.conclude_failed(dispute=dispute, actor=who, reason="双方差距过大")
    )
    assert (len(won), len(told)) == (1, COUNT - 1)
    entry = TransitionEntry.objects.get(subject_id=dispute.pk, to_state=DisputeStatus.FAILED)
    assert all(entry.actor_name in str(error) for error in told)
    assert dispute.follow_ups.count() == 1


def test_one_reports_to_the_police_and_nineteen_are_told_it_was_done():
    clerk = officer()
    people = [clerk, *(officer(unit=clerk.unit, name=f"民警{n}") for n in range(COUNT - 1))]
    dispute = mediating(clerk, mediator("周调解"))
    won, told = at_once(people, lambda who: services.escalate(dispute=dispute, actor=who))
    assert (len(won), len(told)) == (1, COUNT - 1)
    assert all(PoliceTask.objects.get().raised_by.name in str(error) for error in told)


def test_twenty_who_each_ask_another_mediator_ask_one_and_nineteen_are_told_by_whom():
    clerk = officer()
    people = [clerk, *(officer(unit=clerk.unit, name=f"民警{n}") for n in range(COUNT - 1))]
    dispute = consented(clerk)
    asked = {who.pk: mediator(f"调解{n}") for n, who in enumerate(people)}
    won, told = at_once(
        people, lambda who: services.offer(dispute=dispute, actor=who, mediator=asked[who.pk])
    )
    assert (len(won), len(told)) == (1, COUNT - 1)
    row = Assignment.objects.get()
    dispute.refresh_from_db()
    assert dispute.mediator == row.mediator == asked[row.offered_by_id]
    assert all(row.offered_by.name in str(error) for error in told)
