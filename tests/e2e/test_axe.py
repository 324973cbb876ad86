"""axe and the browser's console on every page of the access table, in two widths and two themes."""

import os
from importlib.resources import files

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import sync_playwright

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
# Answers that are no pages.
SKIPPED = {"livez", "readyz", "places:base-geojson"}
WATCH = "window.refused=[];document.addEventListener('securitypolicyviolation',e=>window.refused.push(e.violatedDirective+' '+e.blockedURI))"


def _pages(made: world.World) -> list[tuple[str, str, str]]:
    """(name, path, column) of each page, as the first account that may open it; pages of a citizen as nobody."""
    found = []
    for route in table.routes():
        rows = {row["method"]: row for row in table.expected(route.app) if row["url"] == route.name}
        if "GET" not in rows or route.name in SKIPPED or "api" in route.name.split(":")[0]:
            continue
        column = next((c for c in world.COLUMNS if rows["GET"][c] == "200"), None)
        if column:
            path = table.address(route, made.examples.get(route.name, world.Example()))
            found.append((route.name, path, column))
    return found


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
def test_no_page_has_a_violation(live_server, monkeypatch):
    made = world.build()
    pages = _pages(made)
    sessions = {
        column: sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value
        for column, user in made.users.items()
    }
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for column in dict.fromkeys(column for _name, _path, column in pages):
            context = browser.new_context(locale="zh-CN", reduced_motion="reduce")  # no half-way colours
            context.add_init_script(WATCH)
            if column in sessions:
                context.add_cookies(
                    [
                        {
                            "name": settings.SESSION_COOKIE_NAME,
                            "value": sessions[column],
                            "url": live_server.url,
                        }
                    ]
                )
            page = context.new_page()
            for name, path, wanted in pages:
                if wanted == column:
                    faults += check(page, name, f"{live_server.url}{path}")
            context.close()
        browser.close()
    assert pages
    assert not faults, "\n".join(faults)


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
    page.goto(url, wait_until="load")
    if page.query_selector("[data-map]"):
        page.wait_for_selector("[data-map].leaflet-container")
    page.evaluate(AXE)
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.evaluate("t=>{document.documentElement.setAttribute('data-bs-theme',t)}", theme)
            result = page.evaluate("rules=>axe.run(rules)", RULES)
            found += [
                f"{name} {width}px {theme}: {v['id']} — {v['help']}: {v['nodes'][0]['html'][:200]}"
                for v in result["violations"]
            ]
        sideways = page.evaluate("document.documentElement.scrollWidth>document.documentElement.clientWidth")
        if sideways:
            found.append(f"{name} {width}px: scrolls sideways")
    found += [f"{name}: refused by the policy: {entry}" for entry in page.evaluate("window.refused")]
    page.remove_listener("console", console)
    page.remove_listener("pageerror", crashed)
    return found
