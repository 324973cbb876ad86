"""Whom the match proposes, in which order, and whom never."""

import ast
import inspect
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from anji_police.accounts.roles import Role
from anji_police.errors import DomainError, InvalidInput
from anji_police.identifiers import birth_date, check_digit, years_before
from anji_police.periods import today
from anji_police.workflow import services as workflow
from anji_police.workflow.models import Rule
from mediation import matching, services
from mediation.models import Assignment, DisputeStatus, Mediator, Party
from mediation.services import PartySpec, grading
from tests.factories import UserFactory, administrator, chief, officer, place
from tests.helpdesk.factories import seed_rules, town
from tests.mediation.factories import APPLICANT, appointed, consented

pytestmark = pytest.mark.django_db
ANHUI, LUAN, JINZHAI, HUOQIU = "34", "3415", "341524", "341522"
FUYANG_COUNTY, GUSHI, ZHENXIONG = "341226", "411525", "530627"


@pytest.fixture(autouse=True)
def _divisions():
    places = {}
    names = (
        (ANHUI, "安徽省", "province"),
        (LUAN, "六安市", "prefecture"),
        (JINZHAI, "金寨县", "county"),
        (HUOQIU, "霍邱县", "county"),
        ("3412", "阜阳市", "prefecture"),
        (FUYANG_COUNTY, "颍上县", "county"),
        ("41", "河南省", "province"),
        (GUSHI, "固始县", "county"),
        ("53", "云南省", "province"),
        (ZHENXIONG, "镇雄县", "county"),
        ("42", "湖北省", "province"),
        ("429004", "仙桃市", "county"),
        ("429005", "潜江市", "county"),
    )
    for code, name, level in names:
        parent = places.get(code[:4] if len(code) == 6 else code[:2]) or places.get(code[:2])
        places[code] = place(code, name, level, parent if len(code) > 2 else None)


def person(name: str, origin: str, dialects=(), **facts) -> Mediator:
    return services.add_mediator(
        actor=None, name=name, origin=place(origin), place=town(), dialects=dialects, **facts
    )


def quarrel(a: str | None, b: str | None, *, says_a=(), says_b=(), clerk=None, **changes):
    """A dispute whose parties declared the origins `a` and `b`, both sides having consented."""
    clerk = clerk or officer()
    parties = [
        PartySpec(
            side=side,
            name=name,
            phone=phone,
            origin=place(origin) if origin else None,
            dialects=tuple(dialects),
        )
        for side, name, phone, origin, dialects in (
            (Party.Side.APPLICANT, "王小明", "13812345678", a, says_a),
            (Party.Side.RESPONDENT, "李大山", "13987654321", b, says_b),
        )
    ]
    return consented(clerk, parties=parties, place=town(), **changes)


def shown(dispute, **how) -> list[tuple[str, ...]]:
    return [tuple(p.name for p in found.people) for found in matching.propose(dispute, **how)]


def test_county_comes_before_city_before_province_before_speech_before_a_pair_before_strangers():
    dispute = quarrel(JINZHAI, JINZHAI, says_a=["江淮官话"], says_b=["江淮官话", "吴语"])
    person("生人", ZHENXIONG)
    person("同省", FUYANG_COUNTY)
    person("同市", HUOQIU)
    person("同县", JINZHAI)
    person("同音", GUSHI, ["江淮官话"])
    assert shown(dispute, neutral=True) == [("同县",), ("同市",), ("同省",), ("同音",), ("生人",)]
    assert shown(dispute) == [("同县",), ("同市",), ("同省",), ("同音",)]


def test_of_a_county_and_a_city_the_farther_counts():
    dispute = quarrel(JINZHAI, HUOQIU)
    person("霍邱人", HUOQIU)
    [found] = matching.find(dispute)
    assert (found.near_a, found.near_b, found.home(2)) == (2, 3, "六安市")
    assert "六安市" in matching.propose(dispute)[0].reasons[0]


def test_two_counties_that_belong_to_no_city_share_the_province_only():
    dispute = quarrel("429004", "429004")
    person("潜江人", "429005")
    [found] = matching.find(dispute)
    assert (found.near_a, found.near_b) == (1, 1)
    assert matching.shared_level("429005", "429004") == 1


