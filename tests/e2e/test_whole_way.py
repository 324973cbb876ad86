"""The whole way in a real browser, on the real server with worker, beat and relay: from a citizen's phone to the month's paper.

Runs in both languages; the steps hang on addresses and names of fields, never on words.
"""

import io
import re
import subprocess

import pikepdf
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from anji_police.dashboard.selectors import KEPT_SECONDS
from tests.faults.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-quic",
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
ANSWERS = {"danger": "no", "about": "neighbours", "other_side": "yes", "mediated": "no", "dialect": "yes"}


@pytest.fixture(scope="module")
def stack():
    found = Stack(more={"DEMO_WITHOUT_SECOND_FACTOR": "1"})
    try:
        found.start()
        found.manage("create_demo_accounts", "--credentials", str(found.folder / "credentials"))
        found.manage("create_demo_mediation")
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="module")
def passwords(stack) -> dict[str, str]:
    lines = (stack.folder / "credentials").read_text(encoding="utf-8").splitlines()
    return dict(line.split()[:2] for line in lines if len(line.split()) >= 2)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield found
        found.close()


class Person:
    """One person with one browser: collects what the page complained of."""

    def __init__(self, browser, url: str, view: dict, language: str):
        self.context = browser.new_context(viewport=view, locale="en-GB" if language == "en" else "zh-CN")
        self.context.add_cookies([{"name": "lang", "value": language, "url": url}])
        self.page: Page = self.context.new_page()
        self.url, self.complaints = url, []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def send(self, action: str) -> None:
        """Press the button of the form that posts to an address ending with `action`, and wait for the page that follows."""
        self.press(f'main form[action*="{action}"] button[type=submit]')

    def press(self, button: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(button).first.click()

    def open_act(self, action: str):
        """The form that posts to `action`, its summary opened if it is folded."""
        form = self.page.locator(f'main form[action*="{action}"]').first
        folded = self.page.locator(f'details:has(form[action*="{action}"])')
        if folded.count() and not form.is_visible():
            folded.first.locator("summary").first.click()
        expect(form).to_be_visible()
        return form

    def no_complaint(self) -> None:
        assert self.complaints == []


def send_request(citizen: Person) -> tuple[str, str]:
    page = citizen.page
    citizen.go("/")
    page.check("input[name=category][value=dispute]")
    page.locator("main form button[type=submit]").first.click()
    for name, value in ANSWERS.items():
        page.check(f"input[name={name}][value={value}]")
    page.locator("main form button[type=submit]").first.click()
    page.fill("textarea[name=description]", "邻居家的围墙占了我家的路，几次商量都没有结果。")
    page.locator("main form button[type=submit]").first.click()
    page.locator(".map .leaflet-overlay-pane path").first.wait_for()
    page.locator(".map").click(position={"x": 150, "y": 150})
    page.select_option("select[name=township]", "330523004")
    page.fill("input[name=location_text]", "皈山场村文化礼堂旁")
    page.reload()  # nothing that was sent before is lost
    page.select_option("select[name=township]", "330523004")
    page.fill("input[name=location_text]", "皈山场村文化礼堂旁")
    page.locator("main form button[type=submit]").first.click()
    page.locator("main form button.btn-primary").last.click()
    page.fill("input[name=name]", "王小明")
    page.fill("input[name=phone]", "13812345678")
    page.check("input[name=consent]")
    page.locator("main form button[type=submit]").first.click()
    assert page.url.endswith("/ask/check/")
    page.locator("main form button[type=submit]").last.dblclick()
    page.wait_for_url("**/ask/done/")
    return page.inner_text("#ref").strip(), page.inner_text("#code").strip()


def sign_in(person: Person, name: str, password: str) -> None:
    person.go("/accounts/login/")
    person.page.fill("input[name=username]", name)
    person.page.fill("input[name=password]", password)
    person.page.locator("main form button.btn-primary").click()
    person.page.wait_for_url("**/home/**")


def settle(desk: Person, reference: str) -> None:
    """Route the request to mediation, assign a mediator, and bring the dispute to its end."""
    page = desk.page
    desk.go("/requests/?view=all")
    page.get_by_role("link", name=reference).click()
    desk.open_act("/route/")
    desk.send("/route/")
    page.locator('a[href^="/mediation/TJ"]').first.click()
    page.wait_for_url("**/mediation/TJ**")
    other = desk.open_act("/add-party/")
    other.locator("select[name=side]").select_option("respondent")
    other.locator("input[name=name]").fill("李大山")
    desk.send("/add-party/")
    for _party in range(2):
        desk.press('form[action*="/consent/"] button[value=yes]')
    page.locator('main a[href$="/match/"]').first.click()
    page.wait_for_url("**/match/**")
    desk.send("/offer/")
    desk.open_act("/accept/").locator("input[name=conflict_disclosed]").check()
    desk.send("/accept/")
    session = desk.open_act("/session/")
    session.locator("input[name=venue]").fill("孝源派出所调解室")
    session.locator("textarea[name=text]").fill("双方各退一步，围墙内移五十公分。")
    session.locator("input[name=is_signed]").check()
    desk.send("/session/")
    desk.open_act("/agreement/").locator("textarea[name=terms]").fill("围墙内移五十公分，当日拆除。")
    desk.send("/agreement/")
    desk.send("/performance/")
    visit = desk.open_act("/waive/")
    visit.locator("input[name=reason]").fill("当场履行完毕，双方和好")
    desk.send("/waive/")
    desk.send("/close/")
    page.locator(".steps .done").nth(5).wait_for()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_request_becomes_handled_work_and_a_figure_of_the_month(stack, passwords, browser, language):
    before = counted(stack)
    citizen = Person(browser, stack.url, PHONE, language)
    reference, secret = send_request(citizen)

    desk = Person(browser, stack.url, DESK, language)
    sign_in(desk, "duty", passwords["duty"])
    expect(desk.page.locator("html")).to_have_attribute("lang", "en" if language == "en" else "zh-CN")
    settle(desk, reference)
    # The news reach the citizen through the worker.
    stack.wait_until(
        lambda: (
            stack.sql(f"SELECT status FROM helpdesk_helprequest WHERE reference = '{reference}'")
            == "answered"
        ),
        "the answer",
    )

    page = citizen.page
    citizen.go("/track/")
    page.fill("input[name=reference]", reference)
    page.fill("input[name=secret]", secret.lower())
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/track/request/")
    assert page.locator(".tl li").count() >= 5
    assert ("agreement" if language == "en" else "协议") in page.locator(".tl").inner_text()
    page.check("input[name=score][value='5']")
    citizen.send("/rate/")
    expect(page.locator("input[name=score]")).to_have_count(0)

    desk.go("/reports/preview/")
    with desk.page.expect_response(lambda r: r.url.endswith("/reports/preview/pdf/")):
        pdf = desk.context.request.get(f"{stack.url}/reports/preview/pdf/")
        desk.go("/reports/preview/")
        desk.page.evaluate("fetch('/reports/preview/pdf/')")
    assert pdf.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(pdf.body())) as document:
        assert len(document.pages) >= 3
    received = int(stack.sql("SELECT count(*) FROM helpdesk_helprequest"))
    # the stamp across the page falls between the letters of the text
    assert re.search(rf"来.?件.?数.?{received}.?件", words_of(pdf.body())), words_of(pdf.body())[:2000]
    assert counted(stack) == (before[0] + 1, before[1] + 1)
    figure = re.compile(rf"\n{received}(?!\d)")
    stack.wait_until(lambda: figure.search(overview(desk)), "the figure on the overview", KEPT_SECONDS + 30)
    citizen.no_complaint()
    desk.no_complaint()
    citizen.context.close()
    desk.context.close()


def words_of(pdf: bytes) -> str:
    shown = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(shown.stdout.decode().split())


def overview(desk) -> str:
    """The first figure of the overview, requests received, which is kept for KEPT_SECONDS."""
    desk.go("/home/overview/")
    return desk.page.locator(".kpi").first.inner_text()


def counted(stack: Stack) -> tuple[int, int]:
    """Requests closed with a good rating, and disputes settled, straight from the tables."""
    return (
        int(stack.sql("SELECT count(*) FROM helpdesk_helprequest WHERE status = 'closed'")),
        int(stack.sql("SELECT count(*) FROM mediation_dispute WHERE outcome IN ('oral', 'written')")),
    )
