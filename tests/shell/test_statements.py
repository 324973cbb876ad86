"""How often a page of the shell asks the database: the same number for few rows and for many."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anji_police import memo, metrics
from tests.factories import chief, officer
from tests.helpdesk.factories import in_progress

pytestmark = pytest.mark.django_db
# With nothing kept: session, account (with its roles and devices), unread, the badges of the menu in one; then what the page
# itself shows.
PAGES = {
    "helpdesk:request-list": 23,
    "dashboard:my-work": 12,
    "dashboard:overview": 24,
    "notifications:inbox": 12,
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_statements_for_any_number_of_rows(name, client_of):
    boss = chief()
    handler = officer(unit=boss.unit)
    browser = client_of(boss)

    def statements() -> int:
        browser.get(reverse(name))
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse(name)).status_code == 200
        return len(asked)

    # One in each queue: a queue that holds nothing is counted with all others and not read.
    in_progress(handler)
    in_progress(boss, phone="13700000000")
    few = statements()
    for n in range(12):
        in_progress(handler, phone=f"1380000{n:04d}")
        in_progress(boss, phone=f"1390000{n:04d}")
    assert statements() == few
    assert few <= PAGES[name]


def test_a_page_remembers_and_an_act_does_not():
    asked = []
    ask = lambda: asked.append(1) or len(asked)  # noqa: E731

    def answers(method):
        seen = lambda request: (memo.once("k", ask), memo.once("k", ask))  # noqa: E731
        return memo.MemoMiddleware(seen)(getattr(RequestFactory(), method)("/"))

    assert answers("get") == (1, 1)
    assert answers("get") == (2, 2)  # the next page asks again
    assert answers("post") == (3, 4)
    assert (memo.once("k", ask), memo.once("k", ask)) == (5, 6)


def test_a_figure_that_fails_takes_no_other_one_with_it(client_of, monkeypatch):
    every = metrics.every()
    broken = replace(every[0], ask=lambda **_given: connection.cursor().execute("SELECT 1/0"))
    monkeypatch.setattr(metrics, "every", lambda: [broken, *every[1:]])
    tiles = client_of(chief()).get(reverse("dashboard:overview")).context["tiles"]
    assert tiles[0].reading is None
    assert all(tile.reading is not None for tile in tiles[1:])
