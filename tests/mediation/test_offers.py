"""Who mediates: offers, answers, assistants, appointments and accounts."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.periods import today
from anji_police.workflow import services as workflow
from anji_police.workflow.models import Deadline
from mediation import services
from mediation.models import Dispute, DisputeStatus, Mediator
from tests.factories import UserFactory, chief, officer
from tests.mediation.factories import (
    appointed,
    committee,
    consented,
    mediating,
    mediator,
    with_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def helped(clerk):
    """(dispute in mediation, the offer to assist, the assistant's account)."""
    account = UserFactory(roles=["mediator"], unit=None)
    dispute = mediating(clerk)
    row = services.offer(
        dispute=dispute, actor=clerk, mediator=mediator("周调解", user=account), role="assists"
    )
    return dispute, row, account


def state_of(row) -> str:
    row.refresh_from_db()
    return row.state


def test_a_full_or_retired_mediator_or_a_party_is_not_offered_the_dispute():
    clerk = officer()
    busy = mediator()
    busy.load_limit = 1
    busy.save()
    mediating(clerk, busy)
    dispute = consented(clerk)
    with pytest.raises(InvalidInput):
        services.offer(dispute=dispute, actor=clerk, mediator=busy)
    with pytest.raises(InvalidInput):
        services.offer(dispute=dispute, actor=clerk, mediator=mediator("李大山", phone="13987654321"))
    gone = mediator("赵退休")
    services.retire_mediator(actor=chief(), mediator=gone, on=today())
    with pytest.raises(InvalidInput):
        services.offer(dispute=dispute, actor=clerk, mediator=gone)
    with pytest.raises(DomainError):
        services.retire_mediator(actor=chief(), mediator=busy, on=today())


def test_an_offer_without_an_answer_lapses_once_and_can_be_made_to_another():
    clerk = officer()
    dispute = consented(clerk)
    services.offer(dispute=dispute, actor=clerk, mediator=mediator())
    with time_machine.travel(timezone.now() + timedelta(days=12), tick=False):
        assert workflow.escalate_missed() == 1
        assert workflow.escalate_missed() == 0
    dispute.refresh_from_db()
    assert (dispute.status, dispute.mediator) == (DisputeStatus.TO_ASSIGN, None)
    services.offer(dispute=dispute, actor=clerk, mediator=mediator("周调解"))


def test_the_mediators_own_account_sees_only_its_disputes_and_answers_for_itself_only():
    clerk = officer()
    account, other = UserFactory(roles=["mediator"], unit=None), UserFactory(roles=["mediator"], unit=None)
    mine, theirs = mediator(user=account), mediator("别人", user=other)
    dispute = consented(clerk)
    foreign = mediating(clerk, theirs)
    services.offer(dispute=dispute, actor=clerk, mediator=mine)
    assert list(Dispute.objects.visible_to(account)) == [dispute]
    with pytest.raises(NotAllowed):
        services.accept_offer(dispute=dispute, actor=other, conflict_disclosed=True)
    services.accept_offer(dispute=dispute, actor=account, conflict_disclosed=True)
    with pytest.raises(NotAllowed):
        services.conclude_failed(dispute=foreign, actor=account, reason="谈不拢")


def test_who_was_not_appointed_on_the_day_can_not_sign():
    clerk = officer()
    helper = mediator()
    dispute = with_session(clerk, helper)
    with pytest.raises(InvalidInput, match="changed") as caught:
        services.record_agreement(
            dispute=dispute,
            actor=clerk,
            is_written=True,
            terms="围墙内移五十公分",
            method="自行拆除",
            items=[("拆墙", None, today())],
            signed_by=helper,
            committee=committee(),
        )
    assert "not appointed" in caught.value.fields["signed_by"][0]
    member = appointed("周调解")
    written = {
        "dispute": dispute,
        "actor": clerk,
        "is_written": True,
        "terms": "围墙内移五十公分",
        "method": "自行拆除",
        "items": [("拆墙", None, today())],
        "signed_by": member,
        "committee": committee(),
    }
    with pytest.raises(InvalidInput) as caught:
        services.record_agreement(**written)
    assert "does not mediate" in caught.value.fields["signed_by"][0]
    row = services.offer(dispute=dispute, actor=clerk, mediator=member, role="assists")
    services.accept_offer(dispute=dispute, actor=clerk, conflict_disclosed=True, assignment=row)
    services.record_agreement(**written)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome) == (DisputeStatus.AGREED, "written")