def test_one_side_only_is_warned_of_and_a_pair_is_proposed_with_the_appointed_one_as_lead(english):
    dispute = quarrel(JINZHAI, ZHENXIONG)
    person("金寨人", JINZHAI)
    appointed("镇雄人")
    Mediator.objects.filter(name="镇雄人").update(origin=place(ZHENXIONG))
    pair, a_only, b_only = matching.propose(dispute)
    assert [p.name for p in pair.people] == ["镇雄人", "金寨人"]
    assert pair.warning == ""
    assert "镇雄人 leads" in " ".join(pair.reasons)
    assert "Risk of taking sides: close to the applicant's side" in a_only.warning
    assert "Risk of taking sides: close to the other side" in b_only.warning


def test_a_side_with_somebody_of_another_or_no_origin_has_none_in_common():
    clerk = officer()
    dispute = quarrel(JINZHAI, JINZHAI, clerk=clerk)
    person("金寨人", JINZHAI)
    assert matching.find(dispute)[0].sort == 1
    Party.objects.filter(dispute=dispute, side="respondent").update(origin=None)
    [found] = matching.find(dispute)
    assert (found.sort, found.near_a, found.near_b) == (3, 3, 0)


def test_load_comes_before_distance_and_distance_before_the_rest():
    clerk = officer()
    near, far = town(), place("330523110", "章村镇")
    near.seat, far.seat = "SRID=4326;POINT(119.61 30.62)", "SRID=4326;POINT(119.3 30.4)"
    near.save(), far.save()
    dispute = quarrel(JINZHAI, JINZHAI, clerk=clerk)
    made = [person(name, JINZHAI) for name in ("远闲", "近忙", "近闲")]
    Mediator.objects.filter(name="远闲").update(place=far)
    busy = quarrel(JINZHAI, JINZHAI, clerk=clerk)
    services.offer(dispute=busy, actor=clerk, mediator=made[1])
    assert shown(dispute) == [("近闲",), ("远闲",), ("近忙",)]
    assert matching.find(dispute)[1].metres > 10_000


def hindered(kind: str, dispute, clerk) -> Mediator:
    by = person("张守源", JINZHAI, phone="13800000001")
    head = chief(unit=clerk.unit)
    if kind == "left":
        services.retire_mediator(actor=head, mediator=by, on=today())
    elif kind == "minor":
        Mediator.objects.filter(pk=by.pk).update(born_on=today() - timedelta(days=17 * 365))
    elif kind == "party":
        Mediator.objects.filter(pk=by.pk).update(name="王小明", phone_index="")
    elif kind == "kin":
        services.record_conflict(actor=head, mediator=by, kind="kin", name="李 大山")
    elif kind == "employer-by-phone":
        services.record_conflict(
            actor=head, mediator=by, kind="employer", name="李经理", phone="139 8765 4321"
        )
    elif kind == "complaint":
        services.record_complaint(actor=head, mediator=by, ground="partial", text="只听一方的话")
    elif kind == "load":
        Mediator.objects.filter(pk=by.pk).update(load_limit=0)
    elif kind == "rejected":
        services.reject_mediator(dispute=dispute, mediator=by, actor=clerk, reason="对方不同意")
    return by


@pytest.mark.parametrize(
    "kind", ["left", "minor", "party", "kin", "employer-by-phone", "complaint", "load", "rejected"]
)
def test_who_is_barred_is_neither_proposed_nor_taken_by_the_service(kind):
    clerk = officer()
    dispute = quarrel(JINZHAI, JINZHAI, clerk=clerk)
    by = hindered(kind, dispute, clerk)
    assert shown(dispute, neutral=True) == []
    with pytest.raises(InvalidInput):
        services.offer(dispute=dispute, actor=clerk, mediator=by)
    dispute.refresh_from_db()
    assert dispute.status == DisputeStatus.TO_ASSIGN


def test_who_is_too_young_follows_the_rule_of_the_day(english):
    dispute = quarrel(JINZHAI, JINZHAI)
    youngest = person("刚满", JINZHAI, born_on=years_before(today(), 18))
    with pytest.raises(InvalidInput) as refused:
        person("未满", JINZHAI, born_on=years_before(today(), 18) + timedelta(days=1))
    assert refused.value.fields == {"born_on": ["A mediator is at least 18 years old."]}
    assert shown(dispute) == [("刚满",)]
    workflow.change_rule(
        code="mediation.least_age",
        value=19,
        valid_from=today(),
        article="局内规定",
        actor=administrator(Role.SECURITY_ADMIN),
    )
    person("年长", JINZHAI, born_on=years_before(today(), 19))
    assert shown(dispute) == [("年长",)]
    with pytest.raises(InvalidInput) as refused:
        services.offer(dispute=dispute, actor=officer(unit=dispute.unit), mediator=youngest)
    assert refused.value.fields == {"mediator": ["A mediator is at least 19 years old."]}
    Rule.objects.filter(code="mediation.least_age").delete()
    with pytest.raises(DomainError, match="No rule mediation.least_age"):
        matching.propose(dispute)


