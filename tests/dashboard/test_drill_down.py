"""Each figure of the overview opens the rows behind it: as many as the figure says, whoever looks."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from anji_police import metrics
from anji_police.dashboard import selectors
from anji_police.helpdesk import services
from anji_police.helpdesk.models import HelpRequest
from anji_police.metrics import Reading
from anji_police.periods import SHANGHAI, Period, today
from anji_police.places.models import Unit
from mediation import services as mediation
from mediation.models import Assignment, Dispute, FollowUp
from tests.factories import UnitFactory, chief, duty_desk, officer, place
from tests.helpdesk.factories import in_progress, station_of, submitted, town
from tests.mediation.factories import (
    APPLICANT,
    RESPONDENT,
    registered,
    signed,
    team,
    visited,
    with_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.smoke]


@pytest.fixture(autouse=True)
def _early_in_the_month():
    """All that is answered today fell due within the month, too."""
    with time_machine.travel(datetime(2026, 11, 3, 10, tzinfo=SHANGHAI)):
        yield


def this_month() -> Period:
    return Period.month(today().strftime("%Y-%m"))


def everything_that_is_counted(one, two, township) -> None:
    """One of each thing that a figure of mediation counts, beside one that it doesn't."""
    found_in = mediation.record_round(
        actor=one, unit=one.unit, place=township, held_on=today(), people="王警官、村干部老周"
    )
    newcomer = replace(APPLICANT, origin=place("341524", "金寨县", "county"))
    late = registered(
        one,
        source="screening",
        screening=found_in,
        risk_factors=("repeat_calls",),
        parties=[newcomer, RESPONDENT],
    )
    Dispute.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    team(f"{one.unit.pk}乡音调解团", unit=one.unit)
    registered(two, source="call_110", source_code="JQ202611030001")
    grave = with_session(one, risk_factors=("weapon", "group", "alcohol"))
    mediation.record_agreement(
        dispute=grave, actor=one, is_written=False, terms="各自承担医药费。", at_once=True
    )
    visited(one, grave, satisfaction=5)
    late = mediation.plan_follow_up(dispute=grave, actor=one, due_on=today(), way="phone")
    FollowUp.objects.filter(pk=late.pk).update(due_on=today() - timedelta(days=1))
    late.refresh_from_db()
    mediation.record_follow_up(follow_up=late, actor=one, performance="已履行", satisfaction=2)
    mediation.escalate(dispute=grave, actor=one)
    Assignment.objects.filter(dispute=grave).update(match=Assignment.Match.ORIGIN)
    paper = signed(two)
    row = mediation.apply_for_confirmation(
        dispute=paper,
        actor=two,
        court="安吉县人民法院",
        agreed_by=[party.pk for party in paper.parties.all()],
        about_identity=False,
    )
    mediation.record_court(confirmation=row, actor=two, to="accepted")
    mediation.record_court(confirmation=row, actor=two, to="confirmed", number="(2026)浙0523民特1号")


@pytest.fixture
def two_stations():
    """Work of two stations, each with what its own view of the queue would hide: answered, withdrawn, of another unit."""
    places = town(), town("330523005", "灵峰街道")
    here, there = station_of(places[0]), station_of(places[1])
    for unit, township in ((here, places[0]), (there, places[1])):
        one, two = officer(unit=unit), officer(unit=UnitFactory(parent=unit))
        answered = in_progress(one, township=township, description="已经答复的事项，邻居装修噪声。")
        services.answer(request=answered, actor=one, body="已经上门劝导，对方答应夜间不再施工。", key="1")
        rated = HelpRequest.objects.get(pk=answered.pk)
        services.rate(request=rated, score=5)
        submitted(township=township)
        withdrawn = submitted(township=township).request
        services.withdraw(request=withdrawn)
        registered(two, risk_factors=("weapon", "violence"))
        settled = with_session(one, amount_yuan="1200.50")
        mediation.record_agreement(dispute=settled, actor=one, is_written=False, terms="围墙内移五十公分。")
        everything_that_is_counted(one, two, township)
    return here, there


def drilled(client, url: str) -> list:
    found = client.get(url)
    assert found.status_code == 200, url
    page = found.context["page"]
    assert not page.next_url
    return list(page.rows)


def told_by(metric, rows) -> int:
    """What the figure must be, of the rows behind it: their number, or the sum of their amounts."""
    return sum(row.amount_yuan for row in rows) if metric.key == "mediation.amount" else len(rows)


@pytest.mark.parametrize("who", ["duty desk", "chief"])
def test_each_figure_opens_as_many_rows_as_it_says(client_of, two_stations, who):
    user = duty_desk() if who == "duty desk" else chief(unit=two_stations[0])
    client = client_of(user)
    units, own = Unit.objects.visible_to(user), None if user.is_county_wide else user.unit
    figures = [m for m in metrics.every() if m.field in ("helpdesk", "mediation") and m.rows_url]
    assert len(figures) >= 20
    for metric in figures:
        reading = metric.measure(period=this_month(), units=units)
        assert (reading.denominator if metric.kind == "mean" else reading.numerator) > 0, metric.key
        address = metrics.rows_address(metric.rows_url, reading, unit=own)
        counted = reading.denominator if metric.kind == "mean" else reading.numerator
        assert told_by(metric, drilled(client, address)) == counted, metric.key


def test_each_station_of_the_comparison_opens_its_own_rows(client_of, two_stations):
    user = duty_desk()
    client = client_of(user)
    for row in selectors.ranking(user=user, metric=metrics.get("mediation.registered"), period=this_month()):
        if row["number"]:
            assert len(drilled(client, row["url"])) == row["number"]


def test_a_list_that_is_gone_leaves_its_frozen_figure_without_a_link():
    assert metrics.rows_address("helpdesk:no-such-list", Reading(1)) == ""
    assert metrics.rows_address(None, Reading(1)) == ""
