"""Messages are delivered at least once and never doubled."""

import json

import pytest
from django.core import mail
from django.db import transaction

from anji_police.jobs import services as jobs
from anji_police.jobs.models import Job
from anji_police.notifications import services, sms
from anji_police.notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db


def sent(settings) -> list[dict]:
    path = settings.SMS_FILE_PATH
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_an_sms_goes_out_once_after_the_transaction(settings, tmp_path):
    settings.SMS_FILE_PATH = tmp_path / "sms.jsonl"
    with transaction.atomic():
        services.send_sms(to="13812345678", text="来件已受理", key="r1")
        services.send_sms(to="13812345678", text="来件已受理", key="r1")
    assert sent(settings) == []
    jobs.run_due()
    services.deliver(OutboxMessage.objects.get().pk)
    assert [(line["to"], line["text"]) for line in sent(settings)] == [("13812345678", "来件已受理")]
    assert settings.SMS_FILE_PATH.stat().st_mode & 0o777 == 0o600


def test_a_gateway_that_fails_is_tried_again_with_the_same_key(monkeypatch):
    tries = []

    class Gateway:
        def send(self, *, to, text, key):
            tries.append(key)
            if len(tries) == 1:
                raise sms.SendError("busy")
            return "ref"

    monkeypatch.setattr(sms, "backend", Gateway)
    services.send_sms(to="13812345678", text="x", key="r1")
    jobs.run_due()
    assert OutboxMessage.objects.get().state == "failed"
    Job.objects.update(due_at="2020-01-01T00:00Z")
    jobs.run_due()
    assert tries == ["r1", "r1"]
    assert OutboxMessage.objects.get().state == "sent"


def test_an_email_whose_sending_broke_off_is_left_for_a_person():
    services.send_email(to="li@example.invalid", subject="月报", text="已签发", key="m1")
    OutboxMessage.objects.update(state="sending")  # the worker died between the mark and the answer
    jobs.run_due()
    assert OutboxMessage.objects.get().state == "unclear"
    assert mail.outbox == []
