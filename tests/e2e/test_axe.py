"""axe and the browser's console on every page of the access table, in two widths and two themes."""

import os
from importlib.resources import files

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Error, sync_playwright

from tests.access import table, world
from tests.conftest import sign_in

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WIDTHS = ((1280, 800), (390, 844))
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
SCOPE = {"exclude": [["#swagger"]]}  # Swagger UI's own markup is not ours to mend
# Answers that are no pages: probes, data, pictures, and a fragment. A download tells itself.
SKIPPED = {
    "livez",
    "readyz",
    "places:base-geojson",
    "public:receipt",
    "public:file",
    "helpdesk:file",
    "helpdesk:presence",
    "volunteers:worker",
    "volunteers:manifest",
    "volunteers:incident-photo",
}
PROGRAMS = ("api:", "open311:")
WATCH = "window.refused=[];document.addEventListener('securitypolicyviolation',e=>window.refused.push(e.violatedDirective+' '+e.blockedURI))"


def _pages(made: world.World) -> list[tuple[str, str, world.Example]]:
    """(name, column, example) of each page, as the first account that may open it; pages of a citizen as nobody."""
    found = []
    for route in table.routes():
        rows = {row["method"]: row for row in table.expected(route.app) if row["url"] == route.name}
        if "GET" not in rows or route.name in SKIPPED:
            continue
        if route.name.startswith(PROGRAMS) and route.name != "api:docs":
            continue
        column = next((c for c in world.COLUMNS if rows["GET"][c] == "200"), None)
        if column:
            found.append((route.name, column, made.examples.get(route.name, world.Example())))
    return found + made.more


def _cookies(example: world.Example, session: str | None, url: str) -> list[dict]:
    """The cookies of the browser of one page: a session of its own when the example brings one, else the account's."""
    held = dict(example.cookies)
    if session:
        held[settings.SESSION_COOKIE_NAME] = session
    elif example.session:
        client = Client()
        table.bring(client, example)
        held[settings.SESSION_COOKIE_NAME] = client.session.session_key
    return [{"name": name, "value": value, "url": url} for name, value in held.items()]


@pytest.fixture
def browser(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


def _context(browser, cookies):
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce")  # no half-way colours
    context.add_init_script(WATCH)
    if cookies:
        context.add_cookies(cookies)
    return context


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(900)
def test_no_page_has_a_violation(live_server, browser):
    made = world.build()
    pages = _pages(made)
    sessions = {column: sign_in(Client(), user).session.session_key for column, user in made.users.items()}
    faults: list[str] = []
    for name, column, example in pages:
        context = _context(browser, _cookies(example, sessions.get(column), live_server.url))
        faults += check(
            context.new_page(), f"{name} as {column}", live_server.url + table.address(name, example)
        )
        context.close()
    faults += _posted_pages(browser, live_server.url, sessions, made)
    assert len(pages) > 40
    assert not faults, "\n".join(faults)


def _posted_pages(browser, base: str, sessions, made) -> list[str]:
    """Pages that only a posted form opens: what a bulk act would touch and what became of it, and a form's faults."""
    cookies = _cookies(world.Example(), sessions["duty_desk"], base)
    page = _context(browser, cookies).new_page()
    page.goto(f"{base}/requests/?view=all")
    for box in page.locator("input[name=pk]").all()[:3]:
        box.check()
    page.locator("#bulk button[value=priority]").click()
    found = examine(page, "bulk preview")
    page.locator("main form [name=confirmed] ~ button").click()
    found += examine(page, "bulk outcome")
    page.goto(f"{base}/requests/enter/?category=dispute")
    page.locator("main form button.btn-primary").click()
    assert page.locator(".errsum, [aria-invalid=true]").count()
    found += examine(page, "enter with faults")
    page.context.close()
    citizen = _context(browser, _cookies(made.examples["public:story"], None, base)).new_page()
    citizen.goto(f"{base}/ask/contact/")
    citizen.locator("input[name=phone]").fill("123")
    citizen.locator("main form button.btn-primary").click()
    assert citizen.locator(".errsum").count()
    found += examine(citizen, "contact with faults")
    citizen.context.close()
    return found


def check(page, name: str, url: str, expected_status: int = 200) -> list[str]:
    """What axe, the console and the policy find on one page, in both widths and themes."""
    found: list[str] = []

    def console(message):
        refused = expected_status >= 400 and f"status of {expected_status}" in message.text
        if message.type in ("error", "warning") and not refused:
            found.append(f"{name}: console {message.text}")

    def crashed(error):
        found.append(f"{name}: script {error}")

    page.on("console", console)
    page.on("pageerror", crashed)
    page.set_viewport_size({"width": WIDTHS[0][0], "height": WIDTHS[0][1]})
    try:
        answer = page.goto(url, wait_until="load")
    except Error as error:
        if "Download is starting" not in str(error):
            raise
        return found  # a file is no page
    if answer.headers.get("content-type", "").startswith(
        "text/html"
    ):  # a PDF in the browser's viewer is no page of ours
        found += examine(page, name)
    page.remove_listener("console", console)
    page.remove_listener("pageerror", crashed)
    return found


def examine(page, name: str) -> list[str]:
    """What axe and the policy find on the page that is open."""
    found: list[str] = []
    if page.query_selector("[data-map]"):
        page.wait_for_selector("[data-map].leaflet-container", state="attached")
    rules = RULES
    if page.query_selector("#swagger"):
        page.wait_for_selector("#swagger .opblock")  # the page is of use only when the list is drawn
        rules = RULES | {
            "rules": {"landmark-no-duplicate-main": {"enabled": False}}
        }  # it brings a <main> of its own
    page.evaluate(AXE)
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.evaluate("t=>{document.documentElement.setAttribute('data-bs-theme',t)}", theme)
            result = page.evaluate("([scope,rules])=>axe.run(scope,rules)", [SCOPE, rules])
            found += [
                f"{name} {width}px {theme}: {v['id']} — {v['help']}: {v['nodes'][0]['html'][:200]}"
                for v in result["violations"]
            ]
        sideways = page.evaluate("document.documentElement.scrollWidth>document.documentElement.clientWidth")
        if sideways:
            found.append(f"{name} {width}px: scrolls sideways")
    found += [f"{name}: refused by the policy: {entry}" for entry in page.evaluate("window.refused")]
    return found
