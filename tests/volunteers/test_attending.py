"""Check-in and check-out, no-shows, settling, approving, and the two ledgers."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from anji_police.errors import DomainError, InvalidInput, NotAllowed, TransitionError
from anji_police.jobs import services as jobs
from anji_police.notifications.models import Notification
from anji_police.periods import today
from tests.factories import UserFactory, chief, duty_desk, officer
from tests.volunteers import factories as make
from volunteers import qr, services
from volunteers.models import (
    Attendance,
    HoursEntry,
    MonthClose,
    PointsEntry,
    Qualification,
    SignUp,
)
from volunteers.services import ledger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = date(2026, 3, 10)


@pytest.fixture
def clock():
    with time_machine.travel(make.at(DAY, 8), tick=False) as traveller:
        yield traveller


@pytest.fixture
def clerk(clock):
    return make.clerk()


@pytest.fixture
def home(clerk):
    return make.team(clerk)


@pytest.fixture
def leader(clerk, home):
    return make.with_leader(clerk, home)


@pytest.fixture
def who(clerk, home):
    return make.member(clerk, home)


@pytest.fixture
def row(clerk, home, who):
    """Confirmed for today from 19:00 to 21:00."""
    return make.signed(make.opened(clerk, home, make.at(DAY, 19)), who)


def check_in(row, point=make.HERE, **facts):
    return services.check_in(
        sign_up=row, actor=row.member.user, method=facts.pop("method", "gps"), point=point, **facts
    )


def check_out(row, point=make.HERE, **facts):
    return services.check_out(
        sign_up=row, actor=row.member.user, method=facts.pop("method", "gps"), point=point, **facts
    )


def served(clock, row, start=None, end=None):
    """Was there from 19:00 to 21:00, and the shift is over."""
    clock.move_to(start or make.at(DAY, 19))
    check_in(row)
    clock.move_to(end or make.at(DAY, 21))
    check_out(row)
    clock.move_to(make.at(DAY, 22))
    services.sweep()
    row.shift.refresh_from_db()
    row.refresh_from_db()
    return row


def pending(clock, row, leader):
    served(clock, row)
    services.settle_shift(shift=row.shift, actor=leader.user)
    row.refresh_from_db()
    return row


def test_the_window_opens_half_an_hour_before_and_closes_after_the_grace(clock, row):
    clock.move_to(make.at(DAY, 18, 29))
    with pytest.raises(DomainError, match=r"opens at 03-10 18:30"):
        check_in(row)
    clock.move_to(make.at(DAY, 19, 30))
    with pytest.raises(DomainError, match="closed"):
        check_in(row)
    clock.move_to(make.at(DAY, 19, 29))
    assert check_in(row).in_at == make.at(DAY, 19, 29)


def test_the_place_counts_a_code_stands_in_for_it_and_a_forged_one_does_not(clock, clerk, home, row):
    clock.move_to(make.at(DAY, 19))
    with pytest.raises(DomainError, match="metres away"):
        check_in(row, make.FAR)
    with pytest.raises(InvalidInput):
        check_in(row, None)
    for forged in ("", "x", qr.code_for(row.shift)[:-1] + "_"):
        with pytest.raises(InvalidInput):
            check_in(row, None, method="qr", code=forged)
    other = make.planned(clerk, home)
    with pytest.raises(DomainError, match="another shift"):
        check_in(row, None, method="qr", code=qr.code_for(other))
    assert check_in(row, None, method="qr", code=qr.code_for(row.shift)).in_method == "qr"


def test_within_the_beat_is_at_the_place_and_a_checkpoint_code_is_kept(clock, clerk, home, who):
    beat = make.beat(clerk)
    shift = make.opened(clerk, home, make.at(DAY, 19), meeting_point=None, beat=beat)
    row = make.signed(shift, who)
    clock.move_to(make.at(DAY, 19))
    made = check_in(row, None, method="qr", code=qr.code_for(shift, beat.checkpoints.get()))
    assert made.checkpoint == beat.checkpoints.get()
    clock.move_to(make.at(DAY, 20))
    assert check_out(row).out_at == make.at(DAY, 20)


def test_only_leader_or_police_check_in_by_hand_with_a_reason(clock, clerk, home, leader, who, row):
    clock.move_to(make.at(DAY, 20))
    other = make.member(clerk, home, "旁人")
    by_hand = {"sign_up": row, "method": "leader", "reason": "手机没电"}
    for nobody in (who.user, other.user, officer()):
        with pytest.raises(NotAllowed):
            services.check_in(actor=nobody, **by_hand)
    with pytest.raises(InvalidInput):
        services.check_in(actor=leader.user, **by_hand | {"reason": " "})
    made = services.check_in(actor=leader.user, **by_hand)
    assert (made.in_method, made.in_by) == ("leader", leader.user)


def test_one_act_of_the_phone_sent_twice_counts_once_and_late_ones_keep_their_time(clock, row):
    uid = uuid.uuid4()
    clock.move_to(make.at(DAY, 20))
    first = check_in(row, at=make.at(DAY, 19, 5), uid=uid)
    again = check_in(row, at=make.at(DAY, 19, 5), uid=uid)
    assert first == again
    assert first.in_at == make.at(DAY, 19, 5)
    assert first.in_received_at == make.at(DAY, 20)
    with pytest.raises(DomainError):
        check_in(row, at=make.at(DAY, 19, 6), uid=uuid.uuid4())
    out = uuid.uuid4()
    assert check_out(row, uid=out) == check_out(row, uid=out)
    with pytest.raises(DomainError):
        check_out(row, uid=uuid.uuid4())


def test_a_clock_that_runs_ahead_and_a_very_old_act_are_refused(clock, row):
    clock.move_to(make.at(DAY, 19))
    with pytest.raises(DomainError, match="ahead"):
        check_in(row, at=make.at(DAY, 19, 3))
    clock.move_to(make.at(DAY + timedelta(days=4), 19))
    with pytest.raises(DomainError, match="too long ago"):
        check_in(row, at=make.at(DAY, 19))


def test_a_phone_that_was_offline_undoes_the_no_show_and_its_penalty(clock, row):
    clock.move_to(make.at(DAY, 19, 45))
    services.sweep()
    row.refresh_from_db()
    assert row.status == "no_show"
    penalty = PointsEntry.objects.get(kind="no_show")
    assert penalty.points == -40  # two hours at 10 points, twice
    check_in(row, at=make.at(DAY, 18, 55), uid=uuid.uuid4())
    row.refresh_from_db()
    assert row.status == "in"
    assert ledger.balance(row.member) == 0
    assert PointsEntry.objects.count() == 2


def test_time_starts_ends_and_settles_shifts_and_notes_no_shows_once(clock, clerk, home, row):
    waiting = make.opened(clerk, home, make.at(DAY, 19), slots=1)
    empty = make.opened(clerk, home, make.at(DAY, 19))
    first, second = make.member(clerk, home, "甲"), make.member(clerk, home, "乙")
    make.signed(waiting, first)
    late = make.signed(waiting, second)
    clock.move_to(make.at(DAY, 19))
    assert services.sweep() == 3
    late.refresh_from_db()
    assert late.status == "cancelled"
    clock.move_to(make.at(DAY, 19, 30))
    for _again in range(3):
        services.sweep()
    assert SignUp.objects.filter(status="no_show").count() == 2
    assert PointsEntry.objects.count() == 2
    clock.move_to(make.at(DAY, 21))
    services.sweep()
    for shift in (row.shift, waiting, empty):
        shift.refresh_from_db()
        assert shift.status == "settled"
    assert services.sweep() == 0


def test_insurance_that_lapsed_after_the_sign_up_stops_the_check_in(clock, clerk, home, who):
    shift = make.opened(clerk, home, make.at(DAY, 19), risk="water", risk_notice="水边巡查")
    row = make.signed(shift, who)
    Qualification.objects.filter(member=who, kind="insurance").update(valid=(date(2025, 1, 1), DAY))
    clock.move_to(make.at(DAY, 19))
    with pytest.raises(DomainError, match="insurance"):
        check_in(row)
    assert not Attendance.objects.exists()


def test_the_leader_settles_and_an_officer_who_did_not_approves(clock, clerk, leader, row):
    served(clock, row)
    with pytest.raises(NotAllowed):
        services.settle_shift(shift=row.shift, actor=row.member.user)
    services.settle_shift(shift=row.shift, actor=leader.user)
    row.refresh_from_db()
    assert row.attendance.claimed_minutes == 120
    for nobody in (leader.user, row.member.user, officer()):
        with pytest.raises(NotAllowed):
            services.approve_hours(sign_up=row, actor=nobody)
    services.approve_hours(sign_up=row, actor=clerk)
    entry = HoursEntry.objects.get()
    assert (entry.claimed_minutes, entry.computed_minutes, entry.minutes) == (120, 120, 120)
    assert entry.month == DAY.replace(day=1)
    assert ledger.balance(row.member) == 20
    row.shift.refresh_from_db()
    assert row.shift.status == "settled"
    with pytest.raises(TransitionError):
        services.approve_hours(sign_up=row, actor=clerk)


def test_an_officer_who_settled_does_not_approve(clock, clerk, row):
    served(clock, row)
    services.settle_shift(shift=row.shift, actor=clerk)
    row.refresh_from_db()
    with pytest.raises(NotAllowed, match="Somebody else"):
        services.approve_hours(sign_up=row, actor=clerk)
    assert services.approve_hours(sign_up=row, actor=officer(unit=clerk.unit)).status == "approved"


def test_a_claim_that_differs_and_a_changed_approval_want_reasons(clock, clerk, leader, row):
    served(clock, row)
    with pytest.raises(InvalidInput):
        services.settle_shift(shift=row.shift, actor=leader.user, claims={row.pk: (150, "")})
    services.settle_shift(shift=row.shift, actor=leader.user, claims={row.pk: (150, "延长巡逻半小时")})
    row.refresh_from_db()
    with pytest.raises(InvalidInput):
        services.approve_hours(sign_up=row, actor=clerk, minutes=130)
    assert (
        services.approve_hours(sign_up=row, actor=clerk, minutes=130, reason="按记录核减").status
        == "adjusted"
    )
    entry = HoursEntry.objects.get()
    assert (entry.claimed_minutes, entry.computed_minutes, entry.minutes) == (150, 120, 130)


def test_a_forgotten_check_out_waits_for_the_leader(clock, leader, row):
    clock.move_to(make.at(DAY, 19))
    check_in(row)
    clock.move_to(make.at(DAY, 22, 1))
    services.sweep()
    row.shift.refresh_from_db()
    with pytest.raises(DomainError, match="over"):
        check_out(row)
    with pytest.raises(DomainError, match="check-out of"):
        services.settle_shift(shift=row.shift, actor=leader.user)
    services.check_out(
        sign_up=row, actor=leader.user, method="leader", at=make.at(DAY, 21), reason="忘记签退，21时离开"
    )
    services.settle_shift(shift=row.shift, actor=leader.user)
    row.refresh_from_db()
    assert row.attendance.claimed_minutes == 120


def test_time_outside_of_the_shift_does_not_count(clock, leader, row):
    served(clock, row, start=make.at(DAY, 18, 30), end=make.at(DAY, 21, 59))
    services.settle_shift(shift=row.shift, actor=leader.user)
    row.attendance.refresh_from_db()
    assert row.attendance.claimed_minutes == 120


def test_night_minutes_bring_points_but_no_hours(clock, clerk, home, leader, who):
    shift = make.opened(
        clerk, home, make.at(DAY, 22), hours=6, risk="night", risk_notice="夜间巡逻，结伴而行"
    )
    row = make.signed(shift, who)
    clock.move_to(make.at(DAY, 22))
    check_in(row)
    clock.move_to(make.at(DAY + timedelta(days=1), 4))
    check_out(row)
    services.sweep()
    shift.refresh_from_db()
    services.settle_shift(shift=shift, actor=leader.user)
    row.refresh_from_db()
    services.approve_hours(sign_up=row, actor=clerk)
    entry = HoursEntry.objects.get()
    assert (entry.minutes, entry.night_minutes) == (360, 120)
    assert dict(PointsEntry.objects.values_list("kind", "points")) == {"service": 60, "night": 20}


def test_a_closed_month_takes_no_entry_and_corrections_go_to_the_open_one(clock, clerk, leader, row):
    pending(clock, row, leader)
    with pytest.raises(DomainError, match="not over"):
        services.close_month(month=DAY, actor=duty_desk())
    clock.move_to(make.at(date(2026, 4, 6), 9))
    closed = services.close_month(month=DAY, actor=None)
    assert services.close_month(month=DAY, actor=None) == closed
    services.approve_hours(sign_up=row, actor=clerk)
    entry = HoursEntry.objects.get()
    assert (entry.served_on, entry.month) == (DAY, date(2026, 4, 1))
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        HoursEntry.objects.create(
            kind="adjustment",
            member=row.member,
            team=row.member.team,
            attendance=row.attendance,
            minutes=10,
            served_on=DAY,
            month=date(2026, 3, 1),
            reason="绕过",
        )
    ruler = chief(unit=clerk.unit)
    with pytest.raises(InvalidInput):
        services.adjust_hours(attendance=row.attendance, actor=ruler, minutes=60, reason="")
    services.adjust_hours(attendance=row.attendance, actor=ruler, minutes=60, reason="核查发现中途离岗")
    assert sum(HoursEntry.objects.values_list("minutes", flat=True)) == 60
    assert ledger.balance(row.member) == 10
    with pytest.raises(NotAllowed):
        services.adjust_hours(attendance=row.attendance, actor=clerk, minutes=90, reason="无权")


def test_the_fifth_of_the_month_closes_the_month_before(clock):
    make.seed_rules()
    clock.move_to(make.at(date(2026, 4, 5), 2, 1))
    jobs.tick()
    jobs.run_due()
    assert MonthClose.objects.get().month == date(2026, 3, 1)
    clock.move_to(make.at(date(2027, 1, 5), 2, 1))
    jobs.tick()
    jobs.run_due()
    assert set(MonthClose.objects.values_list("month", flat=True)) == {date(2026, 3, 1), date(2026, 12, 1)}


def test_ledgers_cannot_be_changed_or_emptied(clock, clerk, leader, row):
    pending(clock, row, leader)
    services.approve_hours(sign_up=row, actor=clerk)
    for ledger_rows in (HoursEntry.objects.all(), PointsEntry.objects.all()):
        with pytest.raises(Exception, match="permission denied|Cannot"), transaction.atomic():
            ledger_rows.update(reason="改")
        with pytest.raises(Exception, match="permission denied|Cannot"), transaction.atomic():
            ledger_rows._raw_delete(ledger_rows.db)


def test_one_attendance_is_booked_once_by_the_database_itself(clock, clerk, leader, row):
    pending(clock, row, leader)
    services.approve_hours(sign_up=row, actor=clerk)
    with pytest.raises(IntegrityError, match="vol_hours_once"), transaction.atomic():
        ledger.book_service(row.attendance, minutes=1, night_minutes=0, computed_minutes=1, actor=clerk)


def test_refused_hours_are_appealed_and_ruled_on_by_somebody_else(clock, clerk, leader, row):
    pending(clock, row, leader)
    services.reject_hours(sign_up=row, actor=clerk, reason="轨迹不在巡区")
    assert not HoursEntry.objects.exists()
    with pytest.raises(NotAllowed):
        services.file_appeal(sign_up=row, actor=leader.user, text="队员当时在岗")
    appeal = services.file_appeal(sign_up=row, actor=row.member.user, text="我当时在文化礼堂值守")
    with pytest.raises(DomainError):
        services.file_appeal(sign_up=row, actor=row.member.user, text="我当时在文化礼堂值守")
    with pytest.raises(NotAllowed):
        services.rule_on_appeal(appeal=appeal, actor=clerk, upheld=True, ruling="属实", minutes=100)
    ruler = chief(unit=clerk.unit)
    services.rule_on_appeal(appeal=appeal, actor=ruler, upheld=True, ruling="监控属实", minutes=100)
    assert HoursEntry.objects.get().minutes == 100
    with pytest.raises(DomainError):
        services.rule_on_appeal(appeal=appeal, actor=ruler, upheld=False, ruling="再裁")
    assert Notification.objects.filter(user=row.member.user, text__contains="监控属实").exists()


def test_an_appeal_comes_within_seven_days(clock, row):
    clock.move_to(make.at(DAY, 19, 45))
    services.sweep()
    clock.move_to(make.at(DAY + timedelta(days=8), 0))
    with pytest.raises(DomainError, match="over"):
        services.file_appeal(sign_up=row, actor=row.member.user, text="当时有事请了假")
    clock.move_to(make.at(DAY + timedelta(days=7), 23, 59))
    assert services.file_appeal(sign_up=row, actor=row.member.user, text="当时有事请了假")


def test_redeeming_never_goes_below_the_balance_and_a_double_tap_books_once(clock, clerk, leader, row):
    pending(clock, row, leader)
    services.approve_hours(sign_up=row, actor=clerk)
    uid = uuid.uuid4()
    redeem = {"member": row.member, "actor": clerk, "points": 15, "reason": "兑换雨伞"}
    first = services.redeem_points(uid=uid, **redeem)
    assert services.redeem_points(uid=uid, **redeem) == first
    assert ledger.balance(row.member) == 5
    with pytest.raises(DomainError, match="only 5"):
        services.redeem_points(uid=uuid.uuid4(), **redeem)


def test_what_an_attendance_may_never_be(clock, row):
    clock.move_to(make.at(DAY, 19))
    made = check_in(row)
    now = timezone.now()
    for facts in (
        {"out_at": now, "out_method": "gps"},
        {"out_at": now + timedelta(hours=25), "out_method": "gps"},
        {"out_at": now + timedelta(hours=1)},
        {"in_point": None},
        {"in_method": "leader"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attendance.objects.filter(pk=made.pk).update(**facts)


def test_nobody_outside_sees_sign_ups(clock, clerk, home, leader, row):
    assert SignUp.objects.visible_to(clerk).get() == row
    assert SignUp.objects.visible_to(leader.user).get() == row
    for nobody in (
        officer(),
        UserFactory(roles=["warden"], unit=None),
        make.member(clerk, home, "旁人").user,
    ):
        assert not SignUp.objects.visible_to(nobody).exists()
    assert today() == DAY


def test_those_on_duty_tomorrow_are_reminded_once_by_the_evening_s_job(clock, clerk, home, who):
    tomorrow = make.opened(clerk, home, make.at(DAY + timedelta(days=1), 9))
    make.signed(tomorrow, who)
    other, left = make.member(clerk, home, "后天"), make.member(clerk, home, "请假")
    make.signed(make.opened(clerk, home, make.at(DAY + timedelta(days=2), 0)), other)
    services.take_leave(sign_up=make.signed(tomorrow, left), actor=left.user)
    make.signed(make.opened(clerk, home, make.at(DAY, 23), hours=0.5), make.member(clerk, home, "今晚"))
    Notification.objects.all().delete()
    clock.move_to(make.at(DAY, 18, 1))
    for _again in range(2):
        jobs.tick()
        jobs.run_due()
    told = Notification.objects.filter(text__contains=str(tomorrow))
    assert [n.user for n in told] == [who.user]
    assert not Notification.objects.filter(user__in=[other.user, left.user]).exists()
