"""Whatever way a dispute goes, it waits in exactly one work queue while it is open, and no step is taken outside the table."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anji_police import queues
from anji_police.errors import TransitionError
from anji_police.workflow import services as workflow
from mediation.models import LIVE, OPEN, Dispute, DisputeStatus
from mediation.queues import PLACES, in_place
from tests.factories import officer
from tests.mediation.factories import mediator, registered

pytestmark = pytest.mark.django_db
STATES = list(DisputeStatus.values)


def test_each_open_state_has_one_place_and_no_other_has_any():
    placed = [state for states, _action in PLACES.values() for state in states]
    assert sorted(placed) == sorted(OPEN)
    assert set(LIVE) < set(OPEN)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(way=st.lists(st.integers(min_value=0, max_value=len(STATES) - 1), max_size=25))
def test_a_walk_over_the_table_stays_in_one_queue_and_takes_no_other_step(way):
    clerk = officer()
    dispute = registered(clerk)
    dispute.mediator = mediator()
    dispute.outcome = Dispute.Outcome.ORAL
    dispute.closed_at = dispute.registered_at
    dispute.save(update_fields=["mediator", "outcome", "closed_at"])
    for number in way:
        target = STATES[number]
        dispute = workflow.lock(dispute)
        before = dispute.status
        allowed = any(s.source == before and s.target == target for s in Dispute.TRANSITIONS)
        try:
            with transaction.atomic():
                workflow.move(record=dispute, to=target, actor=None, reason="属性测试")
        except TransitionError:
            assert not allowed
        else:
            assert allowed
        dispute.refresh_from_db()
        mine = Dispute.objects.filter(pk=dispute.pk)
        holding = [name for name in PLACES if in_place(mine, name).exists()]
        assert len(holding) == (1 if dispute.status in OPEN else 0), dispute.status
        counted = queues.of(clerk)
        counts = {k: n for k, n in queues.counts(clerk).items() if k.split(".")[-1] in PLACES}
        assert sum(counts.values()) == len(holding)
        for q in counted:
            if q.key.split(".")[-1] in PLACES:
                assert len(q.items(clerk, 10)) == counts[q.key]
