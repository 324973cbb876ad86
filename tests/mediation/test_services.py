"""Mediation from registration to closure, each guard of the law beside its success."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from anji_police import metrics, routing
from anji_police.audit.models import AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.helpdesk import services as helpdesk
from anji_police.helpdesk.models import HelpRequest, Status
from anji_police.jobs import services as jobs
from anji_police.periods import Period, today
from anji_police.places.models import Unit
from anji_police.workflow.models import Deadline, TransitionEntry
from mediation import services
from mediation.filters import DisputeFilter
from mediation.models import Agreement, Assignment, Dispute, DisputeStatus, FollowUp, Party
from tests.factories import chief, leader, officer
from tests.helpdesk.factories import in_progress
from tests.mediation.factories import (
    APPLICANT,
    RESPONDENT,
    again,
    consented,
    mediating,
    mediator,
    registered,
    reopened,
    visited,
    with_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_mediation_waits_until_both_sides_have_consented():
    clerk = officer()
    dispute = registered(clerk)
    first, second = dispute.parties.all()
    with pytest.raises(DomainError):
        services.offer(dispute=dispute, actor=clerk, mediator=mediator())
    services.record_consent(party=first, actor=clerk, given=True, form="oral")
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.CONSULTING
    services.record_consent(party=second, actor=clerk, given=True, form="written")
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.TO_ASSIGN


def test_one_refusal_ends_it_and_one_party_alone_is_not_enough():
    clerk = officer()
    dispute = registered(clerk)
    services.record_consent(party=dispute.parties.last(), actor=clerk, given=False, form="oral")
    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome) == (DisputeStatus.REFUSED, Dispute.Outcome.REFUSED)
    lone = registered(clerk, parties=[APPLICANT])
    services.record_consent(party=lone.parties.get(), actor=clerk, given=True, form="oral")
    lone.refresh_from_db()
    assert lone.status == DisputeStatus.CONSULTING


def test_a_minor_consents_through_the_guardian():
    clerk = officer()
    with pytest.raises(InvalidInput):
        registered(
            clerk, parties=[services.PartySpec(side="applicant", name="小王", is_minor=True), RESPONDENT]
        )
    minor = services.PartySpec(side="applicant", name="小王", is_minor=True, guardian_name="王建国")
    party = registered(clerk, parties=[minor, RESPONDENT]).parties.get(is_minor=True)
    with pytest.raises(DomainError):
        services.record_consent(party=party, actor=clerk, given=True, form="oral")
    services.record_consent(party=party, actor=clerk, given=True, form="oral", guardian_present=True)


def test_codes_of_a_year_run_without_a_gap():
    clerk = officer()
    codes = [registered(clerk).code for _n in range(3)]
    assert codes == [f"TJ{today().year}-{n:06d}" for n in (1, 2, 3)]


def test_the_thirty_days_begin_with_the_mediators_acceptance_and_interests_come_first():
    clerk = officer()
    dispute = consented(clerk)
    services.offer(dispute=dispute, actor=clerk, mediator=mediator())
    with pytest.raises(InvalidInput):
        services.accept_offer(dispute=dispute, actor=clerk, conflict_disclosed=False)
    moment = timezone.now() + timedelta(days=1)
    with time_machine.travel(moment, tick=False):
        services.accept_offer(dispute=dispute, actor=clerk, conflict_disclosed=True)
    clock = Deadline.objects.about(dispute).get(kind="mediation.conclude")
    assert timedelta(days=30) < clock.due_at - moment <= timedelta(days=31)


def test_an_agreement_needs_a_signed_session():
    clerk = officer()
    dispute = mediating(clerk)
    with pytest.raises(DomainError, match="signed"):
        services.record_agreement(dispute=dispute, actor=clerk, is_written=False, terms="双方当场和解")


def test_in_public_security_mediation_an_officer_presides():
    clerk = officer()
    dispute = mediating(clerk, track=Dispute.Track.PUBLIC_SECURITY)
    facts = {
        "dispute": dispute,
        "actor": clerk,
        "held_at": timezone.now(),
        "venue": "派出所",
        "text": "双方陈述事实经过",
        "mediators": [dispute.mediator],
        "is_signed": True,
    }
    with pytest.raises(InvalidInput):
        services.record_session(**facts)
    assert services.record_session(**facts, officer=clerk).officer == clerk


def test_instalments_end_in_performance_then_follow_up_then_closure():
    clerk = officer()
    dispute = with_session(clerk, risk_factors=("violence", "threat"))
    assert dispute.risk == "A"
    services.record_agreement(
        dispute=dispute,
        actor=clerk,
        is_written=False,
        terms="分两次付清医药费",
        items=[("第一期", 500, today()), ("第二期", 500, today() + timedelta(days=30))],
    )
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.EFFECTIVE
    first, second = dispute.agreement.items.all()
    services.record_performance(dispute=dispute, actor=clerk, done={first.pk: today()})
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.EFFECTIVE
    with pytest.raises(InvalidInput):
        services.record_performance(
            dispute=dispute, actor=clerk, done={second.pk: today() + timedelta(days=1)}
        )
    services.record_performance(dispute=dispute, actor=clerk, done={second.pk: today()})
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.PERFORMED
    visit = FollowUp.objects.open().get()
    assert (visit.way, visit.due_on) == ("visit", today() + timedelta(days=1))
    with pytest.raises(DomainError, match="follow-up"):
        services.close(dispute=dispute, actor=clerk)
    visited(clerk, dispute, 3, performance="已全部付清", satisfaction=5)
    services.close(dispute=dispute, actor=clerk)
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.CLOSED
    assert Assignment.objects.get().state == "ended"
    states = list(
        TransitionEntry.objects.filter(subject_id=dispute.pk, subject_type="mediation.dispute").values_list(
            "to_state", flat=True
        )
    )
    assert states == [
        "registered",
        "consulting",
        "to_assign",
        "offered",
        "mediating",
        "agreed",
        "effective",
        "performed",
        "closed",
    ]


def test_a_grade_drops_only_after_a_visit_and_a_departure_needs_a_reason():
    clerk = officer()
    dispute = registered(clerk, risk_factors=("weapon", "threat"))
    with pytest.raises(InvalidInput):
        services.assess_risk(dispute=dispute, actor=clerk, factors=(), grade="A")
    with pytest.raises(DomainError, match="visit"):
        services.assess_risk(dispute=dispute, actor=clerk, factors=())
    visit = services.plan_follow_up(dispute=dispute, actor=clerk, due_on=today(), way="visit")
    services.record_follow_up(follow_up=visit, actor=clerk, performance="双方情绪平稳", cadre="村干部老周")
    services.assess_risk(dispute=dispute, actor=clerk, factors=())
    dispute.refresh_from_db()
    assert dispute.risk == "D"
    assert [a.grade for a in dispute.assessments.all()] == ["D", "A"]


def test_failure_tells_the_other_ways_and_a_chief_can_reopen():
    clerk = officer()
    boss = chief(unit=clerk.unit)
    dispute = mediating(clerk)
    with pytest.raises(InvalidInput):
        services.conclude_failed(dispute=dispute, actor=clerk, reason=" ")
    services.conclude_failed(dispute=dispute, actor=clerk, reason="双方差距过大")
    services.waive_follow_up(follow_up=FollowUp.objects.get(), actor=clerk, reason="已向法院起诉")
    services.tell_routes(dispute=dispute, actor=clerk, form="oral")
    services.close(dispute=dispute, actor=clerk)
    with pytest.raises(NotAllowed):
        services.reopen(dispute=dispute, actor=clerk, reason="再次报警")
    with pytest.raises(DomainError):
        services.reopen(dispute=mediating(clerk), actor=boss, reason="再次报警")
    services.reopen(dispute=dispute, actor=boss, reason="再次报警")
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.TO_ASSIGN


def test_a_refused_dispute_that_is_opened_again_asks_for_consent_again():
    clerk = officer()
    boss = chief(unit=clerk.unit)
    dispute = registered(clerk)
    first, second = dispute.parties.all()
    services.record_consent(party=first, actor=clerk, given=True, form="oral")
    services.record_consent(party=second, actor=clerk, given=False, form="oral")
    services.close(dispute=dispute, actor=clerk)
    services.reopen(dispute=dispute, actor=boss, reason="再次报警")
    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome, dispute.concluded_at) == ("consulting", "", None)
    assert [party.consent for party in dispute.parties.all()] == ["given", "unasked"]
    with pytest.raises(DomainError):
        services.offer(dispute=dispute, actor=clerk, mediator=mediator())
    services.record_consent(party=second, actor=clerk, given=True, form="written")
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.TO_ASSIGN


def test_who_had_consented_before_the_police_refused_is_asked_again_too():
    clerk = officer()
    dispute = registered(clerk)
    services.record_consent(party=dispute.parties.first(), actor=clerk, given=True, form="oral")
    services.refuse_mediation(dispute=dispute, actor=clerk, reason="不属于调解范围")
    services.close(dispute=dispute, actor=clerk)
    services.reopen(dispute=dispute, actor=chief(unit=clerk.unit), reason="情况有变")
    assert set(dispute.parties.values_list("consent", flat=True)) == {"unasked"}


def test_a_dispute_that_was_opened_again_gets_a_second_agreement_and_the_first_stays_as_it_was():
    clerk = officer()
    dispute = reopened(clerk)
    first = dispute.agreement
    with pytest.raises(DomainError, match="signed"):  # the session of before does not count
        services.record_agreement(dispute=dispute, actor=clerk, is_written=False, terms="改为一次付清")
    second = again(clerk, dispute)
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert dispute.agreement == second
    old_item = first.items.get(done_on=None)
    with pytest.raises(InvalidInput):
        services.record_performance(dispute=dispute, actor=clerk, done={old_item.pk: today()})
    services.record_performance(dispute=dispute, actor=clerk, done={second.items.get().pk: today()})
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.PERFORMED
    for row, change in ((first, {"terms": "改过"}), (old_item, {"done_on": today()})):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(dispute=dispute, is_written=False, terms="又一份", agreed_on=today())


def test_the_month_of_an_agreement_keeps_its_figure_when_the_dispute_is_opened_again_and_fails():
    clerk = officer()
    with time_machine.travel(Period.month("2026-02").start + timedelta(days=3), tick=False):
        dispute = reopened(clerk)
    with time_machine.travel(Period.month("2026-03").start + timedelta(days=3), tick=False):
        services.conclude_failed(dispute=dispute, actor=clerk, reason="双方差距过大")

    def share(month):
        reading = metrics.measure(
            "mediation.success_rate", period=Period.month(month), units=Unit.objects.all()
        )
        rows = DisputeFilter(reading.rows, queryset=Dispute.objects.all()).qs
        assert rows.count() == reading.numerator
        return reading.numerator, reading.denominator

    assert share("2026-02") == (1, 1)
    assert share("2026-03") == (0, 1)
    both = {"period": Period.month("2026-02"), "units": Unit.objects.all()}
    assert metrics.measure("mediation.concluded", **both).numerator == 1


def test_a_party_that_thinks_better_of_it_ends_the_search_for_a_mediator():
    clerk = officer()
    dispute = consented(clerk)
    services.refuse_mediation(dispute=dispute, actor=clerk, reason="当事人反悔")
    dispute.refresh_from_db()
    assert (dispute.status, dispute.outcome) == (DisputeStatus.REFUSED, Dispute.Outcome.REFUSED)


def test_performance_is_said_once_and_never_in_silence():
    clerk = officer()
    dispute = with_session(clerk)
    services.record_agreement(
        dispute=dispute,
        actor=clerk,
        is_written=False,
        terms="分两次付清医药费",
        signed_by=mediator("没有聘任"),
        items=[("第一期", 500, today()), ("第二期", 500, today())],
    )
    assert dispute.agreement.signed_by is None  # nobody signs what was said
    first, second = dispute.agreement.items.all()
    act = {"dispute": dispute, "actor": clerk}
    with pytest.raises(InvalidInput):
        services.record_performance(**act)
    services.record_performance(**act, done={first.pk: today()}, failed_reason="第二期拒不支付")
    with pytest.raises(InvalidInput):
        services.record_performance(**act, done={first.pk: today() - timedelta(days=1)})
    version = Dispute.objects.get().version
    services.record_performance(**act, failed_reason="仍未支付")
    assert Dispute.objects.get().version == version + 1
    services.record_performance(**act, done={second.pk: today()})
    assert Dispute.objects.get().status == DisputeStatus.PERFORMED
    entries = AuditEntry.objects.filter(action="mediation.dispute.performance-recorded")
    assert [entry.after for entry in entries.order_by("id")] == [{"items": 1}, {"items": 1}]


def test_a_closed_dispute_is_neither_graded_nor_visited():
    clerk = officer()
    dispute = registered(clerk)
    services.refuse_mediation(dispute=dispute, actor=clerk, reason="双方已自行和解")
    services.close(dispute=dispute, actor=clerk)
    with pytest.raises(DomainError):
        services.assess_risk(dispute=dispute, actor=clerk, factors=("weapon",))
    with pytest.raises(DomainError):
        services.plan_follow_up(dispute=dispute, actor=clerk, due_on=today(), way="phone")


def test_a_dispute_is_registered_for_a_unit_in_sight():
    clerk = officer()
    with pytest.raises(InvalidInput) as caught:
        registered(clerk, unit=officer().unit)
    assert "unit" in caught.value.fields
    with pytest.raises(InvalidInput):
        registered(clerk, parties=[APPLICANT] * 31)
    assert not Dispute.objects.exists()


def test_the_database_refuses_a_second_lead_and_a_consent_without_form():
    clerk = officer()
    dispute = mediating(clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(dispute=dispute, mediator=mediator("二号"), offered_by=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.filter(dispute=dispute).update(consent="refused", consent_form="")


def test_another_station_and_a_reader_get_nowhere():
    clerk = officer()
    dispute = consented(clerk)
    assert not Dispute.objects.visible_to(officer()).exists()
    assert Dispute.objects.visible_to(leader()).exists()
    with pytest.raises(NotAllowed):
        services.offer(dispute=dispute, actor=officer(), mediator=mediator())
    with pytest.raises(NotAllowed):
        services.offer(dispute=dispute, actor=leader(), mediator=mediator())


def test_a_request_becomes_a_dispute_and_its_end_becomes_the_citizens_answer():
    clerk = officer()
    request = in_progress(clerk)
    HelpRequest.objects.filter(pk=request.pk).update(language="zh-hans")
    dispute = helpdesk.route_to_field(request=request, actor=clerk, kind="mediation.dispute")
    assert dispute.source_code == request.reference
    assert dispute.parties.get().name.reveal() == "王小明"
    with pytest.raises(DomainError):
        helpdesk.route_to_field(request=request, actor=clerk, kind="mediation.dispute")
    services.add_party(dispute=dispute, actor=clerk, spec=RESPONDENT)
    for party in dispute.parties.all():
        services.record_consent(party=party, actor=clerk, given=True, form="oral")
    by = mediator()
    services.offer(dispute=dispute, actor=clerk, mediator=by)
    services.accept_offer(dispute=dispute, actor=clerk, conflict_disclosed=True)
    services.record_session(
        dispute=dispute,
        actor=clerk,
        held_at=timezone.now(),
        venue="村委会",
        text="双方当场握手言和",
        mediators=[by],
        is_signed=True,
    )
    services.record_agreement(dispute=dispute, actor=clerk, is_written=False, terms="围墙内移五十公分")
    services.record_performance(dispute=dispute, actor=clerk)
    services.waive_follow_up(follow_up=FollowUp.objects.get(), actor=clerk, reason="当场履行")
    jobs.run_due()
    request.refresh_from_db()
    assert request.status == Status.IN_PROGRESS
    services.close(dispute=dispute, actor=clerk)
    jobs.run_due()
    jobs.run_due()
    request.refresh_from_db()
    assert request.status == Status.ANSWERED
    progress = list(request.messages.filter(kind="progress").values_list("body", flat=True))
    assert len(progress) >= 4
    # The officer works in English, the citizen reads Chinese.
    assert [text for text in progress if text.isascii()] == []


def test_the_figures_count_the_month_of_shanghai_and_drill_down_to_their_rows():
    clerk = officer()
    won, lost = with_session(clerk), mediating(clerk)
    edge = Period.month("2026-02").start  # 2026-01-31T16:00Z
    with time_machine.travel(edge, tick=False):
        services.record_agreement(dispute=won, actor=clerk, is_written=False, terms="当场和解履行")
    with time_machine.travel(edge - timedelta(seconds=1), tick=False):
        services.conclude_failed(dispute=lost, actor=clerk, reason="双方差距过大")
    Dispute.objects.update(registered_at=edge)
    february = {"period": Period.month("2026-02"), "units": Unit.objects.all()}
    share = metrics.measure("mediation.success_rate", **february)
    assert (share.numerator, share.denominator) == (1, 1)
    assert metrics.measure("mediation.registered", **february).numerator == 2
    january = metrics.measure(
        "mediation.success_rate", period=Period.month("2026-01"), units=Unit.objects.all()
    )
    assert (january.numerator, january.denominator) == (0, 1)
    empty = metrics.measure(
        "mediation.success_rate", period=Period.month("2025-01"), units=Unit.objects.all()
    )
    assert empty.percent is None


def test_a_kind_has_one_taker():
    with pytest.raises(ValueError, match="twice"):
        routing.takes("mediation.dispute", label="x", permission="x")(lambda **_: None)
