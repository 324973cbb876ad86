"""Keys that do not fit the data are noticed before the portal starts with them."""

import base64
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from anji_police.notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db
OTHER = base64.b64encode(b"O" * 32).decode()


def check() -> str:
    out = io.StringIO()
    call_command("check_keys", stdout=out)
    return out.getvalue()


def write(count: int = 4) -> None:
    for n in range(count):
        OutboxMessage.objects.create(channel="sms", key=str(n), recipient=f"1381234567{n}", body="x")


def test_an_empty_database_takes_any_keys(settings):
    settings.FIELD_KEYS = [f"k1:{OTHER}"]
    assert "open" in check()


@pytest.mark.parametrize("names", [["FIELD_KEYS"], ["INDEX_KEYS"], ["FIELD_KEYS", "INDEX_KEYS"]])
@pytest.mark.parametrize("key_id", ["t1", "k9"])
def test_other_keys_are_noticed_whether_they_bear_the_same_name_or_not(settings, names, key_id):
    write()
    assert "open" in check()
    for name in names:
        setattr(settings, name, [f"{key_id}:{OTHER}"])
    with pytest.raises(CommandError, match=r"notifications\.outboxmessage\.recipient") as refused:
        check()
    assert refused.value.returncode == 3


def test_rows_that_were_written_since_do_not_hide_the_old_ones(settings):
    write(8)
    settings.FIELD_KEYS = [f"k2:{OTHER}"]
    OutboxMessage.objects.bulk_create(
        OutboxMessage(channel="sms", key=f"new{n}", recipient="13812345678", body="x") for n in range(4)
    )
    with pytest.raises(CommandError):
        check()


def test_a_new_key_in_front_of_the_old_one_is_fine(settings):
    write()
    settings.FIELD_KEYS = [f"k2:{OTHER}", *settings.FIELD_KEYS]
    settings.INDEX_KEYS = [f"k2:{OTHER}", *settings.INDEX_KEYS]
    assert "open" in check()


def test_one_row_that_was_changed_is_no_sign_of_other_keys():
    write()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_outboxmessage SET recipient = recipient || '\\x00' WHERE key = '0'"
        )
    assert "open" in check()
