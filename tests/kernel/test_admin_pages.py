"""The pages of the three administrators over the kernel's tables."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from anji_police.accounts.roles import Role
from anji_police.audit import services as audit
from anji_police.audit.models import AccessEntry, AuditEntry
from anji_police.jobs.models import Job
from anji_police.notifications import services as notifications
from anji_police.notifications.models import Notification, OutboxMessage
from anji_police.periods import today
from anji_police.workflow import rules
from anji_police.workflow.models import CalendarDay, Rule
from tests.factories import administrator, officer
from tests.helpdesk.factories import in_progress, seed_rules

pytestmark = pytest.mark.django_db


def test_the_audit_administrator_finds_what_was_done_and_can_check_the_chain(client_of):
    boss = administrator(Role.AUDIT_ADMIN)
    with transaction.atomic():
        audit.record(actor=boss, action="workflow.rule.changed", subject=boss, after={"n": 1}, reason="试验")
        audit.record(actor=boss, action="places.unit.moved", subject=boss)
    browser = client_of(boss)
    whole = browser.get(reverse("audit:event-list"), HTTP_HX_REQUEST="true").content.decode()
    assert "修改规则" in whole
    assert "调整单位隶属" in whole
    asked = {"action": "workflow.rule.changed"}
    page = browser.get(reverse("audit:event-list"), asked, HTTP_HX_REQUEST="true").content.decode()
    assert "修改规则" in page
    assert "workflow.rule.changed</td>" not in page
    assert "调整单位隶属" not in page
    audit.seal_trail()
    assert str(audit.chain_head()[1]) in browser.get(reverse("audit:chain")).content.decode()
    answer = browser.post(reverse("audit:verify"), follow=True)
    assert answer.status_code == 200


def test_a_value_is_shown_only_for_a_reason_and_only_of_a_record_in_sight(client_of):
    handler = officer()
    request = in_progress(handler)
    subject = f"helpdesk.helprequest:{request.pk}"
    form = {"subject": subject, "field": "reporter_phone", "reason": "电话联系报案人"}
    url = reverse("audit:reveal")
    assert client_of(officer()).post(url, form).status_code == 404
    browser = client_of(handler)
    refused = browser.post(url, form | {"reason": "x"})
    assert refused.status_code == 422
    assert "13812345678" not in refused.content.decode()
    assert not AccessEntry.objects.exists()
    assert "13812345678" in browser.post(url, form).content.decode()
    row = AccessEntry.objects.get()
    assert (row.actor_name, row.fields, row.subject_label) == (
        handler.name,
        ["reporter_phone"],
        request.reference,
    )
    assert browser.get(url).status_code == 405
    for field in ("description", "secret_hash", "nothing"):
        assert browser.post(url, form | {"field": field}).status_code == 404
    for bad in ("nonsense", "helpdesk.helprequest:x", "auth.group:1", "helpdesk.draft:1"):
        assert browser.post(url, form | {"subject": bad}).status_code == 404


def test_a_dead_job_is_shown_and_tried_again(client_of):
    job = Job.objects.create(
        kind="audit.seal",
        key="k",
        payload={"period": "x"},
        error="boom",
        tries=5,
        dead_at="2026-01-01T00:00Z",
    )
    browser = client_of(administrator(Role.SYSTEM_ADMIN))
    assert "boom" in browser.get(reverse("jobs:list"), {"state": "dead"}).content.decode()
    browser.post(reverse("jobs:retry", args=[job.pk]))
    job.refresh_from_db()
    assert (job.dead_at, job.tries) == (None, 0)


def test_a_rule_changes_from_a_day_on_and_the_old_value_stays(client_of):
    seed_rules()
    browser = client_of(administrator(Role.SECURITY_ADMIN))
    url = reverse("workflow:rule-detail", args=["helpdesk.answer"])
    day = today() + timedelta(days=10)
    form = {"value": "3", "valid_from": day.isoformat(), "article": "安吉县公安局规定〔2026〕1号"}
    assert browser.post(url, form | {"valid_from": "2020-02-01"}).status_code == 422
    assert browser.post(url, form).status_code == 302
    assert rules.value("helpdesk.answer") == 5
    assert rules.value("helpdesk.answer", on=day) == 3
    assert AuditEntry.objects.filter(action="workflow.rule.changed").count() == 1
    assert (
        client_of(administrator(Role.SYSTEM_ADMIN))
        .post(url, form | {"valid_from": (day + timedelta(days=1)).isoformat()})
        .status_code
        == 403
    )
    assert Rule.objects.filter(code="helpdesk.answer").count() == 2


def test_a_year_is_entered_line_by_line_and_a_bad_line_is_named(client_of):
    browser = client_of(administrator(Role.SECURITY_ADMIN))
    url = reverse("workflow:calendar")
    form = {
        "year": "2027",
        "source": "国办发明电〔2026〕1号",
        "days": "2027-01-01 holiday 元旦\n2027-02-07 working 春节调休上班",
    }
    bad = browser.post(url, form | {"days": "2027-13-01 holiday 元旦"})
    assert bad.status_code == 422
    assert "2027-13-01" in bad.content.decode()
    assert browser.post(url, form).status_code == 302
    assert list(CalendarDay.objects.values_list("is_working", flat=True)) == [False, True]


def test_the_inbox_is_ones_own(client_of):
    mine, other = officer(), officer()
    with transaction.atomic():
        notifications.tell(user=mine, text="来件待签收", url="/requests/", key="a")
        notifications.tell(user=mine, text="来件待签收", url="/requests/", key="a")
        notifications.tell(user=other, text="别人的事", key="a")
    browser = client_of(mine)
    page = browser.get(reverse("notifications:inbox")).content.decode()
    assert "来件待签收" in page
    assert "别人的事" not in page
    foreign = Notification.objects.get(user=other)
    assert browser.post(reverse("notifications:read-one", args=[foreign.pk])).status_code == 404
    own = Notification.objects.get(user=mine)
    assert browser.post(reverse("notifications:read-one", args=[own.pk])).url == "/requests/"
    own.refresh_from_db()
    assert own.read_at


def test_the_outbox_shows_no_text_and_no_whole_number(client_of):
    OutboxMessage.objects.create(channel="sms", key="k", recipient="13812345678", body="密文内容")
    page = client_of(administrator(Role.SYSTEM_ADMIN)).get(reverse("notifications:outbox")).content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page
    assert "密文内容" not in page


def test_row_history_shows_each_change_of_a_row_and_no_sealed_value(client_of):
    handler = officer()
    request = in_progress(handler)
    browser = client_of(administrator(Role.AUDIT_ADMIN))
    url = reverse("audit:row-history")
    page = browser.get(url, {"table": "helpdesk.helprequest", "key": request.pk}).content.decode()
    assert "in_progress" in page
    assert "••••" in page
    assert "13812345678" not in page
    assert browser.get(url, {"table": "nothing", "key": "x"}).status_code == 200
    assert client_of(handler).get(url).status_code == 403


def test_the_development_gateway_shows_what_would_have_gone_out(client_of, settings, tmp_path):
    from anji_police.notifications.sms import FileBackend

    settings.SMS_FILE_PATH = tmp_path / "sent.jsonl"
    FileBackend().send(to="13812345678", text="您的来件有新进展", key="k")
    page = client_of(administrator(Role.SYSTEM_ADMIN)).get(reverse("notifications:outbox")).content.decode()
    assert "您的来件有新进展" in page
    assert "138****5678" in page
    assert "13812345678" not in page
