"""Figures of the overview: measured through the registry, capped in time, kept for a minute in this process."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from anji_police import metrics
from anji_police.metrics import Metric, Reading
from anji_police.periods import Period
from anji_police.places.models import Unit

KEPT_SECONDS = 60
LIMIT_MS = 1500  # one figure of the overview may take this long; a slower one shows as not available


@dataclass(frozen=True)
class Tile:
    """One figure: this month, compared with the same month of the year before and the month before."""

    metric: Metric
    reading: Reading | None  # None: could not be measured in time
    year_before: Reading | None
    month_before: Reading | None
    url: str

    @property
    def value(self) -> str:
        return shown(self.metric, self.reading)

    @property
    def parts(self) -> str:
        """Numerator and denominator of a share."""
        if self.reading is None or self.metric.kind != "share" or not self.reading.denominator:
            return ""
        return f"{self.reading.numerator:,}/{self.reading.denominator:,}"

    @property
    def trends(self) -> list[tuple[str, str, str]]:
        """(words, tone ok|bad|flat, icon) against last year and last month; tone says whether the change is good."""
        found = [
            self._trend(_("year on year"), self.year_before),
            self._trend(_("month on month"), self.month_before),
        ]
        return [trend for trend in found if trend]

    def _trend(self, name: str, before: Reading | None):
        now, then = _number(self.metric, self.reading), _number(self.metric, before)
        if now is None or then is None or (self.metric.kind != "share" and not then):
            return None
        change = now - then if self.metric.kind == "share" else (now - then) * 100 / then
        if not change:
            return (_("%(name)s unchanged") % {"name": name}, "flat", "minus")
        good = self.metric.better == ("up" if change > 0 else "down")
        tone = "flat" if not self.metric.better else "ok" if good else "bad"
        unit = _("points") if self.metric.kind == "share" else "%"
        words = f"{name} {'+' if change > 0 else '−'}{abs(change):.1f}{'' if unit == '%' else ' '}{unit}"
        return (words, tone, "trending-up" if change > 0 else "trending-down")


def _number(metric: Metric, reading: Reading | None):
    if reading is None:
        return None
    return reading.value(metric.kind)


def shown(metric: Metric, reading: Reading | None) -> str:
    """A reading as text: shares and means with one decimal, a count with separators, — where there is nothing to divide by."""
    number = _number(metric, reading)
    if number is None:
        return "—"
    return f"{number:,}" if metric.kind == "count" else f"{number:.1f}"


def _measure_together(wanted: list[tuple]) -> None:
    """Measure all that is not kept yet together, in a statement or few. When one fails or all together are too slow, each is left
    to _measure, which keeps a fault to its own figure."""
    missing = [one for one in wanted if cache.get(_key(*one)) is None]
    if not missing:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{LIMIT_MS * 2}ms"])
            readings = metrics.read([one[:3] for one in missing])
    except DatabaseError:
        return
    cache.set_many(dict(zip((_key(*one) for one in missing), readings, strict=True)), KEPT_SECONDS)


def _key(metric: Metric, period: Period, _units, scope: str) -> str:
    return f"figure:{metric.key}:{period.iso_month}:{scope}"


def _measure(metric: Metric, period: Period, units, scope: str) -> Reading | None:
    """One reading within LIMIT_MS, or None. A figure that is too slow or fails must not take the page with it."""
    key = _key(metric, period, units, scope)
    kept = cache.get(key)
    if kept is not None:
        return kept
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{LIMIT_MS}ms"])
            reading = metric.measure(period=period, units=units)
    except DatabaseError:
        return None
    cache.set(key, reading, KEPT_SECONDS)
    return reading


def scope_of(user) -> str:
    """Accounts with the same scope see the same figures."""
    return "county" if user.is_county_wide else f"unit:{user.unit_id}"


def tiles(*, user, period: Period) -> list[Tile]:
    """The figures of the overview for `period` (a whole month) over the units that `user` may see."""
    wanted = [metric for metric in metrics.every() if metric.on_overview]
    units, scope = Unit.objects.visible_to(user), scope_of(user)
    own = None if user.is_county_wide else user.unit
    periods = (period, period.year_before(), period.before())
    _measure_together([(metric, when, units, scope) for metric in wanted for when in periods])
    found = []
    for metric in wanted:
        reading = _measure(metric, period, units, scope)
        found.append(
            Tile(
                metric,
                reading,
                _measure(metric, period.year_before(), units, scope),
                _measure(metric, period.before(), units, scope),
                metrics.rows_address(metric.rows_url, reading, unit=own),
            )
        )
    return found


def ranking(*, user, metric: Metric, period: Period) -> list[dict[str, Any]]:
    """Each visible station's value of one figure, best first; stations with nothing to count come last."""
    rows = []
    stations = list(Unit.objects.visible_to(user).active().stations())
    _measure_together([(metric, period, Unit.objects.under(s), f"under:{s.pk}") for s in stations])
    for station in stations:
        reading = _measure(metric, period, Unit.objects.under(station), f"under:{station.pk}")
        rows.append(
            {
                "unit": station,
                "value": shown(metric, reading),
                "number": _number(metric, reading),
                "url": metrics.rows_address(metric.rows_url, reading, unit=station),
            }
        )
    known = [row for row in rows if row["number"] is not None]
    known.sort(key=lambda row: row["number"], reverse=metric.better != "down")
    most = max((row["number"] for row in known), default=0)
    for row in known:
        row["most"] = most or 1
    return known + [row for row in rows if row["number"] is None]
