"""The badges of the menu: what waits for the person, counted together and kept for a moment."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anji_police import nav
from tests.factories import chief, officer
from tests.helpdesk.factories import in_progress
from tests.volunteers import factories as make
from tests.volunteers.test_people_and_incidents import reported

pytestmark = pytest.mark.django_db


def entries(user) -> list[nav.Item]:
    return [item for _section, items in nav.menu_for(user) for item in items]


@pytest.fixture
def boss():
    found = chief()
    in_progress(found)
    in_progress(officer(unit=found.unit), phone="13700000000")
    clerk = officer(unit=found.unit)
    reported(make.member(clerk, make.team(clerk)))
    return found


def test_each_badge_is_the_number_of_what_waits(boss):
    found = nav.waiting(entries(boss), boss)
    assert found["helpdesk:request-list"] == 1
    assert found["volunteers:incident-list"] == 1
    alone = {item.url_name: item.count(boss) for item in entries(boss) if item.count is not None}
    assert found == {name: len(n) if isinstance(n, QuerySet) else n for name, n in alone.items()}
    assert found["dashboard:my-work"] >= 2


def test_those_told_by_rows_come_in_one_statement_and_are_kept_for_a_moment(boss):
    told = [
        item for item in entries(boss) if item.count is not None and isinstance(item.count(boss), QuerySet)
    ]
    assert len(told) >= 2
    with CaptureQueriesContext(connection) as asked:
        first = nav.waiting(told, boss)
        again = nav.waiting(told, boss)
    assert sum("count(*)" in query["sql"] for query in asked) == 1
    assert again == first
    cache.clear()
    in_progress(boss, phone="13600000000")
    assert nav.waiting(told, boss)["helpdesk:request-list"] == 2


def test_the_page_shows_the_badge_of_each_own(boss, client_of):
    page = client_of(boss).get(reverse("notifications:inbox")).content.decode()
    assert page.count('<span class="ct">1<') >= 2
    idle = client_of(officer()).get(reverse("notifications:inbox")).content.decode()
    assert '<span class="ct">' not in idle
