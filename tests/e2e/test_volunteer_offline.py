"""A volunteer's phone without a network, in a real browser with its service worker: nothing is lost, nothing is sent twice, and
nothing is called sent that is not."""

import os
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from tests.conftest import sign_in
from tests.volunteers import factories as make
from volunteers.models import Attendance, Incident

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240), pytest.mark.django_db(transaction=True)]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
ROWS = "[data-outbox-list] li"


@pytest.fixture(autouse=True)
def _threads(monkeypatch):
    """Playwright runs a loop in this thread; the tests' own reads of the database are not part of it."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def phone(live_server):
    clerk = make.clerk()
    home = make.team(clerk)
    who = make.member(clerk, home)
    rows = [
        make.signed(
            make.opened(clerk, home, timezone.now() + timedelta(minutes=5), hours=1, title="夜巡"), who
        ),
    ]
    session = sign_in(Client(), who.user).cookies[settings.SESSION_COOKIE_NAME].value
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(
            viewport={"width": 390, "height": 844},
            locale="zh-CN",
            geolocation={"longitude": make.HERE.x, "latitude": make.HERE.y, "accuracy": 10},
            permissions=["geolocation"],
        )
        url = live_server.url.replace("127.0.0.1", "localhost")  # a place that a browser trusts without HTTPS
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
        page = context.new_page()
        page.refused = []
        page.on(
            "console", lambda m: page.refused.append(m.text) if "Content Security Policy" in m.text else None
        )
        page.goto(f"{url}/volunteers/me/")
        page.wait_for_selector('#outbox[data-kept="1"]', state="attached", timeout=20_000)
        yield page, context, url, rows
        browser.close()


def states(page) -> list[str]:
    return page.eval_on_selector_all(ROWS, "rows => rows.map(r => r.getAttribute('data-state'))")


def test_check_in_and_report_wait_for_the_network_and_are_sent_once(phone, tmp_path):
    page, context, url, rows = phone
    context.set_offline(True)
    unkept = page.goto(f"{url}/volunteers/me/scan/nothingkept/")
    assert unkept.status == 503  # the worker has no network either, and says so
    page.goto(f"{url}/volunteers/me/")
    expect(page.locator("h1")).to_be_visible()  # from the phone itself
    page.locator('form[data-outbox*="check-in"] button').click()
    expect(page.locator(ROWS)).to_have_count(1)
    assert states(page) == ["pending"]
    assert not Attendance.objects.exists()

    page.goto(f"{url}/volunteers/me/report/")
    page.check("input[name=kind][value=safety]")
    page.fill("textarea[name=facts]", "桥头路灯不亮，有人摔倒")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(_photo())
    page.set_input_files("input[name=photos]", str(photo))
    page.locator("form[data-outbox] button[type=submit]").click()
    expect(page.locator(ROWS)).to_have_count(2)
    page.reload()  # what waits outlives the page
    expect(page.locator(ROWS)).to_have_count(2)
    assert states(page) == ["pending", "pending"]
    assert not Incident.objects.exists()

    context.set_offline(False)
    page.evaluate("window.portalOutbox.flush()")
    expect(page.locator(f'{ROWS}[data-state="sent"]')).to_have_count(2, timeout=20_000)
    incident = Incident.objects.get()
    assert incident.photos.count() == 1
    assert incident.location is not None
    made = Attendance.objects.get()
    assert made.sign_up == rows[0]
    assert made.in_received_at > made.in_at
    for _again in range(2):
        page.reload()
        page.evaluate("window.portalOutbox.flush()")
    assert (Attendance.objects.count(), Incident.objects.count()) == (1, 1)
    assert page.refused == []


def test_what_the_server_refuses_is_shown_with_its_reason_and_kept_until_the_person_decides(phone):
    page, context, _url, _rows = phone
    context.set_geolocation({"longitude": make.FAR.x, "latitude": make.FAR.y, "accuracy": 10})
    page.locator('form[data-outbox*="check-in"] button').click()
    expect(page.locator(f'{ROWS}[data-state="failed"]')).to_have_count(1, timeout=20_000)
    assert "米" in page.locator(ROWS).inner_text()
    page.reload()
    expect(page.locator(f'{ROWS}[data-state="failed"]')).to_have_count(1)
    assert not Attendance.objects.exists()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(f"{ROWS} button").last.click()
    expect(page.locator(ROWS)).to_have_count(0)


def test_a_signed_out_phone_keeps_what_waits_and_another_account_does_not_send_it(phone):
    page, context, url, rows = phone
    context.set_offline(True)
    page.reload()
    page.locator('form[data-outbox*="check-in"] button').click()
    expect(page.locator(ROWS)).to_have_count(1)
    context.clear_cookies()
    context.set_offline(False)
    page.evaluate("window.portalOutbox.flush()")
    page.wait_for_timeout(1500)
    assert states(page) == ["pending"]
    other = make.UserFactory(roles=["volunteer"], unit=None)
    session = sign_in(Client(), other).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
    page.goto(f"{url}/volunteers/me/")
    page.wait_for_timeout(1500)
    assert states(page) == []
    assert not Attendance.objects.exists()
    own = sign_in(Client(), rows[0].member.user).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": own, "url": url}])
    page.goto(f"{url}/volunteers/me/")
    expect(page.locator(f'{ROWS}[data-state="sent"]')).to_have_count(1, timeout=20_000)
    assert Attendance.objects.count() == 1


def _photo() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((900, 700), 80).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()
