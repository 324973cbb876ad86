"""A volunteer who is asked to assist in a matter of another field, as this field alone knows it."""

import pytest
from django.db import transaction
from django.urls import reverse

from anji_police.audit.models import AuditEntry
from anji_police.notifications.models import Notification
from tests.volunteers import factories as make
from volunteers import services
from volunteers.models import Assistance

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    clerk = make.clerk()
    who = make.member(clerk, make.team(clerk))
    return services.ask_to_assist(
        member=who, actor=clerk, subject=clerk.unit, unit=clerk.unit, code="TJ1", what="邻里纠纷"
    )


def ended():
    return AuditEntry.objects.get(action="volunteers.assistance.ended")


@pytest.mark.parametrize(("answer", "state"), [("yes", "accepted"), ("no", "declined")])
def test_the_own_page_takes_yes_and_no(client_of, asked, answer, state):
    address = reverse("volunteers:assistance-answer", args=[asked.pk])
    assert client_of(asked.member.user).post(address, {"answer": answer}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == state


@pytest.mark.parametrize("answer", [{}, {"answer": ""}, {"answer": "YES"}])
def test_what_is_no_answer_is_not_taken_for_a_no(client_of, asked, answer):
    address = reverse("volunteers:assistance-answer", args=[asked.pk])
    assert client_of(asked.member.user).post(address, answer).status_code == 422
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_who_is_suspended_assists_no_more_and_the_trail_says_by_whom(asked):
    services.suspend_member(member=asked.member, actor=asked.asked_by, reason="整顿")
    assert Assistance.objects.get().state == "ended"
    assert (ended().actor_name, ended().after["matter"]) == (asked.asked_by.name, "TJ1")
    assert Notification.objects.filter(user=asked.asked_by, text__contains="TJ1").count() == 1


def test_the_end_of_a_matter_ends_it_in_the_trail_and_keeps_what_was_answered(asked):
    services.answer_assistance(assistance=asked, actor=asked.member.user, accepts=True, reason="下班后可以来")
    with transaction.atomic():
        services.end_all_in(asked.unit, unanswered_only=True)
    assert Assistance.objects.get().state == "accepted"
    with transaction.atomic():
        services.end_all_in(asked.unit)
    row = Assistance.objects.get()
    assert (row.state, row.reason) == ("ended", "下班后可以来")
    assert (ended().actor_id_text, ended().after["volunteer"]) == ("", row.member.name)
