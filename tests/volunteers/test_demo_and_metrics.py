"""Demonstration data that keep every rule, the figures and the rows behind them, and the offer to mediation."""

import io
import random
import uuid
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Func, Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anji_police import metrics
from anji_police.geo import SRID
from anji_police.periods import Period, add_months, today
from anji_police.places.models import Unit
from tests.factories import UnitFactory, UserFactory, bureau, place
from tests.volunteers import factories as make
from volunteers import hours, selectors, services
from volunteers.demo import people
from volunteers.models import (
    Attendance,
    HoursEntry,
    Incident,
    Member,
    MonthClose,
    Shift,
    SignUp,
    Team,
)
from volunteers.services.ledger import span_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo():
    make.seed_rules()
    for code in ("330523001", "330523004"):
        place(code, f"乡镇{code}")
    UnitFactory(name="孝源派出所", short_name="孝源派出所")
    UserFactory(username="volunteer", roles=["volunteer"], unit=None, is_demo=True, name="张阿龙")
    for _again in range(2):
        call_command("create_demo_volunteers", teams=12, months=6, stdout=io.StringIO())


def test_demonstration_teams_are_made_once_marked_and_keep_every_rule(demo):
    assert Team.objects.filter(is_demo=True).count() == Team.objects.count() == 12
    assert not Member.objects.filter(is_demo=False).exists()
    assert not Member.objects.exclude(id_number_index="").exists()
    own = Member.objects.get(user__username="volunteer")
    assert SignUp.objects.filter(member=own, status="confirmed", shift__status="open").exists()
    assert Shift.objects.filter(status="settled").count() > 20
    # Every booked hour is what the one function gives, or was changed with a reason.
    for entry in HoursEntry.objects.select_related("attendance__sign_up__shift"):
        shift = entry.attendance.sign_up.shift
        credit = hours.credits([span_of(entry.attendance, shift)], hours.Limits.on(today()))[0]
        assert entry.computed_minutes == credit.minutes
        assert entry.minutes == credit.minutes or entry.reason
    for month in MonthClose.objects.all():
        assert month.minutes == (
            HoursEntry.objects.filter(month=month.month).aggregate(t=Sum("minutes"))["t"] or 0
        )
    assert Attendance.objects.filter(out_at__lte=F("in_at")).count() == 0
    assert (
        SignUp.objects.annotate(lower=Func(F("during"), function="lower"))
        .exclude(lower=F("shift__starts_at"))
        .count()
        == 0
    )


def test_the_same_seed_gives_the_same_people():
    def names(seed: int) -> list[str]:
        found = people._names(random.Random(seed))
        return [next(found) for _n in range(50)]

    assert names(1) == names(1)
    assert names(1) != names(2)


def test_every_figure_has_its_rows_behind_it(demo, client_of):
    """The number on the overview is the number of rows of the list it points at."""
    boss = UserFactory(roles=["leadership"], unit=bureau())
    browser = client_of(boss)
    period = Period.month(f"{add_months(today().replace(day=1), -1):%Y-%m}")
    counted = 0
    for found in metrics.every("volunteers"):
        reading = found.measure(period=period, units=Unit.objects.all())
        if found.rows_url is None or reading.rows is None:
            continue
        page = browser.get(reverse(found.rows_url), reading.rows)
        assert page.status_code == 200, found.key
        # Lists of sign-ups show the services behind a sum of hours, so only counts of rows are compared.
        if found.key.split(".")[1] in (
            "active_teams", "silent_teams", "active_members", "joined", "left", "insured", "trained", "shifts_held",
            "shifts_cancelled", "no_shows", "beats_covered", "incidents", "incidents_closed", "cases", "disputes",
        ):  # fmt: skip
            assert page.context["page"].total == min(reading.numerator, 1001), found.key
            counted += 1
    assert counted >= 15
    assert metrics.measure("volunteers.hours", period=period, units=Unit.objects.all()).numerator > 0


def test_figures_stay_within_the_units_asked_for(demo):
    other = make.clerk()
    period = Period.month(f"{today():%Y-%m}")
    for found in metrics.every("volunteers"):
        assert not found.measure(period=period, units=Unit.objects.filter(pk=other.unit_id)).numerator


def test_assistants_are_active_trained_insured_adults_the_nearest_first():
    clerk = make.clerk()
    home = make.team(clerk)
    henan, anji = place("411528", "息县", "county"), place("330523", "安吉县", "county")
    near = make.member(clerk, home, "近", origin=henan, location=Point(119.61, 30.62, srid=SRID))
    far = make.member(clerk, home, "远", dialects=["中原官话"], location=Point(119.80, 30.70, srid=SRID))
    nowhere = make.member(clerk, home, "无", origin=henan)
    make.member(clerk, home, "本地", origin=anji)
    make.member(clerk, home, "无险", origin=henan, kinds=("training", "commitment"))
    born = today().replace(day=1, month=1, year=today().year - 17)
    make.member(clerk, home, "未成年", origin=henan, id_number=make.id_number(born))
    make.applied(clerk, home, "申请人", origin=henan)
    with CaptureQueriesContext(connection) as caught:
        found = list(selectors.assistants(origins=[henan], dialects=["中原官话"], point=make.HERE))
    assert found == [near, far, nowhere]
    assert sum('"volunteers_member"' in q["sql"] for q in caught.captured_queries) == 1
    assert len(caught) <= 2  # the other one reads the spheroid, once for a process
    assert 0 < found[0].distance.m < found[1].distance.m
    assert found[2].distance is None
    assert selectors.assistants().count() == 4
    assert set(selectors.assistants(on=today() + timedelta(days=900))) == set()


def test_a_report_keeps_the_attendance_it_was_made_in():
    clerk = make.clerk()
    home = make.team(clerk)
    who = make.member(clerk, home)
    row = make.signed(make.opened(clerk, home, make.datetime.now(make.SHANGHAI) + timedelta(minutes=5)), who)
    made = services.check_in(sign_up=row, actor=who.user, method="gps", point=make.HERE)
    incident = services.report(
        actor=who.user, uid=uuid.uuid4(), kind="safety", facts="井盖松动，请处理", location=make.HERE
    )
    assert incident.attendance == made
    assert Incident.objects.count() == 1
