"""The frozen figures are those that an independent count in SQL finds, and a month ends at midnight in Anji."""

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from anji_police.metrics import Reading
from anji_police.periods import SHANGHAI, Period
from anji_police.places.models import Place, Unit
from anji_police.reports import figures
from tests.factories import UnitFactory, place
from tests.reports.conftest import ACTION, count_one

pytestmark = pytest.mark.django_db


def _recount(month: str, code: str | None = None) -> tuple[int, int]:
    """(all, solved) of a month by plain SQL that shares no code with the report."""
    where = "action = %s AND to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') = %s"
    values = [ACTION, month]
    if code:
        where += " AND subject_id = %s"
        values.append(code)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE reason = 'solved') FROM audit_auditentry WHERE {where}",
            values,
        )
        return cursor.fetchone()


@pytest.fixture
def stations(figures_of_tests):
    stations = [UnitFactory(), UnitFactory(), UnitFactory()]
    dice = random.Random(20240531)
    first, last = datetime(2023, 4, 28, tzinfo=SHANGHAI), datetime(2024, 6, 3, tzinfo=SHANGHAI)
    for _ in range(400):
        at = first + timedelta(seconds=dice.randrange(int((last - first).total_seconds())))
        count_one(dice.choice(stations).code, at, solved=dice.random() < 0.6)
    for edge in ("2024-04-30T15:59:59", "2024-04-30T16:00:00", "2024-05-31T15:59:59", "2024-05-31T16:00:00"):
        count_one(stations[0].code, datetime.fromisoformat(edge).replace(tzinfo=UTC))
    return stations


def test_every_figure_equals_an_independent_recount(stations):
    measured = figures.measure(Period.month("2024-05"))
    counted, solved = measured["metrics"]
    for name, month in (("month", "2024-05"), ("before", "2024-04"), ("year_before", "2023-05")):
        total, done = _recount(month)
        assert total > 0
        assert counted[name]["numerator"] == total
        assert (solved[name]["numerator"], solved[name]["denominator"]) == (done, total)
    assert counted["to_date"]["numerator"] == sum(_recount(f"2024-{m:02}")[0] for m in range(1, 6))
    assert counted["to_date_year_before"]["numerator"] == sum(
        _recount(f"2023-{m:02}")[0] for m in range(1, 6)
    )
    for station in counted["stations"]:
        for name, month in (("month", "2024-05"), ("before", "2024-04"), ("year_before", "2023-05")):
            assert station[name]["numerator"] == _recount(month, station["unit"])[0]
    assert sum(s["month"]["numerator"] for s in counted["stations"]) == counted["month"]["numerator"]
    assert [p["month"] for p in counted["trend"]][::11] == ["2023-06", "2024-05"]
    for point in counted["trend"]:
        assert point["reading"]["numerator"] == _recount(point["month"])[0]


def test_half_past_midnight_on_1_february_belongs_to_february(figures_of_tests):
    unit = UnitFactory()
    count_one(unit.code, datetime(2026, 1, 31, 16, 30, tzinfo=UTC))
    january, february = (
        figures.measure(Period.month(m))["metrics"][0]["month"] for m in ("2026-01", "2026-02")
    )
    assert (january["numerator"], february["numerator"]) == (0, 1)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
@settings(max_examples=2000, deadline=None)
def test_every_moment_lies_in_exactly_the_month_of_its_date_in_anji(moment):
    month = moment.astimezone(SHANGHAI).strftime("%Y-%m")
    period = Period.month(month)
    assert moment in period
    assert moment not in period.before()
    assert moment not in period.shifted(1)


def test_fingerprint_survives_the_database_and_sees_every_change(stations):
    measured = figures.measure(Period.month("2024-05"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb::text", [json.dumps(measured)])
        back = json.loads(cursor.fetchone()[0])
    assert figures.fingerprint(back) == figures.fingerprint(measured)
    back["metrics"][0]["stations"][2]["before"]["numerator"] += 1
    assert figures.fingerprint(back) != figures.fingerprint(measured)


def test_decimals_stay_exact_and_floats_are_refused():
    assert figures.plain(Reading(Decimal("2.50"), 3))["numerator"] == "2.5"
    assert figures.plain(Reading(Decimal("400"), None))["numerator"] == 400
    with pytest.raises(TypeError, match="never a float"):
        figures.plain(Reading(0.1))


def test_preview_compares_with_the_same_number_of_days(figures_of_tests):
    unit = UnitFactory()
    for month in (4, 5):
        for day in range(1, 29):
            count_one(unit.code, datetime(2024, month, day, 12, tzinfo=SHANGHAI))
    until = Period(datetime(2024, 5, 1, tzinfo=SHANGHAI), datetime(2024, 5, 11, tzinfo=SHANGHAI))
    entry = figures.preview(until, Unit.objects.all())["metrics"][0]
    assert (entry["month"]["numerator"], entry["before"]["numerator"]) == (10, 10)


def _box(lon, lat):
    return MultiPolygon(Polygon.from_bbox((lon, lat, lon + 0.1, lat + 0.1)), srid=4326)


def test_map_tells_each_township_with_its_shape(figures_of_tests):
    first, second = place("330523001", "递铺街道"), place("330523100", "梅溪镇")
    Place.objects.filter(pk=first.pk).update(area=_box(119.6, 30.6), area_source="derived")
    Place.objects.filter(pk=second.pk).update(area=_box(119.7, 30.6), area_source="derived")
    county = figures.county_map(Period.month("2024-05"), Unit.objects.all())
    assert (county["by"], county["derived"]) == ("station", True)
    assert [(a["name"], a["value"]) for a in county["areas"]] == [("递铺街道", None), ("梅溪镇", None)]
    assert county["areas"][0]["rings"][0][0] == ["119.60000", "30.60000"]
