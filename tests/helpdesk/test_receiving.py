"""A request is accepted once, whole, and never lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from anji_police.audit.models import AuditEntry
from anji_police.errors import DomainError, InvalidInput, TooMany
from anji_police.helpdesk import codes, services
from anji_police.helpdesk.models import Attachment, Draft, HelpRequest, Status
from anji_police.notifications.models import Notification, OutboxMessage
from anji_police.workflow.models import Deadline, Rule
from tests.factories import bureau, chief, officer
from tests.helpdesk.factories import ANSWERS, form, seed_rules, station_of, submitted, town
from tests.helpdesk.files import jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english"), pytest.mark.smoke]


def test_a_request_goes_to_the_station_of_its_place_and_its_clocks_run():
    station = station_of(town())
    boss = chief(unit=station)
    receipt = submitted(township=town())
    request = receipt.request
    assert (request.unit, request.status, request.version) == (station, Status.ASSIGNED, 2)
    kinds = set(Deadline.objects.about(request).values_list("kind", flat=True))
    assert kinds == {"helpdesk.answer", "helpdesk.accept", "helpdesk.first_contact"}
    assert request.due_at == min(Deadline.objects.about(request).values_list("due_at", flat=True))
    assert Notification.objects.get().user == boss
    assert AuditEntry.objects.filter(action="helpdesk.request.received").count() == 1


def test_the_code_is_shown_once_and_only_its_hash_is_kept():
    receipt = submitted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM helpdesk_helprequest r")
        row = cursor.fetchone()[0]
    assert len(receipt.secret) == 12
    assert receipt.secret not in row
    assert "13812345678" not in row
    assert "王小明" not in row
    assert codes.is_secret(codes.shown(receipt.secret).lower(), receipt.request.secret_hash)
    assert not codes.is_secret("0" * 12, receipt.request.secret_hash)
    assert not codes.is_secret(receipt.secret, None)


def test_the_same_token_again_is_the_same_request_and_another_content_is_refused():
    token = codes.new_token()
    first = submitted(token)
    second = submitted(token)
    assert (second.request, second.secret, second.is_new) == (first.request, first.secret, False)
    with pytest.raises(DomainError, match="sent already"):
        submitted(token, description="完全是另外一件事情了")
    assert HelpRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_taps_at_once_one_request_comes():
    seed_rules()
    token = codes.new_token()

    def tap(_number):
        try:
            return services.submit(token=token, **form()).request.reference
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(tap, range(20)))
    assert len(numbers) == HelpRequest.objects.count() == 1


def test_every_fault_is_named_at_once_and_nothing_is_kept():
    seed_rules()
    with pytest.raises(InvalidInput) as caught:
        services.submit(
            token="t", **form(description="短", phone="12ab", consent=False, answers={"danger": "maybe"})
        )
    assert {"description", "phone", "consent", "danger", "about"} <= set(caught.value.fields)
    assert not HelpRequest.objects.exists()


def test_name_and_number_may_both_be_left_out():
    request = submitted(name="", phone="", contact="none", consent=False).request
    assert not request.reporter_phone
    assert request.consent_at is None


def test_a_complaint_is_restricted_and_goes_to_the_bureau_not_to_the_station():
    station_of(town())
    head = bureau()
    request = submitted(
        category="feedback", answers={"tone": "complaint", "whom": "孝源派出所"}, township=town()
    ).request
    assert request.is_restricted
    assert request.unit == head
    assert not HelpRequest.objects.visible_to(officer(unit=head)).exists()
    assert HelpRequest.objects.visible_to(officer(unit=head, clearance=1)).exists()


def test_files_of_the_draft_come_along_and_the_draft_is_gone():
    token = codes.new_token()
    services.save_draft(token=token, content={"description": "半张表"})
    services.attach_to_draft(token=token, files=[jpeg()])
    assert services.load_draft(token) == {"description": "半张表"}
    request = submitted(token).request
    assert Attachment.objects.get().request == request
    assert not Draft.objects.exists()


def test_the_address_limit_lets_exactly_its_number_pass_and_an_officer_is_not_counted():
    from anji_police.audit import context

    seed_rules()
    Rule.objects.filter(code="helpdesk.per_address_hour").update(value=3)
    with context.request(request_id="r", address="10.1.1.1"):
        for _n in range(3):
            submitted()
        with pytest.raises(TooMany):
            submitted()
        submitted(channel="phone", actor=officer())
    assert HelpRequest.objects.count() == 4


def test_sms_is_an_outbox_row_of_the_same_transaction():
    submitted(contact="sms")
    message = OutboxMessage.objects.get()
    assert message.recipient.reveal() == "13812345678"


@pytest.mark.parametrize("answers", [ANSWERS | {"danger": "yes"}, ANSWERS])
def test_an_emergency_answer_names_the_number_to_call(answers):
    from anji_police.helpdesk import questions

    assert questions.stop_for("dispute", answers) == ("110" if answers["danger"] == "yes" else None)
    assert questions.stop_for("fraud", {"paid": "yes", "paid_when": "hour"}) == "96110"
    assert questions.stop_for("fraud", {"paid": "no", "paid_when": "hour"}) is None
