"""What the log holds of a request, and what it must not hold."""

import io
import json
import logging

import pytest
from django.test import Client
from django.urls import reverse

from anji_police.audit.models import AuditEntry
from anji_police.helpdesk.models import HelpRequest
from anji_police.logs import json_formatter, masked
from tests.factories import officer
from tests.helpdesk.factories import in_progress

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines():
    """`lines()`: what was logged since, as it is written."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(json_formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)


def test_what_people_search_for_is_not_logged(client_of, lines):
    browser = client_of(officer())
    for path in (reverse("helpdesk:request-list"), "/api/v1/helpdesk/requests/", "/no/such/page/"):
        browser.get(path, {"q": "王小明 13812345678"})
    text = json.dumps(lines(), ensure_ascii=False)
    assert "GET /requests/" in text
    for secret in ("王小明", "13812345678", "138****5678", "%E7%8E%8B", "q="):
        assert secret not in text


def test_a_failure_is_logged_without_the_query(client_of, lines, monkeypatch):
    def broken(*_args):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(type(HelpRequest.objects.all()), "visible_to", broken)
    browser = client_of(officer(), raise_request_exception=False)
    answer = browser.get(reverse("helpdesk:request-list"), {"q": "王小明 13812345678"})
    assert answer.status_code == 500
    text = json.dumps(lines(), ensure_ascii=False)
    assert "broken on purpose" in text
    assert answer["X-Request-ID"] in text
    assert "王小明" not in text
    assert "13812345678" not in text


def test_log_trail_and_answer_carry_one_number(client_of, lines):
    handler = officer()
    found = in_progress(handler)
    answer = client_of(handler).post(
        reverse("helpdesk:message", args=[found.reference]),
        {"act": "note", "body": "已电话联系", "key": "k1"},
    )
    number = answer["X-Request-ID"]
    assert {line["request_id"] for line in lines() if line.get("event") == "request_finished"} == {number}
    assert AuditEntry.objects.filter(request_id=number).exists()


@pytest.mark.parametrize("given", ["a b", "x" * 41, "号码", "12;drop"])
def test_a_strange_number_from_outside_is_replaced(given, lines):
    answer = Client().get(reverse("public:privacy"), headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] != given
    assert given not in json.dumps(lines(), ensure_ascii=False)
    assert (
        Client().get(reverse("public:privacy"), headers={"X-Request-ID": "abc123"})["X-Request-ID"]
        == "abc123"
    )


def test_an_address_and_the_values_of_a_refused_row_are_hidden():
    assert masked("refused: wang.xm@example.cn (550)") == "refused: w****@example.cn (550)"
    error = 'violates check "x"\nDETAIL:  Failing row contains (1, 王小明, 孝源街道).\n'
    assert masked(error) == 'violates check "x"\nDETAIL:  Failing row contains …'
