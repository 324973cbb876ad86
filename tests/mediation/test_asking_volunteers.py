"""A volunteer is asked to assist: told without a name, answers from the own phone, is shown with the dispute, and is let go."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from anji_police.audit.models import AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed, StaleError, TransitionError
from anji_police.notifications.models import Notification
from mediation import assistance, services
from mediation.models import Party
from tests.factories import leader, officer, place
from tests.helpdesk.factories import town
from tests.kernel.test_races import at_once
from tests.mediation.factories import consented, mediating
from tests.volunteers import factories as make
from volunteers import services as volunteering
from volunteers.models import Assistance

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    clerk = officer()
    home = place("341524", "金寨县", "county")
    dispute = consented(clerk, place=town())
    Party.objects.filter(dispute=dispute).update(origin=home)
    dispute.refresh_from_db()
    team = make.team(clerk, "守源义警队")
    return clerk, dispute, make.member(clerk, team, "守源义警甲", origin=home)


def url(name, *args):
    return reverse(f"mediation:{name}", args=args)


def test_the_officer_asks_and_the_volunteer_says_yes_on_the_own_page(scene, client_of):
    clerk, dispute, who = scene
    browser = client_of(clerk)
    page = browser.get(url("match", dispute.code)).content.decode()
    assert url("ask-volunteer", dispute.code) in page
    sent = {"volunteer": who.pk, "note": "今晚七点到孝源派出所", "version": dispute.version}
    assert browser.post(url("ask-volunteer", dispute.code), sent).status_code == 302
    row = Assistance.objects.get()
    assert (row.state, row.code, row.asked_by) == ("asked", dispute.code, clerk)

    phone = client_of(who.user)
    told = Notification.objects.get(user=who.user)
    shown = phone.get(reverse("volunteers:me")).content.decode()
    assert dispute.code in shown
    assert "今晚七点到孝源派出所" in shown
    for secret in ("王小明", "李大山", "13812345678", "13987654321", dispute.facts, dispute.title):
        assert secret not in shown
        assert secret not in told.text
    # Nothing of the dispute is opened by it.
    assert phone.get(dispute.get_absolute_url()).status_code in (403, 404)

    answer = reverse("volunteers:assistance-answer", args=[row.pk])
    assert phone.post(answer, {"answer": "yes"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "accepted"
    assert "守源义警甲" in Notification.objects.get(user=clerk).text
    card = browser.get(dispute.get_absolute_url()).content.decode()
    assert "守源义警甲" in card
    assert "守源义警队" in card
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {
        "mediation.dispute.volunteer-asked",
        "volunteers.assistance.asked",
        "volunteers.assistance.accepted",
    } <= actions
    assert assistance.for_dispute(dispute, clerk) == []


def test_nobody_answers_for_another_and_nobody_twice(scene, client_of):
    clerk, dispute, who = scene
    other = make.member(clerk, who.team, "旁人")
    row = services.ask_volunteer(dispute=dispute, actor=clerk, volunteer=who)
    answer = reverse("volunteers:assistance-answer", args=[row.pk])
    assert client_of(other.user).post(answer, {"answer": "yes"}).status_code == 404
    assert client_of(clerk).post(answer, {"answer": "yes"}).status_code == 403
    with pytest.raises(NotAllowed):
        volunteering.answer_assistance(assistance=row, actor=other.user, accepts=True)
    volunteering.answer_assistance(assistance=row, actor=who.user, accepts=False)
    with pytest.raises(DomainError):
        volunteering.answer_assistance(assistance=row, actor=who.user, accepts=True)
    row.refresh_from_db()
    assert row.state == "declined"
    services.ask_volunteer(
        dispute=dispute, actor=clerk, volunteer=who
    )  # may be asked again, and say no again


@pytest.mark.parametrize(
    "kind", ["suspended", "uninsured", "party", "asked", "stale", "over", "role", "sight"]
)
def test_who_may_not_be_asked_is_refused_and_nothing_is_written(scene, kind):
    clerk, dispute, who = scene
    actor, version, error = clerk, None, InvalidInput
    if kind == "suspended":
        volunteering.suspend_member(member=who, actor=clerk, reason="违纪")
    elif kind == "uninsured":
        who.qualifications.filter(kind="insurance").delete()
    elif kind == "party":
        type(who).objects.filter(pk=who.pk).update(name="王小明", phone_index="", id_number_index="")
    elif kind == "asked":
        services.ask_volunteer(dispute=dispute, actor=clerk, volunteer=who)
        error = DomainError
    elif kind == "stale":
        version, error = dispute.version - 1, StaleError
    elif kind == "over":
        services.refuse_mediation(dispute=dispute, actor=clerk, reason="一方不愿调解")
        error = TransitionError
    else:
        actor, error = leader() if kind == "role" else officer(), NotAllowed
    before = Assistance.objects.count()
    with pytest.raises(error):
        services.ask_volunteer(dispute=dispute, actor=actor, volunteer=who, version=version)
    assert Assistance.objects.count() == before
    if kind in ("suspended", "uninsured", "party", "asked"):
        assert assistance.for_dispute(dispute, clerk) == []


def test_the_police_take_the_answer_by_phone_and_let_a_volunteer_go(scene, client_of):
    clerk, dispute, who = scene
    browser = client_of(clerk)
    row = services.ask_volunteer(dispute=dispute, actor=clerk, volunteer=who)
    assert browser.post(url("volunteer", dispute.code, row.pk, "yes")).status_code == 302
    release = url("volunteer", dispute.code, row.pk, "release")
    refused = browser.post(release, {"reason": ""})
    assert refused.status_code == 422
    assert browser.post(release, {"reason": "双方已和好"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reason) == ("ended", "双方已和好")
    assert Notification.objects.filter(user=who.user).count() == 2
    assert browser.post(release, {"reason": "再来一次"}).status_code == 409
    assert client_of(officer()).post(release, {"reason": "外人"}).status_code == 404


def test_what_was_asked_in_one_dispute_is_no_matter_of_another(scene, client_of):
    clerk, dispute, who = scene
    other = consented(clerk)
    row = services.ask_volunteer(dispute=dispute, actor=clerk, volunteer=who)
    for act in (
        lambda: services.answer_for_volunteer(dispute=other, actor=clerk, assistance=row, accepts=True),
        lambda: services.release_volunteer(dispute=other, actor=clerk, assistance=row, reason="双方已和好"),
    ):
        with pytest.raises(DomainError):
            act()
    assert client_of(clerk).post(url("volunteer", other.code, row.pk, "yes")).status_code == 404
    row.refresh_from_db()
    assert row.state == "asked"
    assert not AuditEntry.objects.filter(action="mediation.dispute.volunteer-answered").exists()


def test_the_end_of_mediation_ends_what_was_not_answered_and_a_member_who_leaves_is_reported(scene):
    clerk, dispute, who = scene
    second = make.member(clerk, who.team, "守源义警乙", origin=who.origin)
    going = mediating(clerk)
    waits = services.ask_volunteer(dispute=going, actor=clerk, volunteer=who)
    helps = services.ask_volunteer(dispute=going, actor=clerk, volunteer=second)
    volunteering.answer_assistance(assistance=helps, actor=second.user, accepts=True)
    services.conclude_failed(dispute=going, actor=clerk, reason="差距过大")
    waits.refresh_from_db(), helps.refresh_from_db()
    assert (waits.state, helps.state) == ("ended", "accepted")
    with pytest.raises(DomainError):
        volunteering.answer_assistance(assistance=waits, actor=who.user, accepts=True)
    again = services.ask_volunteer(dispute=dispute, actor=clerk, volunteer=who)
    volunteering.leave_team(member=who, actor=who.user)
    again.refresh_from_db()
    assert again.state == "ended"
    assert Notification.objects.filter(user=clerk, text__contains="守源义警甲").count() == 1


def test_the_api_names_the_match_and_asks_a_volunteer(scene, client_of):
    clerk, dispute, who = scene
    services.add_mediator(actor=None, name="金寨人", origin=who.origin, place=town())
    api = client_of(clerk)
    found = api.get(reverse("api:mediation:dispute-match", args=[dispute.code])).json()
    assert [p["name"] for p in found["proposals"][0]["people"]] == ["金寨人"]
    assert found["proposals"][0]["match"] == "origin"
    assert found["proposals"][0]["reasons"]
    assert [row["id"] for row in found["volunteers"]] == [who.pk]
    path = reverse("api:mediation:dispute-ask-volunteer", args=[dispute.code])
    assert api.post(path, {"volunteer": 999999}, content_type="application/json").status_code == 422
    assert api.post(path, {"volunteer": who.pk}, content_type="application/json").status_code == 200
    own = client_of(who.user)
    [row] = own.get(reverse("api:volunteers:assistance-list")).json()["results"]
    assert (row["code"], row["state"]) == (dispute.code, "asked")
    answer = reverse("api:volunteers:assistance-answer", args=[row["id"]])
    assert own.post(answer, {"accepts": True}, content_type="application/json").json()["state"] == "accepted"
    assert own.get(reverse("api:mediation:dispute-match", args=[dispute.code])).status_code == 403
    services.refuse_mediation(dispute=dispute, actor=clerk, reason="一方不愿调解")
    empty = api.get(reverse("api:mediation:dispute-match", args=[dispute.code])).json()
    assert empty == {"proposals": [], "volunteers": []}


@pytest.mark.django_db(transaction=True)
def test_of_eight_officers_who_ask_one_volunteer_at_once_one_does():
    clerk = officer()
    home = place("341524", "金寨县", "county")
    dispute = consented(clerk, place=town())
    who = make.member(clerk, make.team(clerk), "守源义警甲", origin=home)
    people = [officer(unit=clerk.unit) for _ in range(8)]
    guard, told = threading.Lock(), []

    def ask(number: int) -> bool:
        try:
            services.ask_volunteer(dispute=dispute, actor=people[number], volunteer=who)
        except DomainError as error:
            with guard:
                told.append(str(error))
            return False
        finally:
            connection.close()
        return True

    assert at_once(8, ask).count(True) == 1
    assert len(told) == 7
    assert all(told)
    assert Assistance.objects.count() == 1
