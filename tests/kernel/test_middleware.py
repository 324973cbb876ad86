"""What stands before every view: whose address counts, and what is refused unread."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anji_police.audit.models import AuditEntry
from anji_police.jobs.models import Counter

pytestmark = pytest.mark.django_db


def refused_from(**meta) -> str:
    """The address that the trail keeps of a sign-in that failed."""
    Client().post("/accounts/login/", {"username": "nobody", "password": "wrong"}, **meta)
    return AuditEntry.objects.filter(action="accounts.session.refused").latest("id").address


def test_behind_a_trusted_proxy_the_person_s_own_address_counts(settings):
    settings.TRUSTED_PROXIES = 1
    meta = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.20.30.40"}
    assert refused_from(**meta) == "10.20.30.40", "what the caller wrote in front is not believed"
    assert Counter.objects.filter(key="signin:address:10.20.30.40").exists()


@pytest.mark.parametrize("sent", ["", "unknown", "10.20.30.40, nonsense", "10.20.30.40' OR 1=1"])
def test_a_header_that_cannot_be_read_changes_nothing(settings, sent):
    settings.TRUSTED_PROXIES = 1
    assert refused_from(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=sent) == "127.0.0.1"


def test_without_a_trusted_proxy_the_header_is_not_looked_at():
    assert refused_from(REMOTE_ADDR="10.1.1.1", HTTP_X_FORWARDED_FOR="10.20.30.40") == "10.1.1.1"


def test_deep_json_is_refused_however_its_type_is_spelt():
    body = "[" * 100_000 + "]" * 100_000
    answer = Client(raise_request_exception=False).post(
        "/api/v1/helpdesk/requests/", body, content_type="Application/JSON"
    )
    assert answer.status_code == 400


def test_a_nul_byte_in_a_form_with_files_is_refused():
    sent = {"key": "a\x00b", "body": "text", "files": SimpleUploadedFile("a.txt", b"x")}
    assert Client().post("/track/request/reply/", sent).status_code == 400
