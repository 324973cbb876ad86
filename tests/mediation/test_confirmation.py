"""Judicial confirmation: together, in thirty days, in writing, and never of an identity relation."""

from datetime import timedelta

import pytest
import time_machine

from anji_police.errors import DomainError, InvalidInput, TransitionError
from anji_police.periods import today
from anji_police.workflow import services as workflow
from anji_police.workflow.models import Deadline
from mediation import services
from mediation.services.confirming import court_days, last_moment
from tests.factories import chief, officer
from tests.mediation.factories import signed, with_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def application(dispute, actor, **changes):
    facts = {
        "court": "安吉县人民法院",
        "agreed_by": [party.pk for party in dispute.parties.all()],
        "about_identity": False,
    } | changes
    return services.apply_for_confirmation(dispute=dispute, actor=actor, **facts)


def test_all_parties_apply_in_time_and_the_court_confirms():
    clerk = officer()
    dispute = signed(clerk)
    with pytest.raises(InvalidInput):
        application(dispute, clerk, agreed_by=[dispute.parties.first().pk])
    with pytest.raises(InvalidInput):
        application(dispute, clerk, about_identity=True)
    row = application(dispute, clerk)
    with pytest.raises(DomainError, match="already"):
        application(dispute, clerk)
    assert [label for label, _day in court_days(row)] == ["Court accepts by"]
    with pytest.raises(TransitionError):
        services.record_court(confirmation=row, actor=clerk, to="confirmed", number="(2026)浙0523民特1号")
    row = services.record_court(confirmation=row, actor=clerk, to="accepted")
    days = [(day - today()).days for _label, day in court_days(row)]
    assert days == [3, 15, 25, 30]
    with pytest.raises(InvalidInput):
        services.record_court(confirmation=row, actor=clerk, to="confirmed")
    row = services.record_court(confirmation=row, actor=clerk, to="confirmed", number="(2026)浙0523民特1号")
    assert row.status == "confirmed"
    with pytest.raises(TransitionError):
        services.record_court(confirmation=row, actor=clerk, to="withdrawn", reason="当事人撤回")


def test_the_countdown_warns_once_ends_silently_and_then_it_is_too_late():
    clerk = officer()
    boss = chief(unit=clerk.unit)
    dispute = signed(clerk)
    end = last_moment(dispute.agreement)
    assert end == Deadline.objects.about(dispute).get(kind="mediation.judicial_confirmation").due_at
    assert (end.date() - today()).days in (30, 31)
    with time_machine.travel(end - timedelta(days=7), tick=False):
        workflow.escalate_missed()
        workflow.escalate_missed()
        assert boss.notifications.filter(text__contains="nearly over").count() == 1
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        application(dispute, clerk)
    late = signed(clerk)
    with time_machine.travel(last_moment(late.agreement), tick=False):
        workflow.escalate_missed()
        late.refresh_from_db()
        assert (late.due_at, late.is_late) == (None, False)
        with pytest.raises(DomainError, match="over"):
            application(late, clerk)


def test_an_oral_agreement_is_put_in_writing_first():
    clerk = officer()
    dispute = with_session(clerk)
    services.record_agreement(dispute=dispute, actor=clerk, is_written=False, terms="围墙内移五十公分")
    with pytest.raises(DomainError, match="written"):
        application(dispute, clerk)


def test_an_application_that_is_withdrawn_can_be_made_anew():
    clerk = officer()
    dispute = signed(clerk)
    row = application(dispute, clerk)
    with pytest.raises(InvalidInput):
        services.record_court(confirmation=row, actor=clerk, to="withdrawn")
    services.record_court(confirmation=row, actor=clerk, to="withdrawn", reason="当事人撤回")
    application(dispute, clerk)
    assert dispute.confirmations.count() == 2
