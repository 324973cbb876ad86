import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from anji_police import crypto
from anji_police.notifications.models import OutboxMessage

KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


@pytest.mark.parametrize("cipher", ["aes-gcm", "sm4-gcm"])
def test_a_sealed_value_opens_in_its_own_place_only(settings, cipher):
    settings.FIELD_CIPHER = cipher
    stored = crypto.seal("330523199003071218", where="party.id_number.1")
    assert crypto.unseal(stored, where="party.id_number.1") == "330523199003071218"
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(stored, where="party.id_number.2")
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(stored[:-1] + bytes([stored[-1] ^ 1]), where="party.id_number.1")


def test_values_of_both_suites_and_of_an_old_key_open_side_by_side(settings):
    old = crypto.seal("王小明", where="w")
    settings.FIELD_CIPHER = "sm4-gcm"
    settings.FIELD_KEYS = ["t2:" + base64.b64encode(b"N" * 32).decode(), *settings.FIELD_KEYS]
    new = crypto.seal("王小明", where="w")
    assert crypto.key_id_of(old) == "t1"
    assert crypto.key_id_of(new) == "t2"
    assert crypto.unseal(old, where="w") == crypto.unseal(new, where="w") == "王小明"


@given(st.text(max_size=200))
def test_every_text_comes_back_whole(text):
    assert crypto.unseal(crypto.seal(text, where="w"), where="w") == text


def test_the_blind_index_depends_on_the_field_and_the_key(settings):
    phone = crypto.blind_index("13812345678", field="a.phone")
    assert phone == crypto.blind_index("13812345678", field="a.phone")
    assert phone != crypto.blind_index("13812345678", field="b.phone")
    settings.INDEX_KEYS = ["t1:" + base64.b64encode(b"Z" * 32).decode()]
    assert phone != crypto.blind_index("13812345678", field="a.phone")


@pytest.mark.parametrize("bad", ["", "k1", "k1:short", "k 1:" + KEY, "k1:" + KEY[:-4]])
def test_a_malformed_key_is_refused_in_words(settings, bad):
    settings.FIELD_KEYS = [bad]
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        crypto.field_keys()


@pytest.mark.parametrize(
    ("kind", "plain", "mask"),
    [
        (crypto.NAME, "王小明", "王**"),
        (crypto.NAME, "欧阳", "欧*"),
        (crypto.PHONE, "13812345678", "138****5678"),
        (crypto.ID_NUMBER, "330523199003071218", "3305**********1218"),
        (crypto.ACCOUNT, "6222021205001234567", "****4567"),
        (crypto.ADDRESS, "安吉县孝源街道皈山场村3号", "安吉县孝源街****"),
        (crypto.TEXT, "任何内容", "****"),
    ],
)
def test_text_of_a_secret_is_its_mask(kind, plain, mask):
    secret = crypto.Secret(kind, plain=plain)
    assert str(secret) == f"{secret}" == mask
    assert plain not in repr(secret)
    assert secret.reveal() == plain


@pytest.mark.django_db
def test_the_table_holds_no_plain_text_and_exact_search_finds_any_spelling():
    OutboxMessage.objects.create(channel="sms", key="k", recipient="+86 138-1234-5678", body="您的来件已受理")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(m)::text FROM notifications_outboxmessage m")
        row = cursor.fetchone()[0]
    assert "13812345678" not in row
    assert "受理" not in row
    found = OutboxMessage.objects.get(crypto.matching(OutboxMessage, "recipient", "１３８１２３４５６７８"))
    assert found.body.reveal() == "您的来件已受理"
    assert str(found.body) == "****"
    assert not OutboxMessage.objects.filter(
        crypto.matching(OutboxMessage, "recipient", "13812345679")
    ).exists()


@pytest.mark.django_db
def test_a_write_that_knows_no_row_is_refused():
    message = OutboxMessage.objects.create(channel="sms", key="k", recipient="13812345678")
    with pytest.raises(TypeError, match="save"), transaction.atomic():
        OutboxMessage.objects.update(recipient="13900000000")
    message.recipient = "13900000000"
    message.save()
    assert OutboxMessage.objects.get().recipient.reveal() == "13900000000"
    assert (
        OutboxMessage.objects.filter(crypto.matching(OutboxMessage, "recipient", "13900000000")).count() == 1
    )
