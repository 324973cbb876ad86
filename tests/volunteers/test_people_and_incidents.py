"""Teams, members, the public application, incidents on their way, certificates and stars."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from anji_police.accounts.roles import Role
from anji_police.audit.models import AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed, TooMany, TransitionError
from anji_police.identifiers import years_before
from anji_police.jobs import services as jobs
from anji_police.notifications.models import Notification
from anji_police.periods import today
from anji_police.workflow import services as workflow
from anji_police.workflow.models import Deadline, Rule
from anji_police.workflow.services import change_rule
from mediation.models import Dispute
from mediation.services import refuse_mediation
from tests.factories import UnitFactory, UserFactory, administrator, bureau, chief, duty_desk, officer
from tests.volunteers import factories as make
from volunteers import services
from volunteers.models import Certificate, HoursEntry, Incident, Member, Team
from volunteers.services import honours, ledger, members

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FACTS = "广场上两户人家为停车位争吵"


@pytest.fixture
def clerk():
    return make.clerk()


@pytest.fixture
def home(clerk):
    return make.team(clerk)


def reported(who, **facts):
    told = {"kind": "dispute", "facts": FACTS, "location": make.HERE, "uid": uuid.uuid4()} | facts
    return services.report(actor=who.user, **told)


# -- teams ----------------------------------------------------------------------------------------------------------


def test_a_team_goes_its_way_and_only_the_brigade_suspends_it(clerk, settings):
    home = make.team(clerk)
    assert home.liaison == clerk
    brigade = UnitFactory(kind="brigade", name="治安大队", parent=bureau())
    settings.VOLUNTEER_BRIGADE_CODE = brigade.code
    chief_of_station, inspector = chief(unit=clerk.unit), officer(unit=brigade)
    with pytest.raises(NotAllowed):
        services.suspend_team(team=home, actor=chief_of_station, reason="整顿")
    assert Team.objects.visible_to(inspector).get() == home
    home = services.suspend_team(team=home, actor=inspector, reason="整顿")
    with pytest.raises(DomainError):
        make.planned(clerk, home)
    home = services.resume_team(team=home, actor=inspector, reason="整顿完毕")
    home = services.dissolve_team(team=home, actor=inspector, reason="合并")
    with pytest.raises(TransitionError):
        services.resume_team(team=home, actor=inspector, reason="恢复")


def test_who_is_of_another_station_neither_sees_nor_enters_a_team(clerk, home):
    stranger = officer()
    assert not Team.objects.visible_to(stranger).exists()
    with pytest.raises(NotAllowed):
        services.approve_team(team=home, actor=stranger)
    with pytest.raises(InvalidInput):
        services.enter_team(actor=stranger, name="外所义警队", category="other", unit=clerk.unit)
    with pytest.raises(InvalidInput, match="Some answers"):
        services.enter_team(actor=clerk, name=home.name, category="other", unit=clerk.unit)


# -- members --------------------------------------------------------------------------------------------------------


def test_a_member_is_vetted_trained_and_taken_on_in_this_order(clerk, home):
    who = make.applied(clerk, home)
    with pytest.raises(TransitionError):
        services.mark_trained(member=who, actor=clerk)
    who = services.vet_member(member=who, actor=clerk)
    with pytest.raises(DomainError, match="training"):
        services.mark_trained(member=who, actor=clerk)
    for kind in ("training", "commitment"):
        services.record_qualification(
            member=who, actor=clerk, kind=kind, start=today(), end=today() + timedelta(days=365)
        )
        if kind == "training":
            who = services.mark_trained(member=who, actor=clerk)
            with pytest.raises(DomainError, match="commitment"):
                services.activate_member(member=who, actor=clerk)
    who = services.activate_member(member=who, actor=clerk)
    assert (who.status, who.joined_on) == ("active", today())
    with pytest.raises(DomainError, match="already"):
        services.record_qualification(
            member=who, actor=clerk, kind="training", start=today(), end=today() + timedelta(days=1)
        )


def test_a_member_leaves_at_any_time_and_keeps_the_hours(clerk, home):
    who = make.member(clerk, home)
    other = make.member(clerk, home, "旁人")
    with pytest.raises(NotAllowed):
        services.leave_team(member=who, actor=other.user)
    assert services.leave_team(member=who, actor=who.user).left_on == today()
    applicant = make.applied(clerk, home, "申请人")
    assert services.leave_team(member=applicant, actor=clerk).status == "left"


def test_numbers_are_sealed_checked_and_one_person_is_in_one_team(clerk, home):
    number = make.id_number(date(1980, 2, 29))
    who = make.applied(clerk, home, id_number=number, phone="138 1234 5678")
    who.refresh_from_db()
    assert str(who.id_number) == number[:4] + "*" * 10 + number[-4:]
    assert who.adult_on is None
    with pytest.raises(InvalidInput) as refused:
        make.applied(clerk, home, "同一人", id_number=number.lower())
    assert "id_number" in refused.value.fields
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    for bad in (wrong, "123", "33050019800230001X", make.id_number(today() - timedelta(days=365 * 10))):
        with pytest.raises(InvalidInput) as refused:
            make.applied(clerk, home, "错号", id_number=bad)
        assert "id_number" in refused.value.fields
    services.leave_team(member=who, actor=clerk)
    assert make.applied(clerk, home, "再来", id_number=number)
    assert members._of_age(date(2008, 2, 29)) == date(2026, 3, 1)


def test_who_is_too_young_follows_the_rule_of_the_day(clerk, home):
    youngest = years_before(today(), 16)
    assert make.applied(clerk, home, "刚满", id_number=make.id_number(youngest))
    change_rule(
        code="volunteers.youngest",
        value=18,
        valid_from=today(),
        article="局内规定",
        actor=administrator(Role.SECURITY_ADMIN),
    )
    with pytest.raises(InvalidInput) as refused:
        make.applied(clerk, home, "同龄人", id_number=make.id_number(youngest, 2))
    assert refused.value.fields["id_number"] == ["Volunteers are at least 18 years old."]
    assert make.applied(clerk, home, "成年人", id_number=make.id_number(years_before(today(), 18)))
    assert members.age_limit()[0] == years_before(today(), 18)


def test_only_an_account_of_a_volunteer_is_linked_and_to_one_member(clerk, home):
    who = make.member(clerk, home)
    with pytest.raises(InvalidInput):
        services.link_account(member=who, actor=clerk, user=officer())
    other = make.member(clerk, home, "李四", account=False)
    with pytest.raises(InvalidInput):
        services.link_account(member=other, actor=clerk, user=who.user)


def apply(home, **changes):
    facts = {
        "token": "t1",
        "team": home,
        "name": "周小兰",
        "phone": "13900001111",
        "id_number": make.id_number(date(1990, 5, 1)),
        "consent": True,
    } | changes
    return services.apply(**facts)


def test_a_public_application_is_taken_once_and_the_station_is_told(clerk, home):
    first = apply(home)
    assert apply(home) == first
    assert Member.objects.get().status == "applied"
    assert Notification.objects.filter(user=clerk).count() == 1
    with pytest.raises(DomainError):
        apply(home, name="换个名字")
    for missing in ({"consent": False}, {"phone": ""}, {"id_number": ""}, {"phone": "abc"}):
        with pytest.raises(InvalidInput):
            apply(home, token="t2", **missing)
    services.set_recruiting(team=home, actor=clerk, recruiting=False)
    home.refresh_from_db()
    with pytest.raises(InvalidInput):
        apply(home, token="t3", id_number=make.id_number(date(1991, 5, 1)))


def test_applications_are_limited_by_the_hour(clerk, home):
    Rule.objects.filter(code="volunteers.total_hour").update(value=2)
    for number in (1, 2):
        apply(home, token=f"t{number}", id_number=make.id_number(date(1990, 5, number)))
    with pytest.raises(TooMany):
        apply(home, token="t3", id_number=make.id_number(date(1990, 5, 3)))
    assert Member.objects.count() == 2


# -- incidents ------------------------------------------------------------------------------------------------------


def test_a_report_goes_to_the_team_s_station_with_fifteen_minutes_and_the_same_again_is_one(clerk, home):
    who = make.member(clerk, home)
    uid = uuid.uuid4()
    incident = reported(who, uid=uid)
    assert reported(who, uid=uid) == incident
    assert incident.unit == clerk.unit
    clock = Deadline.objects.about(incident).get()
    assert clock.due_at - clock.started_at == timedelta(minutes=15)
    with pytest.raises(DomainError):
        reported(who, uid=uid, facts="换了内容再发一次")
    other = make.member(clerk, home, "旁人")
    with pytest.raises(DomainError):
        reported(other, uid=uid)
    assert not Incident.objects.visible_to(other.user).exists()
    assert Incident.objects.visible_to(who.user).get() == incident


def test_a_report_needs_a_place_and_words_and_photos_are_looked_at(clerk, home):
    from django.core.files.uploadedfile import SimpleUploadedFile

    who = make.member(clerk, home)
    for bad, field in (
        ({"location": None}, "location_text"),
        ({"facts": "短"}, "facts"),
        ({"kind": "x"}, "kind"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"no photo")]}, "photos"),
        ({"photos": [SimpleUploadedFile("a.pdf", b"%PDF-1.4")]}, "photos"),
        ({"seen_at": timezone.now() + timedelta(hours=1)}, "seen_at"),
    ):
        with pytest.raises(InvalidInput) as refused:
            reported(who, **bad)
        assert field in refused.value.fields
    assert not Incident.objects.exists()


def test_an_incident_is_handled_on_the_spot_and_the_reporter_told(clerk, home):
    who = make.member(clerk, home)
    incident = services.receive(incident=reported(who), actor=clerk)
    assert Deadline.objects.about(incident).get().met_at
    with pytest.raises(InvalidInput):
        services.handle_on_spot(incident=incident, actor=clerk, handling=" ")
    incident = services.handle_on_spot(incident=incident, actor=clerk, handling="民警到场劝离")
    incident = services.feed_back(incident=incident, actor=clerk, feedback="双方已挪车", became_case=True)
    incident = services.close_incident(incident=incident, actor=clerk)
    assert incident.closed_at
    assert Notification.objects.filter(user=who.user, text__contains="双方已挪车").exists()
    assert ledger.balance(who) == 50


def test_a_missed_receipt_tells_the_chief_and_the_desk_once(clerk, home):
    boss, desk = chief(unit=clerk.unit), duty_desk()
    incident = reported(make.member(clerk, home))
    Deadline.objects.about(incident).update(due_at=timezone.now() - timedelta(minutes=1))
    assert workflow.escalate_missed() == 1
    assert workflow.escalate_missed() == 0
    told = Notification.objects.filter(text__contains="not received in time").values_list("user", flat=True)
    assert set(told) == {boss.pk, desk.pk}


def test_an_incident_becomes_a_dispute_that_is_linked_and_its_news_come_back(clerk, home):
    who = make.member(clerk, home)
    incident = services.receive(incident=reported(who), actor=clerk)
    incident = services.transfer(incident=incident, actor=clerk, kind="mediation.dispute")
    dispute = Dispute.objects.get()
    assert (dispute.source, dispute.source_code, dispute.facts) == ("field", incident.code, FACTS)
    assert (incident.transfer_type, incident.transfer_id) == ("mediation.dispute", dispute.pk)
    assert incident.transfer_url == dispute.get_absolute_url()
    # Who reported is no party and stays unknown there.
    assert who.name not in str(dispute.parties.get().name.reveal())
    Notification.objects.all().delete()
    jobs.run_due()
    assert Notification.objects.filter(user=who.user, text__startswith=incident.code).exists()
    refuse_mediation(dispute=dispute, actor=clerk, reason="双方已自行和解")
    from mediation.services import close

    close(dispute=Dispute.objects.get(), actor=clerk, reason="已和解")
    jobs.run_due()
    jobs.run_due()
    incident.refresh_from_db()
    assert incident.status == "fed_back"
    assert incident.feedback


def test_a_failed_hand_over_leaves_nothing_half_done(clerk, home):
    incident = services.receive(incident=reported(make.member(clerk, home)), actor=clerk)
    with pytest.raises(InvalidInput):
        services.transfer(incident=incident, actor=clerk, kind="nobody.takes")
    with pytest.raises(InvalidInput):
        services.transfer(incident=incident, actor=clerk, kind="110")
    incident.refresh_from_db()
    assert incident.status == "received"
    assert (
        services.transfer(incident=incident, actor=clerk, kind="110", code="J20260310001").status
        == "transferred"
    )


# -- certificates, stars --------------------------------------------------------------------------------------------


def book(who, minutes: int, served_on: date | None = None, **facts) -> HoursEntry:
    """Approved minutes, put straight into the ledger under an attendance of that day."""
    from volunteers.models import Attendance, Shift, SignUp

    day = served_on or today() - timedelta(days=1)
    start = make.at(day, 8)
    shift = Shift.objects.create(
        team=who.team,
        title="巡逻",
        starts_at=start,
        ends_at=start + timedelta(hours=10),
        slots=1,
        meeting_point=make.HERE,
        status="settled",
        **facts,
    )
    row = SignUp.objects.create(
        shift=shift, member=who, status="approved", during=(shift.starts_at, shift.ends_at)
    )
    attendance = Attendance.objects.create(
        sign_up=row,
        in_at=start,
        in_method="gps",
        in_point=make.HERE,
        out_at=shift.ends_at,
        out_method="gps",
        claimed_minutes=minutes,
    )
    return ledger.book_service(attendance, minutes=minutes, night_minutes=0, computed_minutes=600, actor=None)


def test_certificates_are_free_of_gaps_and_keep_their_figures(clerk, home):
    who = make.member(clerk, home)
    with pytest.raises(DomainError, match="no approved hours"):
        services.issue_certificate(member=who, actor=who.user, first_day=today(), last_day=today())
    book(who, 90)
    book(who, 150, today() - timedelta(days=2), duty="fraud_talk")
    span = {"first_day": today() - timedelta(days=30), "last_day": today()}
    first = services.issue_certificate(member=who, actor=who.user, purpose="入学", **span)
    assert (first.services, first.minutes) == (2, 240)
    try:
        with transaction.atomic():
            services.issue_certificate(member=who, actor=who.user, **span)
            raise RuntimeError("the paper could not be drawn")
    except RuntimeError:
        pass
    second = services.issue_certificate(member=who, actor=clerk, **span)
    numbers = [int(c.number.split("-")[1]) for c in (first, second)]
    assert numbers == [1, 2]
    book(who, 60, today() - timedelta(days=3))
    first.refresh_from_db()
    assert first.minutes == 240
    other = make.member(clerk, home, "旁人")
    with pytest.raises(NotAllowed):
        services.issue_certificate(member=who, actor=other.user, **span)
    assert Certificate.objects.count() == 2


def test_stars_follow_the_hours_and_each_is_given_once(clerk, home):
    who = make.member(clerk, home)
    assert honours.star_for(100 * 60 - 1) == 0
    assert [honours.star_for(h * 60) for h in (100, 300, 600, 1000, 1500, 9999)] == [1, 2, 3, 4, 5, 5]
    with pytest.raises(DomainError):
        services.award_star(member=who, actor=clerk, stars=1)
    for number in range(11):
        book(who, 600, today() - timedelta(days=number + 2))
    services.award_star(member=who, actor=clerk, stars=1)
    with pytest.raises(DomainError, match="already"):
        services.award_star(member=who, actor=clerk, stars=1)
    services.award_honour(member=who, actor=clerk, title="最美义警", reason="扑救山火")
    assert who.awards.count() == 2


def test_nobody_decides_about_oneself_and_everything_is_in_the_trail(clerk, home):
    who = make.member(clerk, home)
    UserFactory(roles=["leadership"], unit=bureau())
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {
        "volunteers.team.entered",
        "volunteers.team.approved",
        "volunteers.member.applied",
        "volunteers.member.vetted",
        "volunteers.member.qualified",
        "volunteers.member.trained",
        "volunteers.member.activated",
        "volunteers.member.account-linked",
    } <= actions
    for act in (services.suspend_member,):
        with pytest.raises(NotAllowed):
            act(member=who, actor=who.user, reason="自己")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"type":"Point","coordinates":[119.6,30.6]}',
        '{"type":"Polygon","coordinates":[[[30.6,119.6],[30.7,119.6],[30.7,119.7],[30.6,119.6]]]}',
        '{"type":"LineString","coordinates":"x"}',
        '{"type":"LineString","coordinates":[[119.6,30.6]]}',
    ],
)
def test_a_beat_is_one_area_or_route_in_the_county(text):
    with pytest.raises(InvalidInput):
        services.shape_from(text)


def test_a_beat_s_shape_loses_its_heights(clerk):
    shape = services.shape_from(
        '{"type":"Feature","geometry":{"type":"LineString","coordinates":[[119.6,30.6,12],[119.61,30.61,13]]}}'
    )
    assert not shape.hasz
    made = services.add_beat(actor=clerk, name="河边", unit=clerk.unit, shape=shape)
    made.refresh_from_db()
    assert made.shape.geom_type == "LineString"
