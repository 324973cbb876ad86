"""Public-security mediation: what 程序规定 ch. 10 lets the police do, and what it doesn't."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import today
from anji_police.workflow import services as workflow
from anji_police.workflow.models import Deadline
from mediation import services
from mediation.models import Dispute, DisputeStatus, PoliceCase
from mediation.services import PartySpec
from mediation.services.public_security import BARS
from tests.factories import chief, officer
from tests.mediation.factories import (
    APPLICANT,
    RESPONDENT,
    checked,
    consented,
    mediating,
    mediator,
    registered,
    visited,
)
from tests.reports import ink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TRACK = {"track": Dispute.Track.PUBLIC_SECURITY}


def agree(dispute, actor, **changes):
    facts = {
        "is_written": True,
        "terms": "赔偿医药费八百元并当面道歉",
        "method": "当场现金支付",
        "items": [("医药费", 800, today())],
        "presider": actor,
        "incident_at": timezone.now() - timedelta(days=2),
        "incident_place": "皈山场村村口",
        "facts": "因停车发生争吵，互相推搡致轻微擦伤。",
    } | changes
    return services.record_agreement(dispute=dispute, actor=actor, **facts)


def session(dispute, actor, **changes):
    facts = {
        "held_at": timezone.now(),
        "venue": "孝源派出所调解室",
        "text": "双方陈述事实经过",
        "mediators": [dispute.mediator],
        "is_signed": True,
        "officer": actor,
    } | changes
    return services.record_session(dispute=dispute, actor=actor, **facts)


def test_it_waits_for_the_check_and_the_parts_of_the_parties():
    clerk = officer()
    dispute = registered(clerk, **TRACK)
    for party in dispute.parties.all():
        services.record_consent(party=party, actor=clerk, given=True, form="oral")
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.CONSULTING
    checked(clerk, dispute)
    assert dispute.status == DisputeStatus.TO_ASSIGN


@pytest.mark.parametrize("bar", BARS)
def test_each_of_the_seven_bars_refuses_it_and_the_case_goes_on(bar):
    clerk = officer()
    dispute = checked(clerk, registered(clerk, **TRACK), bars=(bar,))
    assert (dispute.status, dispute.outcome) == (DisputeStatus.REFUSED, "refused")
    case = dispute.cases.get()
    assert (case.cause, case.opened_at) == ("barred", dispute.registered_at)
    assert Deadline.objects.about(dispute).running().get().kind == "mediation.case"
    assert dispute.checks.get().answers[bar]["reason"]


@pytest.mark.parametrize("changes", [{"minor": False}, {"ground": "none"}, {"act": "other"}])
def test_only_minor_cases_of_the_listed_acts_are_open(changes):
    clerk = officer()
    dispute = checked(clerk, registered(clerk, **TRACK), **changes)
    assert dispute.status == DisputeStatus.REFUSED


def test_every_bar_is_asked_and_a_yes_has_a_reason():
    clerk = officer()
    dispute = registered(clerk, **TRACK)
    answers = {bar: {"applies": False, "reason": ""} for bar in BARS}
    del answers["gang"]
    answers["hired"] = {"applies": True, "reason": " "}
    with pytest.raises(InvalidInput) as caught:
        services.check_suitability(
            dispute=dispute,
            actor=clerk,
            act="beating",
            ground="trivial",
            is_minor_case=True,
            answers=answers,
        )
    assert set(caught.value.fields) == {"bar_gang", "reason_hired"}
    with pytest.raises(DomainError):
        checked(clerk, registered(clerk))


def test_a_new_attack_during_mediation_ends_it_and_starts_the_case():
    clerk = officer()
    dispute = mediating(clerk, **TRACK)
    checked(clerk, dispute, bars=("again",))
    assert (dispute.status, dispute.outcome) == (DisputeStatus.FAILED, "failed")
    assert dispute.cases.get().opened_at > dispute.registered_at


def test_a_suspect_sends_no_representative_and_a_victim_one_with_authority():
    clerk = officer()
    agent = {"representative_name": "王律师", "authority": "special", "authority_text": "代为调解、和解"}
    victim = PartySpec(side="applicant", name="王小明", **agent)
    with pytest.raises(InvalidInput):
        registered(
            clerk,
            parties=[APPLICANT, PartySpec(side="respondent", name="李大山", part="suspect", **agent)],
            **TRACK,
        )
    with pytest.raises(InvalidInput):
        registered(
            clerk, parties=[PartySpec(side="applicant", name="王", representative_name="张"), RESPONDENT]
        )
    dispute = registered(clerk, parties=[victim, RESPONDENT], **TRACK)
    with pytest.raises(InvalidInput, match="changed"):
        services.check_suitability(
            dispute=dispute,
            actor=clerk,
            act="beating",
            ground="trivial",
            is_minor_case=True,
            answers={bar: {"applies": False} for bar in BARS},
            parts={dispute.parties.get(side="applicant").pk: "both"},
        )
    assert not dispute.checks.exists()


def test_the_guardian_of_a_minor_is_there():
    clerk = officer()
    minor = PartySpec(side="applicant", name="小王", is_minor=True, guardian_name="王建国")
    dispute = mediating(clerk, parties=[minor, RESPONDENT], **TRACK)
    with pytest.raises(InvalidInput) as caught:
        session(dispute, clerk)
    assert "guardian" in caught.value.fields
    assert session(dispute, clerk, guardian="present").guardian == "present"


def test_it_is_tried_once_and_a_second_time_within_seven_working_days_and_never_a_third():
    clerk = officer()
    dispute = mediating(clerk, **TRACK)
    assert session(dispute, clerk, is_signed=False).attempt == 1
    with pytest.raises(InvalidInput) as caught:
        session(dispute, clerk)
    assert "again_because" in caught.value.fields
    limit = Deadline.objects.about(dispute).get(kind="mediation.second_try")
    with time_machine.travel(limit.due_at, tick=False), pytest.raises(InvalidInput) as caught:
        session(dispute, clerk, again_because="party")
    assert "held_at" in caught.value.fields
    with time_machine.travel(limit.due_at - timedelta(seconds=1), tick=False):
        assert session(dispute, clerk, again_because="party").attempt == 2
        with pytest.raises(DomainError, match="as often"):
            session(dispute, clerk, again_because="party")


def test_the_agreement_is_written_and_has_the_contents_of_the_law():
    clerk = officer()
    dispute = mediating(clerk, **TRACK)
    session(dispute, clerk)
    for lacking in ({"is_written": False}, {"presider": None}, {"incident_at": None}, {"incident_place": ""}):
        with pytest.raises(InvalidInput) as caught:
            agree(dispute, clerk, **lacking)
        assert set(caught.value.fields) == set(lacking)
    with pytest.raises(InvalidInput):
        agree(dispute, clerk, method="")
    agree(dispute, clerk, others_present="村干部老周")
    told = ink.text(services.draw(dispute=dispute, actor=clerk, item="agreement"))
    for asked in (
        "治安调解协议书",
        f"主持民警（{clerk.name}）",
        "被侵害人王小明",
        "违法嫌疑人李大山",
        "其他在场人员：村干部老周",
        "皈山场村村口",
        "因停车发生争吵，互相推搡致轻微擦伤",
        "赔偿医药费八百元并当面道歉",
        "800.00元",
        "履行方式：当场现金支付",
        clerk.unit.name,
    ):
        assert asked in told, asked


def test_who_performs_is_not_punished_and_no_case_runs():
    clerk = officer()
    dispute = mediating(clerk, **TRACK)
    session(dispute, clerk)
    agree(dispute, clerk, at_once=True)
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.PERFORMED
    assert not dispute.cases.exists()
    assert not Deadline.objects.about(dispute).running().exists()
    assert dispute.agreement.items.get().done_on == today()


def test_who_does_not_perform_has_the_case_from_that_day_and_it_is_extended_once():
    clerk = officer()
    dispute = mediating(clerk, **TRACK)
    session(dispute, clerk)
    agree(dispute, clerk)
    services.put_into_effect(dispute=dispute, actor=clerk)
    assert not Deadline.objects.about(dispute).filter(kind="mediation.judicial_confirmation").exists()
    later = timezone.now() + timedelta(days=40)
    with time_machine.travel(later, tick=False):
        services.record_performance(dispute=dispute, actor=clerk, failed_reason="拒不支付")
        clock = Deadline.objects.about(dispute).get(kind="mediation.case")
        assert (clock.started_at, clock.due_at.date() - later.date()) in [
            (later, timedelta(days=30)),
            (later, timedelta(days=31)),
        ]
        services.extend_case(dispute=dispute, actor=clerk, approved_by="县局法制大队", reason="案情复杂")
        assert Deadline.objects.get(pk=clock.pk).due_at - clock.due_at == timedelta(days=30)
        with pytest.raises(DomainError):
            services.extend_case(dispute=dispute, actor=clerk, approved_by="县局法制大队", reason="案情复杂")
        services.tell_routes(dispute=dispute, actor=clerk, form="oral")
        visited(clerk, dispute)
        with pytest.raises(DomainError, match="case is still open"):
            services.close(dispute=dispute, actor=clerk, reason="未履行")
        services.record_performance(
            dispute=dispute,
            actor=clerk,
            done={dispute.agreement.items.get().pk: today()},
            proof="收据0012号",
        )
        assert PoliceCase.objects.get().decision == "performed"
        services.close(dispute=dispute, actor=clerk)


def test_a_case_ends_with_a_numbered_decision():
    clerk = officer()
    dispute = mediating(clerk, **TRACK)
    services.conclude_failed(dispute=dispute, actor=clerk, reason="双方差距过大")
    with pytest.raises(InvalidInput):
        services.decide_case(dispute=dispute, actor=clerk, decision="penalty")
    services.decide_case(
        dispute=dispute, actor=clerk, decision="penalty", number="安公(孝)行罚决字〔2026〕1号"
    )
    dispute.refresh_from_db()
    assert dispute.due_at is None
    with pytest.raises(DomainError):
        services.decide_case(dispute=dispute, actor=clerk, decision="terminated")


def test_what_happened_elsewhere_is_moved_in_twenty_four_hours():
    clerk, boss = officer(), None
    boss = chief(unit=clerk.unit)
    late, moved = registered(clerk, is_outside=True), registered(clerk, is_outside=True)
    services.refer_out(
        dispute=moved, actor=clerk, body="outside", body_name="长兴县公安局", reason="案发地在长兴县"
    )
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1), tick=False):
        workflow.escalate_missed()
        workflow.escalate_missed()
    told = boss.notifications.filter(text__contains="24 hours")
    assert [row.url for row in told] == [late.get_absolute_url()]


def test_a_check_by_the_police_keeps_an_offer_from_going_on():
    clerk = officer()
    dispute = consented(clerk, **TRACK)
    services.offer(dispute=dispute, actor=clerk, mediator=mediator())
    checked(clerk, dispute, bars=("repeated",))
    assert dispute.status == DisputeStatus.REFUSED
    assert dispute.assignments.get().state == "ended"
