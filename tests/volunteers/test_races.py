"""Many at once, with real threads: the last place goes to one, the others wait in order."""

import contextlib
import threading
import uuid

import pytest

from anji_police.errors import DomainError
from tests.factories import officer
from tests.kernel.test_races import at_once
from tests.volunteers import factories as make
from volunteers import services
from volunteers.models import Attendance, Incident, SignUp

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.timeout(240)
def test_of_fifty_on_the_last_place_one_gets_it_and_the_rest_wait_in_order():
    clerk = make.clerk()
    home = make.team(clerk)
    people = [make.member(clerk, home, f"志愿者{n}") for n in range(50)]
    shift = make.opened(clerk, home, slots=1)
    order: list[int] = []
    guard = threading.Lock()

    def sign(number: int) -> str:
        row = services.sign_up(shift=shift, member=people[number], actor=people[number].user)
        with guard:
            order.append(row.pk)
        return row.status

    answers = at_once(50, sign)
    assert sorted(answers) == ["confirmed"] + ["waiting"] * 49
    rows = list(SignUp.objects.order_by("id"))
    assert sorted(order) == [row.pk for row in rows]  # nobody twice, nobody lost
    assert rows[0].status == "confirmed"
    assert {row.status for row in rows[1:]} == {"waiting"}
    shift.refresh_from_db()
    assert shift.status == "full"
    # They move up in the very order of the list.
    for number in range(5):
        services.take_leave(sign_up=rows[number], actor=clerk, reason="请假")
        rows[number + 1].refresh_from_db()
        assert rows[number + 1].status == "confirmed"
        assert SignUp.objects.filter(shift=shift, status="confirmed").count() == 1


def test_one_member_at_once_in_ten_overlapping_shifts_gets_one():
    clerk = make.clerk()
    home = make.team(clerk)
    who = make.member(clerk, home)
    shifts = [make.opened(clerk, home) for _ in range(10)]

    def sign(number: int) -> bool:
        try:
            services.sign_up(shift=shifts[number], member=who, actor=who.user)
        except DomainError:
            return False
        return True

    assert at_once(10, sign).count(True) == 1
    assert SignUp.objects.live().count() == 1


def test_leaving_and_suspending_at_once_with_sign_ups_never_block_each_other():
    clerk = make.clerk()
    home = make.team(clerk)
    people = [make.member(clerk, home, f"人{n}") for n in range(8)]
    shifts = [
        make.opened(clerk, home, make.at(make.today() + make.timedelta(days=n + 2), 10), slots=2)
        for n in range(4)
    ]
    for who in people[:4]:
        for shift in shifts:
            make.signed(shift, who)

    def act(number: int) -> str:
        who = people[number]
        try:
            if number < 2:
                services.leave_team(member=who, actor=who.user)
            elif number < 4:
                services.suspend_member(member=who, actor=clerk, reason="违纪")
            else:
                for shift in shifts[:: 1 if number % 2 else -1]:
                    services.sign_up(shift=shift, member=who, actor=who.user)
        except DomainError as refused:
            return type(refused).__name__
        return "done"

    assert at_once(8, act) == ["done"] * 8
    for shift in shifts:
        assert shift.sign_ups.filter(status="confirmed").count() == 2
        assert shift.sign_ups.filter(status="waiting").count() == 2


def test_a_check_in_and_a_report_sent_by_many_tries_at_once_are_one(monkeypatch):
    clerk = make.clerk()
    home = make.team(clerk)
    who = make.member(clerk, home)
    shift = make.planned(clerk, home, make.datetime.now(make.SHANGHAI) + make.timedelta(minutes=5))
    row = make.signed(services.open_shift(shift=shift, actor=clerk), who)
    uid = uuid.uuid4()

    def once(number: int):
        found = services.report(
            actor=who.user, uid=uid, kind="safety", facts="路灯不亮，有人摔倒", location=make.HERE
        )
        with contextlib.suppress(DomainError):
            services.check_in(sign_up=row, actor=who.user, method="gps", point=make.HERE, uid=uid)
        return found.pk

    assert len(set(at_once(12, once))) == 1
    assert Incident.objects.count() == 1
    assert Attendance.objects.count() == 1


def test_two_officers_at_once_approve_one_sign_up_once():
    import time_machine

    from volunteers.models import HoursEntry

    clerk = make.clerk()
    home = make.team(clerk)
    leader, who = make.with_leader(clerk, home), make.member(clerk, home)
    start = make.datetime.now(make.SHANGHAI) - make.timedelta(hours=3)
    with time_machine.travel(start - make.timedelta(minutes=5), tick=False) as clock:
        row = make.signed(make.opened(clerk, home, start), who)
        clock.move_to(start)
        services.check_in(sign_up=row, actor=who.user, method="gps", point=make.HERE)
        clock.move_to(start + make.timedelta(hours=2))
        services.check_out(sign_up=row, actor=who.user, method="gps", point=make.HERE)
    services.sweep()
    row.shift.refresh_from_db()
    services.settle_shift(shift=row.shift, actor=leader.user)
    people = [officer(unit=clerk.unit) for _ in range(8)]

    def approve(number: int) -> bool:
        try:
            services.approve_hours(sign_up=row, actor=people[number])
        except DomainError:
            return False
        return True

    assert at_once(8, approve).count(True) == 1
    assert HoursEntry.objects.get().minutes == 120
