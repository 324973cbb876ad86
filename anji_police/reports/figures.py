"""Measures all registered figures for a month and freezes them as plain JSON. Nothing is counted here: metrics.py counts."""

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal

from django.apps import apps
from django.utils.translation import override

from anji_police import metrics
from anji_police.metrics import Metric, Reading
from anji_police.periods import Period, add_months, midnight, months_back
from anji_police.places.models import Jurisdiction, Place, Unit

SCHEMA = 1
LANGUAGES = {"zh": "zh-hans", "en": "en"}
TREND_MONTHS = 12
# About 60 m: not seen on a map 156 mm wide, and the frozen figures stay small.
SIMPLIFY_DEGREES = 0.0006


def canonical(figures: dict) -> bytes:
    """The one form whose SHA-256 is printed: UTF-8, keys sorted, no spaces, no floats."""
    return json.dumps(
        figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def fingerprint(figures: dict) -> str:
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(figures)).hexdigest()


def plain(reading: Reading | None) -> dict | None:
    """A reading as JSON: whole numbers stay numbers, decimals become text, so that nothing is rounded by a float."""
    if reading is None:
        return None
    return {
        "numerator": _exact(reading.numerator),
        "denominator": _exact(reading.denominator),
        "rows": {k: str(v) for k, v in (reading.rows or {}).items()},
    }


def _exact(value):
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value.normalize())
    if isinstance(value, float):
        raise TypeError("a figure is a whole number or a Decimal, never a float")
    return value


def in_both(text) -> dict[str, str]:
    """A lazy text in both languages: what was frozen is told the same when a translation changes later."""
    found = {}
    for short, code in LANGUAGES.items():
        with override(code):
            found[short] = str(text)
    return found


def field_name(field: str):
    """The name of a field of work, as its app calls itself."""
    try:
        return apps.get_app_config(field).verbose_name
    except LookupError:
        return field


def year_to_date(period: Period) -> Period:
    """From 1 January to the end of `period`, half-open."""
    return Period(midnight(period.first_day.replace(month=1, day=1)), period.end)


def _back_a_year(period: Period) -> Period:
    """The same span a year before, also for a span that ends within a month (a preview up to now)."""
    first = midnight(add_months(period.first_day, -12))
    return Period(first, first + (period.end - period.start))


def _month_before(period: Period, whole: bool) -> Period:
    if whole:
        return period.before()
    first = midnight(add_months(period.first_day, -1))
    return Period(first, min(first + (period.end - period.start), period.start))


def _entry(metric: Metric, period: Period, units, *, whole: bool) -> dict:
    year_before = period.year_before() if whole else _back_a_year(period)

    def measured(span: Period) -> dict | None:
        return plain(metric.measure(period=span, units=units))

    to_date = year_to_date(period)
    return {
        "key": metric.key,
        "field": metric.field,
        "label": in_both(metric.label),
        "unit": in_both(metric.unit),
        "definition": in_both(metric.definition),
        "kind": metric.kind,
        "better": metric.better,
        "rows_url": metric.rows_url,
        "month": measured(period),
        "before": measured(_month_before(period, whole)),
        "year_before": measured(year_before),
        "to_date": measured(to_date),
        "to_date_year_before": measured(
            Period(midnight(add_months(to_date.first_day, -12)), year_before.end)
        ),
    }


def _by_station(metric: Metric, period: Period) -> list[dict]:
    """The month, the month before and the year before for each station and all below it."""
    found = []
    for unit in Unit.objects.stations().active().order_by("code"):
        own = Unit.objects.under(unit)
        found.append(
            {
                "unit": unit.code,
                "name": unit.short_name or unit.name,
                "month": plain(metric.measure(period=period, units=own)),
                "before": plain(metric.measure(period=period.before(), units=own)),
                "year_before": plain(metric.measure(period=period.year_before(), units=own)),
            }
        )
    return found


def _trend(metric: Metric, period: Period, units) -> list[dict]:
    return [
        {"month": span.iso_month, "reading": plain(metric.measure(period=span, units=units))}
        for span in months_back(period.iso_month, TREND_MONTHS)
    ]


def preview(period: Period, units) -> dict:
    """Figures of a month that still runs, for `units`; compared with the same number of days, without stations and trend."""
    return {
        "schema": SCHEMA,
        "month": period.iso_month,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "fields": [{"key": f, "name": in_both(field_name(f))} for f in metrics.fields()],
        "metrics": [
            _entry(m, period, units, whole=False) | {"stations": [], "trend": []} for m in metrics.every()
        ],
        "map": None,
    }


def measure(
    period: Period, progress: Callable[[int, int, str], None] = lambda done, total, note: None
) -> dict:
    """All figures of a whole month over all units: month, month before (环比), year before (同比), year to date, stations,
    twelve months back, and the map. The caller sees to it that all is read from one moment of the database."""
    units = Unit.objects.all()
    every = metrics.every()
    entries = []
    for number, metric in enumerate(every):
        progress(number, len(every), str(metric.label))
        entry = _entry(metric, period, units, whole=True)
        entries.append(
            entry | {"stations": _by_station(metric, period), "trend": _trend(metric, period, units)}
        )
    return {
        "schema": SCHEMA,
        "month": period.iso_month,
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "fields": [{"key": f, "name": in_both(field_name(f))} for f in metrics.fields()],
        "metrics": entries,
        "map": county_map(period, units),
    }


def county_map(period: Period, units) -> dict | None:
    """Townships with the first figure that is told by township; else with that of the station that answers for them.

    None when no township has a boundary or no count is registered. Coordinates are text of five decimals (about 1 m), WGS-84.
    """
    areas = list(Place.objects.townships().filter(area__isnull=False))
    counts = [m for m in metrics.every() if m.kind == "count"]
    chosen = next((m for m in counts if m.by_place), counts[0] if counts else None)
    if not areas or chosen is None:
        return None
    if chosen.by_place:
        values = chosen.by_place(period=period, units=units)
        told = {place.code: values.get(place.code, 0) for place in areas}
    else:
        told = _by_responsible_station(chosen, period, areas)
    return {
        "metric": chosen.key,
        "by": "township" if chosen.by_place else "station",
        "derived": any(place.area_source == Place.AreaSource.DERIVED for place in areas),
        "areas": [
            {"code": place.code, "name": place.name, "value": told[place.code], **_shape(place)}
            for place in areas
        ],
    }


def _by_responsible_station(metric: Metric, period: Period, areas: list[Place]) -> dict[str, int | None]:
    rows = Jurisdiction.objects.filter(place__in=areas, valid__contains=period.last_day).select_related(
        "unit"
    )
    unit_of = {row.place_id: row.unit for row in rows}
    measured: dict[int, int] = {}
    for unit in set(unit_of.values()):
        value = metric.measure(period=period, units=Unit.objects.under(unit)).numerator
        measured[unit.pk] = _exact(value)
    return {p.code: measured[unit_of[p.pk].pk] if p.pk in unit_of else None for p in areas}


def _shape(place: Place) -> dict:
    area = place.area.simplify(SIMPLIFY_DEGREES, preserve_topology=True)
    polygons = [area] if area.geom_type == "Polygon" else list(area)
    return {
        "rings": [[_degrees(point) for point in ring] for polygon in polygons for ring in polygon.coords],
        "at": _degrees(place.area.point_on_surface.coords),
    }


def _degrees(point) -> list[str]:
    return [f"{point[0]:.5f}", f"{point[1]:.5f}"]
