"""Grades and visits, police tasks, more time, performance, referral and the file."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.notifications.models import Notification
from anji_police.periods import today
from anji_police.workflow import services as workflow
from anji_police.workflow.models import Deadline
from mediation import casefile, services
from mediation.models import Dispute, DisputeStatus, FollowUp, RiskAssessment
from mediation.services.following import visits_left
from mediation.services.performing import overdue_items
from tests.factories import UnitFactory, UserFactory, chief, duty_desk, officer
from tests.mediation.factories import (
    consented,
    mediating,
    mediator,
    photo,
    registered,
    signed,
    visited,
    with_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
RED = {"risk_factors": ("weapon", "threat")}


def clock(dispute, kind):
    return Deadline.objects.about(dispute).filter(kind=f"mediation.{kind}").last()


# -- risk ------------------------------------------------------------------------------------------------------------


def test_red_has_a_leader_a_visit_and_one_alarm_when_nobody_saw_the_parties():
    clerk = officer()
    boss, desk = chief(unit=clerk.unit), duty_desk()
    red, seen = registered(clerk, **RED), registered(clerk, **RED)
    assert (red.leader, red.risk) == (boss, "A")
    assert FollowUp.objects.filter(dispute=red).get().assignee == boss
    visited(clerk, seen)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1), tick=False):
        workflow.escalate_missed()
        workflow.escalate_missed()
    alarms = Notification.objects.filter(text__contains="Alarm")
    assert {row.url for row in alarms} == {red.get_absolute_url()}
    assert sorted(row.user_id for row in alarms) == sorted([clerk.pk, boss.pk, desk.pk])


def test_gradings_are_never_overwritten_and_keep_both_values():
    clerk = officer()
    dispute = registered(clerk)
    services.assess_risk(dispute=dispute, actor=clerk, factors=("threat",), grade="B", reason="曾扬言报复")
    row = dispute.assessments.first()
    assert (row.suggested, row.grade, row.reason) == ("C", "B", "曾扬言报复")
    with pytest.raises(DatabaseError), transaction.atomic():
        RiskAssessment.objects.filter(pk=row.pk).update(grade="D")
    assert dispute.assessments.count() == 2


def test_police_and_a_village_cadre_visit_red_and_orange_at_home():
    clerk = officer()
    account = UserFactory(roles=["mediator"], unit=None)
    dispute = mediating(clerk, mediator(user=account), **RED)
    visit = FollowUp.objects.get(dispute=dispute)
    with pytest.raises(NotAllowed):
        services.record_follow_up(follow_up=visit, actor=account, performance="平稳", cadre="老周")
    with pytest.raises(InvalidInput) as caught:
        services.record_follow_up(follow_up=visit, actor=clerk, performance="平稳")
    assert set(caught.value.fields) == {"cadre"}
    with pytest.raises(InvalidInput) as caught:
        visited(clerk, dispute, signs_of_escalation=True)
    assert set(caught.value.fields) == {"measures"}
    visited(clerk, dispute)
    following = FollowUp.objects.open().get(dispute=dispute)
    assert following.due_on == today() + timedelta(days=7)


def test_a_higher_grade_turns_the_planned_call_into_a_visit_and_brings_it_nearer():
    clerk = officer()
    dispute = signed(clerk)
    planned = FollowUp.objects.get(dispute=dispute)
    assert (planned.way, planned.due_on) == ("phone", today() + timedelta(days=15))
    services.assess_risk(dispute=dispute, actor=clerk, factors=("threat", "minor"))
    planned.refresh_from_db()
    assert (planned.way, planned.due_on) == ("visit", today() + timedelta(days=3))


def test_visits_end_by_the_rule_and_a_sign_of_escalation_needs_one_more():
    clerk = officer()
    dispute = with_session(clerk)
    services.record_agreement(
        dispute=dispute, actor=clerk, is_written=False, terms="当场和解履行", at_once=True
    )
    dispute.refresh_from_db()
    assert (dispute.status, visits_left(dispute)) == (DisputeStatus.PERFORMED, 1)
    visited(clerk, dispute, signs_of_escalation=True, measures="已上门稳控")
    assert visits_left(dispute) == 1
    with pytest.raises(DomainError, match="follow-up"):
        services.close(dispute=dispute, actor=clerk)
    visited(clerk, dispute)
    assert visits_left(dispute) == 0
    services.close(dispute=dispute, actor=clerk)


# -- police task -----------------------------------------------------------------------------------------------------


def test_one_tap_opens_a_task_with_its_clock_and_the_dispute_stays_open():
    clerk, desk = officer(), duty_desk()
    colleague = officer(unit=clerk.unit)
    account = UserFactory(roles=["mediator"], unit=None)
    dispute = mediating(clerk, mediator(user=account))
    services.escalate(dispute=dispute, actor=account)
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.MEDIATING
    told = Notification.objects.filter(text__contains="escalation").values_list("user", flat=True)
    assert {clerk.pk, colleague.pk, desk.pk} <= set(told)
    with pytest.raises(DomainError, match="already"):
        services.escalate(dispute=dispute, actor=clerk)
    with pytest.raises(NotAllowed):
        services.answer_task(dispute=dispute, actor=account, result="calmed", answer="已平息")
    services.take_task(dispute=dispute, actor=colleague)
    with pytest.raises(DomainError, match="taken"):
        services.take_task(dispute=dispute, actor=clerk)
    with pytest.raises(InvalidInput):
        services.answer_task(dispute=dispute, actor=clerk, result="case", answer="已受案调查")
    services.answer_task(dispute=dispute, actor=clerk, result="calmed", answer="已到场平息事态")
    assert clock(dispute, "police_task").met_at
    assert account.notifications.filter(text__contains="已到场平息事态").exists()
    with pytest.raises(DomainError, match="answered"):
        services.answer_task(dispute=dispute, actor=clerk, result="calmed", answer="已到场平息事态")


def test_a_task_that_is_not_answered_is_told_and_hinders_the_closing():
    clerk = officer()
    boss = chief(unit=clerk.unit)
    dispute = registered(clerk)
    services.refuse_mediation(dispute=dispute, actor=clerk, reason="不属受理范围")
    services.escalate(dispute=dispute, actor=clerk, signs="扬言报复")
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        workflow.escalate_missed()
    assert boss.notifications.filter(text__contains="not answered in time").count() == 1
    with pytest.raises(DomainError, match="task"):
        services.close(dispute=dispute, actor=clerk)


# -- time ------------------------------------------------------------------------------------------------------------


def test_time_is_extended_only_when_every_party_agrees():
    clerk = officer()
    dispute = mediating(clerk)
    keys = [party.pk for party in dispute.parties.all()]
    before = clock(dispute, "conclude").due_at
    facts = {"dispute": dispute, "actor": clerk, "reason": "等待补充证据", "form": "written"}
    for wrong in ({"days": 10, "agreed_by": keys[:1]}, {"days": 31, "agreed_by": keys}):
        with pytest.raises(InvalidInput):
            services.extend(**facts, **wrong)
    services.extend(**facts, days=10, agreed_by=keys)
    assert clock(dispute, "conclude").due_at - before == timedelta(days=10)
    dispute.refresh_from_db()
    assert dispute.due_at - before == timedelta(days=10)


def test_an_appraisal_stops_the_clock_for_as_long_as_it_takes():
    clerk = officer()
    dispute = mediating(clerk)
    before = clock(dispute, "conclude").due_at
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        services.begin_appraisal(dispute=dispute, actor=clerk, what="房屋损失")
        dispute.refresh_from_db()
        assert dispute.due_at is None
    with time_machine.travel(start + timedelta(days=20), tick=False):
        with pytest.raises(DomainError):
            services.begin_appraisal(dispute=dispute, actor=clerk, what="伤情")
        services.end_appraisal(dispute=dispute, actor=clerk, result="损失两千元")
    assert clock(dispute, "conclude").due_at - before == timedelta(days=20)


def test_when_the_parties_choose_nobody_the_station_appoints():
    clerk = officer()
    boss = chief(unit=clerk.unit)
    dispute = consented(clerk)
    first = clock(dispute, "choose")
    with time_machine.travel(first.due_at, tick=False):
        workflow.escalate_missed()
        second = clock(dispute, "appoint")
        assert second.started_at == first.due_at
        dispute.refresh_from_db()
        assert dispute.due_at == second.due_at
        services.offer(dispute=dispute, actor=clerk, mediator=mediator())
    assert clock(dispute, "appoint").met_at
    assert boss.notifications.filter(text__contains="Appoint one").count() == 1


# -- performance -----------------------------------------------------------------------------------------------------


def test_instalments_have_proof_and_are_overdue_until_then():
    clerk = officer()
    dispute = signed(clerk)
    item = dispute.agreement.items.get()
    stranger = officer()
    later = item.due_on + timedelta(days=1)
    assert not overdue_items(clerk, item.due_on).exists()
    assert list(overdue_items(clerk, later)) == [item]
    assert not overdue_items(stranger, later).exists()
    services.record_performance(dispute=dispute, actor=clerk, done={item.pk: today()}, proof="收据0012号")
    item.refresh_from_db()
    assert item.proof == "收据0012号"
    assert not overdue_items(clerk, later).exists()


def test_who_is_not_paid_is_told_the_ways_that_are_left_before_it_is_closed():
    clerk = officer()
    dispute = signed(clerk)
    services.record_performance(dispute=dispute, actor=clerk, failed_reason="拒不支付")
    visited(clerk, dispute)
    with pytest.raises(DomainError, match="ways that are left"):
        services.close(dispute=dispute, actor=clerk, reason="未履行")
    services.tell_routes(dispute=dispute, actor=clerk, form="written")
    with pytest.raises(DomainError):
        services.tell_routes(dispute=dispute, actor=clerk, form="written")
    services.close(dispute=dispute, actor=clerk, reason="告知向法院申请")


# -- referral --------------------------------------------------------------------------------------------------------


def test_another_station_sees_what_is_referred_and_owns_it_after_the_receipt():
    clerk, there = officer(), officer(unit=UnitFactory())
    dispute = registered(clerk)
    assert not Dispute.objects.visible_to(there).exists()
    row = services.refer_out(
        dispute=dispute, actor=clerk, body="station", unit=there.unit, reason="当事人均居住在贵所辖区"
    )
    assert list(Dispute.objects.visible_to(there)) == [dispute]
    with pytest.raises(NotAllowed):
        services.confirm_receipt(referral=row, actor=clerk)
    services.confirm_receipt(referral=row, actor=there)
    dispute.refresh_from_db()
    assert dispute.unit == there.unit
    assert not Dispute.objects.visible_to(clerk).exists()
    assert clock(dispute, "referral_receipt").met_at


def test_a_station_sends_it_back_with_words():
    clerk, there = officer(), officer(unit=UnitFactory())
    dispute = registered(clerk)
    row = services.refer_out(
        dispute=dispute, actor=clerk, body="station", unit=there.unit, reason="请贵所办理"
    )
    services.answer_referral(referral=row, actor=there, answer="不属我所管辖")
    assert not Dispute.objects.visible_to(there).exists()
    dispute.refresh_from_db()
    assert dispute.unit == clerk.unit


def test_who_referred_it_to_us_is_answered_before_it_is_closed():
    clerk = officer()
    with pytest.raises(InvalidInput):
        registered(clerk, source="referral")
    by = services.ReferredBy(
        body="court", body_name="安吉县人民法院", number="(2026)引调1号", reason="诉前委派调解"
    )
    dispute = registered(clerk, source="referral", referred_by=by)
    row = dispute.referrals.get()
    assert (row.direction, row.receipt) == ("in", dispute.code)
    services.refuse_mediation(dispute=dispute, actor=clerk, reason="当事人不愿意")
    with pytest.raises(DomainError, match="referred the dispute"):
        services.close(dispute=dispute, actor=clerk)
    services.answer_referral(referral=row, actor=clerk, answer="当事人不同意调解，退回法院")
    services.close(dispute=dispute, actor=clerk)


# -- file ------------------------------------------------------------------------------------------------------------


def test_the_file_is_archived_only_when_each_compulsory_paper_is_there():
    clerk = officer()
    dispute = signed(clerk)
    services.record_performance(
        dispute=dispute, actor=clerk, done={dispute.agreement.items.get().pk: today()}, proof="收据"
    )
    visited(clerk, dispute)
    services.tell_rights(dispute=dispute, actor=clerk)
    services.close(dispute=dispute, actor=clerk)
    dispute.refresh_from_db()
    assert [item.key for item in casefile.missing(dispute)] == ["identity"]
    with pytest.raises(DomainError, match="Proof of identity"):
        services.archive(dispute=dispute, actor=clerk)
    paper = services.file_paper(
        dispute=dispute, actor=clerk, item="identity", title="双方身份证复印件", pages=2, upload=photo()
    )
    assert paper.sha256
    services.archive(dispute=dispute, actor=clerk)
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.ARCHIVED
    assert dispute.archive_number == f"({today().year})人调字第00001号"
    assert dispute.retain_until.year == today().year + 10
    with pytest.raises(DomainError):
        services.file_paper(dispute=dispute, actor=clerk, item="evidence", title="补充证据")


def test_the_catalogue_asks_for_what_the_dispute_had():
    clerk = officer()
    dispute = registered(clerk)
    assert {i.key for i in casefile.missing(dispute)} == {"rights", "identity", "session", "back_cover"}
    services.refuse_mediation(dispute=dispute, actor=clerk, reason="不属受理范围")
    dispute.refresh_from_db()
    assert {i.key for i in casefile.missing(dispute)} == {"back_cover"}
    assert [i.number for i in casefile.CATALOGUE] == list(range(1, 14))
