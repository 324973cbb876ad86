"""The sweep of clocks and a person at the same dispute."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from anji_police.workflow import services as workflow
from anji_police.workflow.models import Deadline
from mediation import services
from mediation.models import Dispute, DisputeStatus
from tests.factories import officer
from tests.mediation.factories import consented, mediator

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_sweep_gives_way_to_who_holds_the_dispute_and_comes_back():
    clerk = officer()
    dispute = consented(clerk)
    services.offer(dispute=dispute, actor=clerk, mediator=mediator())
    locked, let_go = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                Dispute.objects.select_for_update().get(pk=dispute.pk)
                locked.set()
                let_go.wait(timeout=20)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(timeout=20)
        with time_machine.travel(timezone.now() + timedelta(days=12), tick=False):
            assert workflow.escalate_missed() == 0
            assert Deadline.objects.get(kind="mediation.accept").escalated_at is None
            let_go.set()
            holder.join()
            assert workflow.escalate_missed() == 1
    finally:
        let_go.set()
        holder.join()
    assert Dispute.objects.get().status == DisputeStatus.TO_ASSIGN
