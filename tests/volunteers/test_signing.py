"""Sign-ups: places, wait-list, overlap, rest, leave, and who may."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from anji_police.errors import DomainError, InvalidInput, NotAllowed, TransitionError
from anji_police.notifications.models import Notification
from anji_police.periods import today
from tests.factories import UserFactory, duty_desk, officer
from tests.volunteers import factories as make
from volunteers import services
from volunteers.models import Shift, SignUp, SignUpStatus

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def clerk():
    return make.clerk()


@pytest.fixture
def home(clerk):
    return make.team(clerk)


def statuses(shift: Shift) -> list[str]:
    return list(shift.sign_ups.order_by("id").values_list("status", flat=True))


def test_places_fill_then_the_wait_list_and_the_first_of_it_moves_up(clerk, home):
    shift = make.opened(clerk, home, slots=2)
    people = [make.member(clerk, home, f"志愿者{n}") for n in range(4)]
    rows = [make.signed(shift, who) for who in people]
    shift.refresh_from_db()
    assert shift.status == "full"
    assert statuses(shift) == ["confirmed", "confirmed", "waiting", "waiting"]
    services.take_leave(sign_up=rows[0], actor=people[0].user)
    assert statuses(shift) == ["leave", "confirmed", "confirmed", "waiting"]
    shift.refresh_from_db()
    assert shift.status == "full"
    assert Notification.objects.filter(user=people[2].user).count() == 1
    assert not Notification.objects.filter(user=people[3].user).exists()
    services.take_leave(sign_up=rows[3], actor=people[3].user)
    services.take_leave(sign_up=rows[1], actor=people[1].user)
    shift.refresh_from_db()
    assert shift.status == "open"


def test_overlap_is_refused_in_words_and_by_the_database_itself(clerk, home):
    who = make.member(clerk, home)
    start = make.at(today() + timedelta(days=2), 10)
    row = make.signed(make.opened(clerk, home, start), who)
    for offset in (-1, 0, 1):
        with pytest.raises(DomainError, match="at this time"):
            make.signed(make.opened(clerk, home, start + timedelta(hours=offset)), who)
    following = make.signed(make.opened(clerk, home, start + timedelta(hours=2)), who)
    assert following.status == "confirmed"
    with pytest.raises(IntegrityError, match="vol_signup_no_overlap"), transaction.atomic():
        SignUp.objects.create(shift=following.shift, member=who, during=row.during)


def test_one_live_sign_up_for_member_and_shift_but_again_after_leave(clerk, home):
    who = make.member(clerk, home)
    shift = make.opened(clerk, home)
    first = make.signed(shift, who)
    with pytest.raises(DomainError, match="already"):
        make.signed(shift, who)
    services.take_leave(sign_up=first, actor=who.user)
    assert make.signed(shift, who).status == "confirmed"


def test_a_night_shift_wants_rest_around_it_and_a_day_holds_ten_hours(clerk, home):
    who = make.member(clerk, home)
    day = today() + timedelta(days=3)
    night = make.opened(clerk, home, make.at(day, 22), hours=4)
    make.signed(night, who)
    with pytest.raises(DomainError, match="rest"):
        make.signed(make.opened(clerk, home, make.at(day + timedelta(days=1), 9)), who)
    make.signed(make.opened(clerk, home, make.at(day + timedelta(days=1), 10), hours=5), who)
    with pytest.raises(DomainError, match="24 hours would hold more than 10"):
        make.signed(make.opened(clerk, home, make.at(day + timedelta(days=1), 18), hours=2), who)
    # Two hours apart by day need no rest.
    other = make.member(clerk, home, "李四")
    make.signed(make.opened(clerk, home, make.at(day, 8)), other)
    assert make.signed(make.opened(clerk, home, make.at(day, 10)), other).status == "confirmed"


def test_risky_service_wants_insurance_and_age_and_all_service_training(clerk, home):
    risky = make.opened(clerk, home, risk="water", risk_notice="水边巡查，注意防滑", slots=9)
    plain = make.opened(clerk, home, timezone.now() + timedelta(days=4))
    born = today().replace(day=1, month=1, year=today().year - 17)
    minor = make.member(clerk, home, "小王", id_number=make.id_number(born))
    assert minor.adult_on is not None
    with pytest.raises(DomainError, match="Minors"):
        make.signed(risky, minor)
    assert make.signed(plain, minor).status == "confirmed"
    bare = make.member(clerk, home, "无保险", kinds=("training", "commitment"))
    with pytest.raises(DomainError, match="insurance"):
        make.signed(risky, bare)
    untrained = make.member(clerk, home, "无培训", kinds=("insurance", "commitment"))
    with pytest.raises(DomainError, match="training"):
        make.signed(plain, untrained)
    lapsing = make.member(clerk, home, "将到期", days=1)
    with pytest.raises(DomainError, match="not in force"):
        make.signed(risky, lapsing)
    assert make.signed(risky, make.member(clerk, home, "合格")).status == "confirmed"


def test_a_risk_must_be_told_and_a_place_named(clerk, home):
    with pytest.raises(InvalidInput) as refused:
        make.planned(clerk, home, risk="night")
    assert "risk_notice" in refused.value.fields
    with pytest.raises(InvalidInput) as refused:
        make.planned(clerk, home, meeting_point=None)
    assert "beat" in refused.value.fields
    with pytest.raises(InvalidInput):
        make.planned(clerk, home, hours=13)


def test_leave_ends_three_hours_before_then_only_leader_or_police_with_a_reason(clerk, home):
    leader = make.with_leader(clerk, home)
    who = make.member(clerk, home)
    shift = make.opened(clerk, home, timezone.now() + timedelta(hours=2, minutes=59))
    row = make.signed(shift, who)
    with pytest.raises(DomainError, match="Leave is taken until"):
        services.take_leave(sign_up=row, actor=who.user)
    with pytest.raises(DomainError, match="reason"):
        services.take_leave(sign_up=row, actor=leader.user)
    assert services.take_leave(sign_up=row, actor=leader.user, reason="家人住院").status == "leave"


def test_nobody_signs_somebody_else_up_but_leader_and_police(clerk, home):
    leader = make.with_leader(clerk, home)
    who, other = make.member(clerk, home, "甲"), make.member(clerk, home, "乙")
    shift = make.opened(clerk, home)
    with pytest.raises(NotAllowed):
        services.sign_up(shift=shift, member=who, actor=other.user)
    with pytest.raises(NotAllowed):
        services.sign_up(shift=shift, member=who, actor=officer())
    with pytest.raises(NotAllowed):
        services.sign_up(shift=shift, member=who, actor=UserFactory(roles=["mediator"], unit=None))
    assert services.sign_up(shift=shift, member=who, actor=leader.user)
    assert services.sign_up(shift=shift, member=other, actor=clerk)


def test_cancelling_tells_only_those_who_signed_up(clerk, home):
    signed, waiting, left, other = (make.member(clerk, home, f"人{n}") for n in range(4))
    shift = make.opened(clerk, home, slots=1)
    gone = make.signed(shift, left)
    make.signed(shift, signed)
    services.take_leave(sign_up=gone, actor=left.user)
    make.signed(shift, waiting)
    Notification.objects.all().delete()
    services.cancel_shift(shift=shift, actor=clerk, reason="台风预警")
    told = set(Notification.objects.filter(text__contains="台风预警").values_list("user", flat=True))
    assert told == {signed.user_id, waiting.user_id}
    assert statuses(shift) == ["leave", "cancelled", "cancelled"]
    assert other.user_id not in told
    with pytest.raises(TransitionError):
        services.cancel_shift(shift=shift, actor=clerk, reason="再取消")


def test_a_volunteer_may_cancel_only_as_leader_of_the_team(clerk, home):
    leader, who = make.with_leader(clerk, home), make.member(clerk, home)
    shift = make.opened(clerk, home)
    with pytest.raises(NotAllowed):
        services.cancel_shift(shift=shift, actor=who.user, reason="不想去")
    assert services.cancel_shift(shift=shift, actor=leader.user, reason="人手不足").status == "cancelled"


def test_after_two_no_shows_the_leader_signs_up(clerk, home):
    leader, who = make.with_leader(clerk, home), make.member(clerk, home)
    for n in (1, 2):
        old = make.opened(clerk, home, timezone.now() + timedelta(days=n))
        row = make.signed(old, who)
        SignUp.objects.filter(pk=row.pk).update(status=SignUpStatus.NO_SHOW)
    shift = make.opened(clerk, home, timezone.now() + timedelta(days=5))
    with pytest.raises(DomainError, match="no-shows"):
        make.signed(shift, who)
    assert make.signed(shift, who, leader.user).status == "confirmed"


def test_leaving_suspending_and_dissolving_give_places_free(clerk, home):
    first, second, third = (make.member(clerk, home, f"人{n}") for n in range(3))
    shift = make.opened(clerk, home, slots=1)
    for who in (first, second, third):
        make.signed(shift, who)
    services.leave_team(member=first, actor=first.user)
    assert statuses(shift) == ["leave", "confirmed", "waiting"]
    services.suspend_member(member=second, actor=clerk, reason="违反纪律")
    assert statuses(shift) == ["leave", "leave", "confirmed"]
    with pytest.raises(NotAllowed, match="brigade"):
        services.dissolve_team(team=home, actor=clerk, reason="无人")
    services.dissolve_team(team=home, actor=duty_desk(), reason="长期不活动")
    assert statuses(shift) == ["leave", "leave", "cancelled"]
    with pytest.raises(DomainError):
        make.opened(clerk, home)


def test_more_places_move_the_wait_list_up_and_fewer_than_taken_are_refused(clerk, home):
    people = [make.member(clerk, home, f"人{n}") for n in range(3)]
    shift = make.opened(clerk, home, slots=1)
    for who in people:
        make.signed(shift, who)
    shift = services.change_shift(shift=shift, actor=clerk, slots=2)
    assert statuses(shift) == ["confirmed", "confirmed", "waiting"]
    with pytest.raises(InvalidInput):
        services.change_shift(shift=shift, actor=clerk, slots=1)
    with pytest.raises(DomainError, match="signed up for this time"):
        services.change_shift(shift=shift, actor=clerk, ends_at=shift.ends_at + timedelta(hours=1))