def test_a_tie_that_ended_a_namesake_with_another_number_and_a_decided_complaint_bar_nobody():
    clerk = officer()
    head = chief(unit=clerk.unit)
    dispute = quarrel(JINZHAI, JINZHAI, clerk=clerk)
    by = person("张守源", JINZHAI)
    tie = services.record_conflict(actor=head, mediator=by, kind="kin", name="李大山")
    assert shown(dispute) == []
    services.end_conflict(actor=head, conflict=tie)
    services.record_conflict(actor=head, mediator=by, kind="kin", name="李大山", phone="13700000000")
    row = services.record_complaint(actor=head, mediator=by, ground="insult", text="言语粗暴，多次打断")
    assert shown(dispute) == []
    services.decide_complaint(actor=head, complaint=row, finding="unfounded", result="查无实据，已答复")
    assert shown(dispute) == [("张守源",)]
    services.offer(dispute=dispute, actor=clerk, mediator=by)


def test_a_pair_is_asked_together_or_not_at_all():
    clerk = officer()
    dispute = quarrel(JINZHAI, ZHENXIONG, clerk=clerk)
    a, b = person("金寨人", JINZHAI), person("镇雄人", ZHENXIONG)
    head = chief(unit=clerk.unit)
    row = services.record_complaint(actor=head, mediator=b, ground="gain", text="收受一方香烟")
    with pytest.raises(InvalidInput):
        services.offer_pair(dispute=dispute, actor=clerk, lead=a, second=b)
    assert not Assignment.objects.exists()
    services.decide_complaint(actor=head, complaint=row, finding="unfounded", result="不属实")
    with pytest.raises(InvalidInput):
        services.offer_pair(dispute=dispute, actor=clerk, lead=a, second=a)
    services.offer_pair(dispute=dispute, actor=clerk, lead=a, second=b)
    assert set(Assignment.objects.values_list("mediator__name", "role", "match")) == {
        ("金寨人", "lead", "pair"),
        ("镇雄人", "assists", "pair"),
    }


@pytest.mark.parametrize(
    ("origin", "dialects", "kind"),
    [
        (HUOQIU, [], "origin"),
        (GUSHI, ["江淮官话"], "dialect"),
        (ZHENXIONG, ["西南官话"], "one_sided"),
        (GUSHI, [], "neutral"),
    ],
)
def test_the_sort_of_match_is_kept_with_the_offer_and_agrees_with_the_list(origin, dialects, kind):
    clerk = officer()
    dispute = quarrel(JINZHAI, FUYANG_COUNTY, says_a=["江淮官话"], says_b=["江淮官话"], clerk=clerk)
    if kind == "one_sided":
        Party.objects.filter(dispute=dispute, side="respondent").update(dialects=["西南官话"])
    by = person("某调解", origin, dialects)
    [proposal] = matching.propose(dispute, neutral=True)
    assert proposal.kind == kind
    services.offer(dispute=dispute, actor=clerk, mediator=by)
    assert Assignment.objects.get().match == kind


def test_one_statement_looks_at_all_mediators_however_many_there_are():
    dispute = quarrel(JINZHAI, ZHENXIONG)
    for number in range(5):
        person(f"甲{number}", JINZHAI)
    assert dispute.place.pk  # read before, as the page does
    with CaptureQueriesContext(connection) as few:
        matching.find(dispute, neutral=True)
    for number in range(20):
        person(f"乙{number}", ZHENXIONG)
    with CaptureQueriesContext(connection) as many:
        assert len(matching.find(dispute, neutral=True)) == matching.EACH * 2
    assert len(few) == len(many) == 3  # parties, mediators, names of places
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (FORMAT JSON) " + matching._FIND,
            matching.parameters(dispute, neutral=True, on=today()),
        )
        plan = str(cursor.fetchone()[0])
    # Who is a party, who is free, who of the busy has room, and the names of the few: the same for every sort of match.
    assert plan.count("'Relation Name': 'mediation_mediator'") <= 4


