"""Every component in a real browser: axe, the policy, the keyboard, selection, the picker, a revealed value."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import sync_playwright

from tests.conftest import sign_in
from tests.e2e.test_axe import ARGUMENTS, CHROMIUM, WATCH, check
from tests.factories import officer

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.shell.gallery"),
]


@pytest.fixture
def browser_of(live_server, monkeypatch):
    """A page of a browser in which an officer is signed in."""
    session = sign_in(Client(), officer()).cookies[settings.SESSION_COOKIE_NAME].value
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(
            locale="zh-CN", reduced_motion="reduce", viewport={"width": 1280, "height": 800}
        )
        context.add_init_script(WATCH)
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        page = context.new_page()
        page.base = live_server.url
        yield page
        browser.close()


def test_no_component_has_a_violation(browser_of):
    faults = check(browser_of, "gallery", f"{browser_of.base}/gallery/")
    faults += check(browser_of, "public", f"{browser_of.base}/public/")
    faults += check(browser_of, "refused", f"{browser_of.base}/refuse/", expected_status=409)
    assert not faults, "\n".join(faults)


def test_the_components_answer(browser_of):
    page = browser_of
    page.goto(f"{page.base}/gallery/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("#bulk").is_visible()
    assert page.locator("[data-bulk-said]").inner_text() == "已选 1 条"
    page.locator("[data-all]").check()
    assert page.locator("[data-bulk-said]").inner_text() == "已选 3 条"
    page.locator("[data-act=pick-all]").click() if page.locator("[data-act=pick-all]").count() else None
    page.locator("[data-act=clear]").click()
    assert page.locator("#bulk").is_hidden()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.locator("#keys.show").wait_for()
    page.locator("#keys-off").check()
    page.locator("#keys .btn-close").click()
    page.locator("#keys").wait_for(state="hidden")
    page.keyboard.press("x")
    assert page.locator("#bulk").is_hidden()
    page.locator(".reveal summary").click()
    page.locator(".reveal [name=reason]").fill("核实身份")
    page.locator(".reveal button").click()
    page.get_by_text("13812342601 helpdesk.contact:7 phone 核实身份").wait_for()
    assert page.locator(".leaflet-container").count() == 2
    assert page.locator("[data-chart] canvas").count() == 1
    assert page.evaluate("window.refused") == []


def test_the_form_helps_to_mend_it(browser_of):
    page = browser_of
    page.goto(f"{page.base}/public/")
    page.locator(".leaflet-container").wait_for()
    page.locator(".leaflet-container").click(position={"x": 200, "y": 150})
    assert float(page.locator("[name=lon]").input_value()) == pytest.approx(119.5, abs=0.6)
    page.locator("[name=story]").fill("邻居排水")
    assert page.locator("#id_story-c").inner_text() == "已输入 4 字，还可输入 496 字"
    page.get_by_role("button", name="提交求助").click()
    page.locator(".errsum").wait_for()
    assert page.evaluate("document.activeElement.className") == "errsum"
    page.locator(".errsum a").nth(1).click()
    assert page.evaluate("document.activeElement.id") == "id_story"
    assert page.locator("[name=story]").input_value() == "邻居排水"
    assert page.locator("[name=lon]").input_value()
