"""From assignment to rating, with each refusal beside its success."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from anji_police.errors import DomainError, InvalidInput, NotAllowed, StaleError, TransitionError
from anji_police.helpdesk import services
from anji_police.helpdesk.models import HelpRequest, Message, Rating, Return, Status
from anji_police.notifications.models import Notification
from anji_police.workflow import services as workflow
from anji_police.workflow.models import Deadline
from tests.factories import UnitFactory, chief, duty_desk, leader, officer
from tests.helpdesk.factories import in_progress, station_of, submitted, town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def clock(request, kind):
    return Deadline.objects.about(request).filter(kind=kind).order_by("-id").first()


def test_another_unit_sees_nothing_and_the_assisting_unit_does_until_it_is_done():
    request = in_progress(officer())
    stranger = officer()
    assert not HelpRequest.objects.visible_to(stranger).exists()
    assist = services.add_assist(request=request, actor=request.assignee, unit=stranger.unit)
    assert HelpRequest.objects.visible_to(stranger).get() == request
    services.end_assist(request=request, actor=request.assignee, assist=assist)
    assert not HelpRequest.objects.visible_to(stranger).exists()


def test_an_officer_with_a_conflict_sees_nothing_and_loses_the_request():
    handler = officer()
    request = in_progress(handler)
    services.exclude_officer(request=request, actor=duty_desk(), user=handler, reason="当事人亲属")
    assert not HelpRequest.objects.visible_to(handler).exists()
    request.refresh_from_db()
    assert (request.assignee, request.status) == (None, Status.ASSIGNED)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_accept_at_once_one_is_told_who_was_faster():
    township = town()
    station = station_of(township)
    people = [officer(unit=station, name=name) for name in ("李明", "张强")]
    request = submitted(township=township).request

    def press(person):
        try:
            services.accept(request=request, actor=person)
            return person.name
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(press, people))
    refused = [r for r in results if isinstance(r, TransitionError)]
    assert len(refused) == 1
    winner = next(r for r in results if isinstance(r, str))
    assert winner in str(refused[0])


def test_the_answer_clock_stands_still_while_the_citizen_is_asked():
    request = in_progress(officer())
    due = clock(request, "helpdesk.answer").due_at
    services.ask_citizen(request=request, actor=request.assignee, body="请补充围墙照片", key="1")
    assert clock(request, "helpdesk.answer").paused_at
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        services.citizen_reply(request=request, body="照片已补充", key="1")
    request.refresh_from_db()
    assert request.status == Status.IN_PROGRESS
    assert clock(request, "helpdesk.answer").due_at >= due + timedelta(days=5)


def test_a_good_rating_closes_and_a_second_one_is_refused():
    request = in_progress(officer())
    services.answer(request=request, actor=request.assignee, body="围墙已按协议退让。", key="1")
    services.rate(request=request, score=5)
    request.refresh_from_db()
    assert request.status == Status.CLOSED
    with pytest.raises(DomainError):
        services.rate(request=request, score=1)
    assert Rating.objects.get().score == 5


def test_a_bad_rating_opens_the_same_request_with_its_own_clock_for_another_officer():
    handler = officer()
    boss = chief(unit=handler.unit)
    request = in_progress(handler)
    reference = request.reference
    services.answer(request=request, actor=handler, body="已办。", key="1")
    services.rate(request=request, score=1, comment="没有解决")
    request.refresh_from_db()
    assert (request.reference, request.round, request.status, request.assignee) == (
        reference,
        2,
        Status.ASSIGNED,
        None,
    )
    assert clock(request, "helpdesk.bad_rating").met_at is None
    assert clock(request, "helpdesk.answer").met_at is None
    assert Notification.objects.filter(user=boss, key__startswith="helpdesk.badly-rated").count() == 1
    colleague = officer(unit=handler.unit)
    services.accept(request=request, actor=colleague)
    services.answer(request=request, actor=colleague, body="已重新处理完毕。", key="2")
    services.rate(request=request, score=4)
    assert list(Rating.objects.order_by("round").values_list("score", "answered_by")) == [
        (1, handler.pk),
        (4, colleague.pk),
    ]


def test_without_a_rating_the_request_closes_when_its_time_is_over_once():
    request = in_progress(officer())
    services.answer(request=request, actor=request.assignee, body="已办结。", key="1")
    with time_machine.travel(timezone.now() + timedelta(days=17), tick=False):
        assert workflow.escalate_missed() == 1
        assert workflow.escalate_missed() == 0
    request.refresh_from_db()
    assert request.status == Status.CLOSED


def test_a_missed_answer_is_told_to_the_chief_and_the_desk_once():
    handler = officer()
    boss, desk = chief(unit=handler.unit), duty_desk()
    request = in_progress(handler)
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        workflow.escalate_missed()
        workflow.escalate_missed()
    told = Notification.objects.filter(key__startswith="helpdesk.answer:", url=request.get_absolute_url())
    assert {n.user for n in told} == {handler, boss, desk}


def test_a_return_is_ruled_on_by_somebody_else_and_never_comes_twice():
    handler = officer()
    request = in_progress(handler)
    desk, other = duty_desk(), UnitFactory()
    with pytest.raises(InvalidInput):
        services.give_back(request=request, actor=handler, ground="not_ours", explanation=" ")
    services.give_back(
        request=request, actor=handler, ground="not_ours", explanation="现场在梅溪镇，属梅溪所管辖"
    )
    with pytest.raises(InvalidInput):
        services.rule_on_return(
            request=request, actor=desk, ruling="upheld", reason="属实", unit=handler.unit
        )
    with pytest.raises(NotAllowed):
        services.rule_on_return(request=request, actor=handler, ruling="refused", reason="不行")
    services.rule_on_return(request=request, actor=desk, ruling="refused", reason="现场在孝源")
    request.refresh_from_db()
    assert (request.unit, request.may_return, request.status) == (handler.unit, False, Status.ASSIGNED)
    services.accept(request=request, actor=handler)
    with pytest.raises(DomainError, match="ruled"):
        services.give_back(request=request, actor=handler, ground="not_ours", explanation="还是不属于我所")
    assert Return.objects.count() == 1
    assert other.pk


def test_the_window_for_a_return_closes_after_a_day():
    handler = officer()
    request = in_progress(handler)
    with (
        time_machine.travel(timezone.now() + timedelta(hours=25), tick=False),
        pytest.raises(DomainError, match="time for a return"),
    ):
        services.give_back(request=request, actor=handler, ground="not_ours", explanation="不属于我所管辖")


def test_a_stale_edit_shows_the_difference_and_overwrites_nothing():
    handler = officer()
    request = in_progress(handler)
    version = request.version
    services.edit(request=request, actor=handler, version=version, changes={"location_text": "村委会东侧"})
    with pytest.raises(StaleError) as caught:
        services.edit(
            request=request, actor=handler, version=version, changes={"location_text": "村委会西侧"}
        )
    assert list(caught.value.changes.values()) == [("村委会东侧", "村委会西侧")]
    request.refresh_from_db()
    assert request.location_text == "村委会东侧"


def test_merge_and_unmerge_keep_both_citizens_pages_alive():
    handler = officer()
    target = in_progress(handler)
    duplicate = submitted(township=town(), phone="13900000000").request
    services.merge(duplicate=duplicate, target=target, actor=handler)
    duplicate.refresh_from_db()
    assert (duplicate.status, duplicate.merged_into) == (Status.MERGED, target)
    assert not Deadline.objects.about(duplicate).filter(met_at=None, cancelled_at=None).exists()
    with pytest.raises(DomainError):
        services.merge(duplicate=target, target=duplicate, actor=handler)
    services.unmerge(duplicate=duplicate, actor=handler, reason="并非同一件事")
    duplicate.refresh_from_db()
    assert (duplicate.status, duplicate.merged_into) == (Status.ASSIGNED, None)
    assert duplicate.due_at is not None


def test_bulk_tells_each_row_apart_and_an_unseen_one_is_not_there():
    boss = chief()
    mine = [in_progress(officer(unit=boss.unit), township=town(), phone=f"1380000000{n}") for n in range(2)]
    services.answer(request=mine[1], actor=mine[1].assignee, body="已答复。", key="1")
    foreign = in_progress(officer(), township=town("330523111", "天子湖镇"))
    colleague = officer(unit=boss.unit)
    outcomes = services.apply_in_bulk(
        act="assign",
        references=[r.reference for r in [*mine, foreign]],
        actor=boss,
        unit=boss.unit,
        assignee=colleague,
    )
    assert [(o.request.pk, bool(o.refusal)) for o in outcomes] == [(mine[0].pk, False), (mine[1].pk, True)]
    foreign.refresh_from_db()
    assert foreign.assignee != colleague


def test_next_in_queue_takes_the_most_urgent_and_ends_with_none():
    handler = officer()
    township = town()
    station = handler.unit
    from anji_police.places.models import Jurisdiction

    Jurisdiction.objects.create(unit=station, place=township, valid=("2020-01-01", None))
    calm = submitted(township=township).request
    urgent = submitted(
        township=township,
        category="fraud",
        answers={"paid": "no", "contact": "phone"},
        description="有人冒充公检法让我转账",
    ).request
    Deadline.objects.about(urgent).update(due_at=timezone.now())
    HelpRequest.objects.filter(pk=urgent.pk).update(due_at=timezone.now())
    assert services.next_in_queue(actor=handler) == urgent
    assert services.next_in_queue(actor=handler) == calm
    assert services.next_in_queue(actor=handler) is None


def test_leadership_reads_but_does_not_act():
    request = in_progress(officer())
    boss = leader()
    assert HelpRequest.objects.visible_to(boss).exists()
    with pytest.raises(NotAllowed):
        services.add_note(request=request, actor=boss, body="看看", key="1")


def test_the_same_key_of_a_form_is_one_message():
    request = in_progress(officer())
    for _tap in range(3):
        services.reply(request=request, actor=request.assignee, body="民警已联系双方。", key="form-1")
    assert Message.objects.filter(kind="reply").count() == 1


def test_a_withdrawn_request_ends_its_clocks_and_takes_no_more_words():
    request = in_progress(officer())
    services.withdraw(request=request)
    request.refresh_from_db()
    assert (request.status, request.due_at) == (Status.WITHDRAWN, None)
    with pytest.raises(DomainError):
        services.citizen_reply(request=request, body="再补充一点", key="1")


def test_tracking_needs_both_codes_and_its_tries_are_counted():
    from anji_police.errors import TooMany

    receipt = submitted()
    reference = receipt.request.reference
    full_width = reference.translate(str.maketrans("0123456789", "０１２３４５６７８９")).replace("-", " ")
    assert services.open_with_secret(reference=full_width, secret=receipt.secret.lower()) == receipt.request
    for _n in range(4):
        assert services.open_with_secret(reference=reference, secret="WRONGWRONG00") is None
    with pytest.raises(TooMany):
        services.open_with_secret(reference=reference, secret=receipt.secret)
    assert services.open_with_secret(reference="000000-000000", secret=receipt.secret) is None


def test_a_noted_call_is_the_first_contact_and_a_plain_note_is_not():
    request = in_progress(officer())
    services.add_note(request=request, actor=request.assignee, body="先查档案", key="1")
    assert clock(request, "helpdesk.first_contact").met_at is None
    services.add_note(request=request, actor=request.assignee, body="已电话联系本人", key="2", contacted=True)
    assert clock(request, "helpdesk.first_contact").met_at


def test_assigning_is_no_way_around_a_ruling_and_reopening_none_around_an_answer():
    handler = officer()
    desk = duty_desk()
    request = in_progress(handler)
    with pytest.raises(TransitionError):
        services.reopen(request=request, actor=desk, reason="重新办理")
    services.give_back(request=request, actor=handler, ground="not_ours", explanation="现场在梅溪镇")
    with pytest.raises(TransitionError):
        services.assign(request=request, actor=desk, unit=handler.unit)
    services.rule_on_return(request=request, actor=desk, ruling="refused", reason="属本辖区")
    services.accept(request=request, actor=handler)
    services.answer(request=request, actor=handler, body="已办结。", key="1")
    with pytest.raises(TransitionError):
        services.assign(request=request, actor=desk, unit=handler.unit)