def test_what_the_parties_declare_is_corrected_before_the_match():
    clerk = officer()
    dispute = quarrel(None, JINZHAI, clerk=clerk)
    person("金寨人", JINZHAI)
    assert matching.find(dispute)[0].sort == 4
    party = dispute.parties.get(side="applicant")
    services.declare_origin(party=party, actor=clerk, origin=place(LUAN), dialects=["江淮官话"])
    [found] = matching.find(dispute)
    assert (found.sort, found.near_a, found.near_b) == (1, 2, 3)
    with pytest.raises(DomainError):
        services.declare_origin(party=party, actor=officer(), origin=None)


def test_the_same_rejection_is_recorded_once():
    clerk = officer()
    dispute = quarrel(JINZHAI, JINZHAI, clerk=clerk)
    by = person("张守源", JINZHAI)
    services.reject_mediator(dispute=dispute, mediator=by, actor=clerk, reason="对方不同意")
    with pytest.raises(DomainError):
        services.reject_mediator(dispute=dispute, mediator=by, actor=clerk, reason="对方不同意")
    with pytest.raises(InvalidInput):
        services.reject_mediator(dispute=dispute, mediator=by, actor=clerk, reason=" ")


@given(
    factors=st.lists(st.sampled_from(sorted(grading.RISK_FACTORS)), unique=True),
)
def test_no_origin_enters_the_grade(factors):
    """The sheet takes signs of the dispute and nothing else: no parameter, no factor, no name read knows of an origin."""
    seed_rules()
    assert list(inspect.signature(grading.suggested_grade).parameters) == ["factors"]
    grade = grading.suggested_grade(factors)
    assert grade == grading.suggested_grade(list(reversed(factors)))


def test_neither_the_sheet_nor_the_act_of_grading_reads_an_origin_or_the_match():
    foreign = {"origin", "dialects", "dialect", "near", "matching", "match", "parties", "Party", "hometown"}
    assert not {word for key in grading.RISK_FACTORS for word in key.split("_")} & foreign
    for function in (grading.suggested_grade, grading.assess_risk):
        tree = ast.parse(inspect.getsource(function))
        read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        read |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not read & foreign, f"{function.__name__} reads {read & foreign}"


@pytest.mark.parametrize("origins", [(JINZHAI, JINZHAI), (ZHENXIONG, None), (None, None)])
def test_the_same_signs_give_the_same_grade_whatever_the_origins(origins):
    assert quarrel(*origins, risk_factors=("threat", "alcohol")).risk == "B"


def test_identity_numbers_are_checked_by_their_last_character():
    first = "34152419900307121"
    whole = first + check_digit(first)
    assert birth_date(whole).isoformat() == "1990-03-07"
    assert birth_date(whole.translate(str.maketrans("0123456789", "０１２３４５６７８９"))) == birth_date(
        whole
    )
    assert birth_date(first + ("0" if whole[-1] != "0" else "1")) is None
    assert birth_date("341524199002301218") is None
    assert birth_date("") is None


def test_parties_do_not_mediate_their_own_dispute_but_a_namesake_with_another_number_may():
    clerk = officer()
    side = PartySpec(side="respondent", name="李大山", phone="13987654321", id_number="330523199003071218")
    dispute = consented(clerk, place=town(), parties=[APPLICANT, side])
    person("同号", GUSHI, phone="+86 138 1234 5678")
    person("同证", GUSHI, id_number="330523199003071218")
    person("李大山", GUSHI)
    person("张三", GUSHI, user=UserFactory(roles=["mediator"], unit=None, name="李大山"))
    person("旁人", GUSHI)
    assert shown(dispute) == [("旁人",)]
    person("李大山", GUSHI, phone="13700000000", id_number="330523198001011234")
    assert sorted(shown(dispute)) == [("旁人",), ("李大山",)]


def test_who_was_sealed_under_the_other_suite_is_known_as_a_party_and_as_tied_to_one(settings):
    clerk, boss = officer(), chief()
    settings.FIELD_CIPHER = "sm4-gcm"
    person("同号", GUSHI, phone="13812345678")
    tied = person("亲属", GUSHI)
    services.record_conflict(actor=boss, mediator=tied, kind="kin", name="李大山", phone="13987654321")
    settings.FIELD_CIPHER = "aes-gcm"
    person("旁人", GUSHI)
    assert shown(quarrel(GUSHI, GUSHI, clerk=clerk)) == [("旁人",)]