def test_who_is_asked_to_assist_accepts_or_declines_and_acts_only_after_accepting():
    clerk = officer()
    dispute, row, account = helped(clerk)
    session = {
        "dispute": dispute,
        "actor": account,
        "held_at": timezone.now(),
        "venue": "村委会",
        "text": "双方陈述事实经过",
        "mediators": [row.mediator],
        "is_signed": True,
    }
    with pytest.raises(NotAllowed):
        services.record_session(**session)
    with pytest.raises(InvalidInput):
        services.record_session(**session | {"actor": clerk})
    services.accept_offer(dispute=dispute, actor=account, conflict_disclosed=True)
    assert state_of(row) == "accepted"
    services.record_session(**session)
    for act, facts in (
        (services.record_agreement, {"is_written": False, "terms": "围墙内移五十公分"}),
        (services.conclude_failed, {"reason": "谈不拢"}),
    ):
        with pytest.raises(NotAllowed):
            act(dispute=dispute, actor=account, **facts)
    with pytest.raises(DomainError, match="answered already"):
        services.decline_offer(dispute=dispute, actor=account, reason="太忙", assignment=row)
    services.replace_mediator(dispute=dispute, actor=clerk, reason="当事人要求更换", assignment=row)
    assert state_of(row) == "replaced"
    assert not Dispute.objects.visible_to(account).exists()
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.MEDIATING


def test_an_offer_to_assist_is_declined_lapses_or_ends_with_mediation_and_the_lead_goes_on():
    clerk = officer()
    dispute, declined, account = helped(clerk)
    with pytest.raises(InvalidInput):
        services.decline_offer(dispute=dispute, actor=account, reason=" ")
    services.decline_offer(dispute=dispute, actor=account, reason="与当事人是亲戚")
    assert state_of(declined) == "declined"
    late = services.offer(dispute=dispute, actor=clerk, mediator=mediator("吴调解"), role="assists")
    with time_machine.travel(timezone.now() + timedelta(days=12), tick=False):
        assert workflow.escalate_missed() == 1
        assert workflow.escalate_missed() == 0
    assert state_of(late) == "declined"
    with pytest.raises(InvalidInput, match="changed"):
        services.offer(dispute=dispute, actor=clerk, mediator=dispute.mediator, role="assists")
    left = services.offer(dispute=dispute, actor=clerk, mediator=mediator("郑调解"), role="assists")
    services.conclude_failed(dispute=dispute, actor=clerk, reason="双方差距过大")
    assert state_of(left) == "ended"
    assert not Deadline.objects.running().exists()


def test_who_was_only_asked_to_lead_does_not_act_yet():
    clerk = officer()
    account = UserFactory(roles=["mediator"], unit=None)
    dispute = consented(clerk)
    services.offer(dispute=dispute, actor=clerk, mediator=mediator(user=account))
    with pytest.raises(NotAllowed):
        services.plan_follow_up(dispute=dispute, actor=account, due_on=today(), way="phone")
    services.accept_offer(dispute=dispute, actor=account, conflict_disclosed=True)
    services.plan_follow_up(dispute=dispute, actor=account, due_on=today(), way="phone")
    with pytest.raises(InvalidInput):
        services.plan_follow_up(
            dispute=dispute, actor=account, due_on=today() - timedelta(days=1), way="phone"
        )


def test_who_has_left_is_neither_appointed_nor_signs_nor_leaves_again():
    clerk, boss = officer(), chief()
    gone = appointed("周调解")
    dispute = with_session(clerk)
    services.retire_mediator(actor=boss, mediator=gone, on=today())
    with pytest.raises(DomainError):
        services.retire_mediator(actor=boss, mediator=gone, on=today())
    with pytest.raises(DomainError):
        start = today() + timedelta(days=800)
        services.appoint(
            actor=boss, mediator=gone, committee=committee(), start=start, end=start + timedelta(days=9)
        )
    with pytest.raises(InvalidInput):
        services.record_agreement(
            dispute=dispute,
            actor=clerk,
            is_written=True,
            terms="围墙内移五十公分",
            signed_by=gone,
            committee=committee(),
        )
    fresh = mediator("新人")
    with pytest.raises(InvalidInput):
        services.retire_mediator(actor=boss, mediator=fresh, on=today() - timedelta(days=400))


def test_an_account_belongs_to_one_mediator_and_has_the_role():
    boss = chief()
    account, stranger = (
        UserFactory(roles=["mediator"], unit=None),
        UserFactory(roles=["volunteer"], unit=None),
    )
    mine = mediator(user=account)
    with pytest.raises(InvalidInput) as caught:
        mediator("别人", user=account)
    assert "belongs to the mediator 张守源" in caught.value.fields["user"][0]
    other = mediator("别人")
    with pytest.raises(InvalidInput):
        services.link_account(actor=boss, mediator=other, user=account)
    with pytest.raises(InvalidInput) as caught:
        services.link_account(actor=boss, mediator=other, user=stranger)
    assert "mediator role" in caught.value.fields["user"][0]
    with pytest.raises(NotAllowed):
        services.link_account(actor=officer(), mediator=mine, user=None)
    assert services.link_account(actor=boss, mediator=mine, user=account).user == account
    for wrong in (account, stranger):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mediator.objects.filter(pk=other.pk).update(user=wrong)
