"""Keys can be changed while the portal runs, and a rotation that was killed goes on."""

import base64
import io
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from anji_police import crypto
from anji_police.management.commands import rotate_keys
from anji_police.notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db


def new_keys(settings) -> None:
    settings.FIELD_KEYS = ["t2:" + base64.b64encode(b"N" * 32).decode(), *settings.FIELD_KEYS]
    settings.INDEX_KEYS = ["t2:" + base64.b64encode(b"M" * 32).decode(), *settings.INDEX_KEYS]


def key_ids() -> set[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, recipient_index FROM notifications_outboxmessage")
        return {(crypto.key_id_of(bytes(stored)), index.split(".")[0]) for stored, index in cursor.fetchall()}


def test_every_row_ends_under_the_new_keys_is_found_throughout_and_a_second_run_changes_nothing(
    settings, monkeypatch
):
    for n in range(5):
        OutboxMessage.objects.create(channel="sms", key=str(n), recipient=f"1381234567{n}", body="x")
    new_keys(settings)
    assert (
        OutboxMessage.objects.filter(crypto.matching(OutboxMessage, "recipient", "13812345673")).count() == 1
    )
    monkeypatch.setattr(rotate_keys, "BATCH", 2)
    real = OutboxMessage.save

    def dies(self, *args, **kwargs):
        if self.key == "3":
            raise KeyboardInterrupt
        return real(self, *args, **kwargs)

    monkeypatch.setattr(OutboxMessage, "save", dies)
    with pytest.raises(KeyboardInterrupt):
        call_command("rotate_keys", stdout=io.StringIO())
    assert key_ids() == {("t1", "t1"), ("t2", "t2")}
    monkeypatch.setattr(OutboxMessage, "save", real)
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    assert key_ids() == {("t2", "t2")}
    settings.FIELD_KEYS, settings.INDEX_KEYS = settings.FIELD_KEYS[:1], settings.INDEX_KEYS[:1]
    found = OutboxMessage.objects.get(crypto.matching(OutboxMessage, "recipient", "13812345673"))
    assert found.recipient.reveal() == "13812345673"
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    assert "0 rows" in out.getvalue()


def test_rows_sealed_under_the_other_suite_are_found(settings):
    OutboxMessage.objects.create(channel="sms", key="a", recipient="13812345678", body="x")
    settings.FIELD_CIPHER = "sm4-gcm"
    assert OutboxMessage.objects.filter(crypto.matching(OutboxMessage, "recipient", "13812345678")).exists()
    OutboxMessage.objects.create(channel="sms", key="b", recipient="13812345678", body="x")
    settings.FIELD_CIPHER = "aes-gcm"
    found = OutboxMessage.objects.filter(crypto.matching(OutboxMessage, "recipient", "13812345678"))
    assert found.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_not_passed_over_in_silence(settings):
    """Taking the old keys away after that would lose it."""
    held = OutboxMessage.objects.create(channel="sms", key="a", recipient="13812345678", body="x")
    OutboxMessage.objects.create(channel="sms", key="b", recipient="13812345679", body="x")
    new_keys(settings)
    taken, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            OutboxMessage.objects.select_for_update().get(pk=held.pk)
            taken.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait(20)
    try:
        with pytest.raises(CommandError, match="1 rows of notifications.OutboxMessage"):
            call_command("rotate_keys", stdout=io.StringIO())
    finally:
        done.set()
        holder.join()
    call_command("rotate_keys", stdout=io.StringIO())
    assert {field for field, _index in key_ids()} == {"t2"}
