"""What holds for every input: no hour counted twice, no overlapping sign-ups, no step outside of the tables."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anji_police.errors import DomainError
from anji_police.workflow.models import CalendarDay
from tests.volunteers import factories as make
from volunteers import hours
from volunteers.models import Incident, Member, Shift, ShiftTemplate, SignUp, Team
from volunteers.services.shifts import falls_on

LIMITS = hours.Limits(night_from=2, night_to=8, cap=timedelta(hours=10))
UNLIMITED = hours.Limits(night_from=2, night_to=8, cap=timedelta(hours=24))
START = datetime(2026, 1, 30, 12, tzinfo=UTC)  # the days to come hold a month's end

minute = st.integers(0, 5 * 24 * 60)
length = st.integers(1, 14 * 60)
spans = st.lists(
    st.builds(lambda a, n: (START + timedelta(minutes=a), START + timedelta(minutes=a + n)), minute, length),
    min_size=1,
    max_size=7,
)


def union(found) -> timedelta:
    total, reached = timedelta(), None
    for start, end in sorted(found):
        if reached is None or start > reached:
            total, reached = total + (end - start), end
        elif end > reached:
            total, reached = total + (end - reached), end
    return total


@given(spans)
@example([(START, START + timedelta(hours=2)), (START, START + timedelta(hours=2))])
def test_no_minute_counts_twice_and_without_a_cap_none_is_lost(found):
    credited = hours.credits(found, UNLIMITED)
    assert sum(c.minutes for c in credited) == union(found) // timedelta(minutes=1)
    assert all(0 <= c.night_minutes <= c.minutes for c in credited)


@given(spans)
def test_the_cap_holds_for_any_24_hours(found):
    credited = hours.credits(found, LIMITS)
    total = union(found)
    assert sum(c.minutes for c in credited) <= total // timedelta(minutes=1)
    days = (max(e for _s, e in found) - min(s for s, _e in found)) // hours.DAY + 1
    assert sum(c.minutes for c in credited) <= days * 600
    if total <= LIMITS.cap:
        assert sum(c.minutes for c in credited) == total // timedelta(minutes=1)


@given(spans, st.data())
def test_what_was_booked_before_is_never_counted_again(found, data):
    number = data.draw(st.integers(0, len(found) - 1))
    later = hours.credits([found[number]], UNLIMITED, booked=[s for n, s in enumerate(found) if n != number])
    others = union([s for n, s in enumerate(found) if n != number])
    assert later[0].minutes == (union(found) - others) // timedelta(minutes=1)


@given(spans)
def test_the_same_function_gives_the_same_whatever_the_order(found):
    forwards = sum(c.minutes for c in hours.credits(found, UNLIMITED))
    assert forwards == sum(c.minutes for c in hours.credits(found[::-1], UNLIMITED))


@given(minute, length)
def test_night_is_the_same_cut_in_two(start, size):
    begin = START + timedelta(minutes=start)
    middle, end = begin + timedelta(minutes=size // 2), begin + timedelta(minutes=size)
    whole = hours.night_seconds((begin, end), LIMITS)
    assert whole == hours.night_seconds((begin, middle), LIMITS) + hours.night_seconds((middle, end), LIMITS)
    assert 0 <= whole <= size * 60


@given(st.lists(st.tuples(st.integers(0, 48), st.integers(1, 8)), min_size=1, max_size=6))
def test_the_busiest_day_is_found_like_by_trying_every_minute(found):
    planned, reached = [], START
    for gap, size in found:
        begin = reached + timedelta(hours=gap / 4)
        reached = begin + timedelta(hours=size / 2)
        planned.append((begin, reached))
    tried = max(
        sum(
            (max(min(e, since + hours.DAY) - max(s, since), timedelta()) for s, e in planned),
            timedelta(),
        )
        for quarter in range(-96, int((reached - START).total_seconds() // 900) + 1)
        for since in [START + timedelta(minutes=15 * quarter)]
    )
    assert hours.busiest_day(planned) == tried


def test_over_midnight_and_over_a_months_end():
    shift = (make.at(date(2026, 1, 31), 22), make.at(date(2026, 2, 1), 6))
    assert hours.credits([shift], LIMITS) == [hours.Credit(480, 240)]
    assert hours.is_night_shift(shift, LIMITS)
    assert hours.is_night_shift((make.at(date(2026, 1, 31), 23), make.at(date(2026, 2, 1), 0, 1)), LIMITS)
    assert not hours.is_night_shift((make.at(date(2026, 1, 31), 20), make.at(date(2026, 2, 1), 0)), LIMITS)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(wanted=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 4)), min_size=2, max_size=6))
def test_whatever_is_signed_up_for_never_overlaps(wanted):
    from django.db import transaction

    with transaction.atomic():
        clerk = make.clerk()
        home = make.team(clerk)
        who = make.member(clerk, home)
        day = make.today() + timedelta(days=2)
        for begin, size in wanted:
            shift = make.opened(clerk, home, make.at(day, begin), hours=size)
            try:
                make.signed(shift, who)
            except DomainError:
                continue
        taken = sorted(
            (d.lower, d.upper)
            for d in SignUp.objects.live().filter(member=who).values_list("during", flat=True)
        )
        assert taken
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(taken))
        assert hours.busiest_day(taken) <= LIMITS.cap
        transaction.set_rollback(True)


@pytest.mark.parametrize("model", [Team, Member, Shift, SignUp, Incident])
def test_the_table_of_steps_names_known_states_and_leaves_the_final_ones_alone(model):
    known = dict(model._meta.get_field("status").choices)
    steps = {(s.source, s.target) for s in model.TRANSITIONS}
    assert len(steps) == len(model.TRANSITIONS)
    assert {state for pair in steps for state in pair} == set(known)
    final = {
        Team: {"dissolved"},
        Member: {"left", "refused"},
        Shift: {"settled", "cancelled"},
        SignUp: {"approved", "adjusted", "rejected", "leave", "cancelled"},
        Incident: {"closed"},
    }[model]
    assert set(known) - {source for source, _target in steps} == final
    assert set(model.STATUS_TONES) == set(known)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(
    acts=st.lists(
        st.sampled_from(
            ["open", "sign", "leave", "cancel", "in", "out", "settle", "approve", "reject", "sweep"]
        ),
        max_size=14,
    )
)
def test_no_order_of_acts_leaves_the_tables_of_steps(acts):
    """Whatever is tried in whatever order: refused in words, or a step of the table; never anything else."""
    from django.db import transaction

    from anji_police.workflow.models import TransitionEntry
    from volunteers import services

    with transaction.atomic():
        clerk = make.clerk()
        home = make.team(clerk)
        who = make.member(clerk, home)
        shift = make.planned(clerk, home, datetime.now(UTC) + timedelta(seconds=30), hours=4)
        row = None
        reason = {"reason": "试一试"}
        for act in acts:
            try:
                with transaction.atomic():
                    if act == "open":
                        services.open_shift(shift=shift, actor=clerk)
                    elif act == "cancel":
                        services.cancel_shift(shift=shift, actor=clerk, **reason)
                    elif act == "sign":
                        row = services.sign_up(shift=shift, member=who, actor=who.user)
                    elif act == "sweep":
                        services.sweep()
                    elif act == "settle":
                        services.settle_shift(shift=shift, actor=clerk)
                    elif row is None:
                        continue
                    elif act == "leave":
                        services.take_leave(sign_up=row, actor=clerk, **reason)
                    elif act in ("in", "out"):
                        check = services.check_in if act == "in" else services.check_out
                        check(sign_up=row, actor=who.user, method="gps", point=make.HERE)
                    elif act == "approve":
                        services.approve_hours(sign_up=row, actor=clerk)
                    else:
                        services.reject_hours(sign_up=row, actor=clerk, **reason)
            except DomainError:
                continue
        tables = {m._meta.label_lower: m for m in (Shift, SignUp)}
        for entry in TransitionEntry.objects.filter(subject_type__in=tables).exclude(from_state=""):
            assert tables[entry.subject_type].step(entry.from_state, entry.to_state), entry
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("daily", [5, 6, 7, 8, 9, 10, 11]),
        ("working", [8, 9, 10]),  # the 8th is a Sunday that is worked, the 11th a Wednesday off
        ("resting", [5, 6, 7, 11]),
        ("weekly", [8]),
    ],
)
def test_templates_follow_make_up_days(days, expected):
    from anji_police.workflow import workingdays

    CalendarDay.objects.bulk_create(
        [
            CalendarDay(day=date(2026, 2, 8), is_working=True, name="调休上班"),
            *(CalendarDay(day=date(2026, 2, n), is_working=False, name="假期") for n in (5, 6, 11)),
        ]
    )
    workingdays.forget()
    template = ShiftTemplate(days=days, weekday=6)
    assert [n for n in range(5, 12) if falls_on(template, date(2026, 2, n))] == expected
