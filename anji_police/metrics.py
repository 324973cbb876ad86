"""The registry of figures. Each figure is defined once; the dashboard and the reports only read it.

A field registers its figures in its `metrics.py`:

    @metric("mediation.settled", label=_("Disputes settled"), unit=_("disputes"), rows="mediation:dispute-list")
    def settled(*, period, units): ...
        return Reading(found, rows={"settled_in": period.iso_month})

The caller chooses the units: what a person may see, or all. A part that is a queryset is counted by the registry, so that the
figures of one page come in one statement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from anji_police.counting import counted
from anji_police.periods import Period


class Reading(NamedTuple):
    """A figure's value: a count alone, or a share or a mean with numerator and denominator; a queryset stands for its rows until `read`
    has counted them, and nobody outside of the registry sees it.

    `rows` are the query parameters that make the drill-down page show just the rows behind the numerator.
    """

    numerator: int | Decimal | QuerySet
    denominator: int | Decimal | QuerySet | None = None
    rows: dict[str, str] | None = None

    @property
    def percent(self) -> Decimal | None:
        """None when there is nothing to divide by: shown as —, never as 0."""
        if not self.denominator:
            return None
        return (Decimal(100) * self.numerator / self.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def value(self, kind: str) -> int | Decimal | None:
        """What a metric of `kind` tells: the count, the share in per cent, the mean to two decimals. None: nothing to divide by."""
        if kind == "count":
            return self.numerator
        if kind == "share":
            return self.percent
        if not self.denominator:
            return None
        return (Decimal(self.numerator) / self.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Metric:
    key: str
    label: Any  # lazy text, so that both languages show it
    unit: Any
    ask: Callable[..., Reading]  # (period=Period, units=UnitQuerySet)
    kind: str  # "count"; "share" in per cent; "mean" of `numerator` over `denominator` rows
    rows_url: str | None  # name of the list page that shows the rows behind it
    better: str  # "up", "down" or "": which direction is good news
    definition: Any  # 口径, in words
    by_place: Callable[..., dict[str, int]] | None = None  # counts by township code, for maps
    on_overview: bool = True

    @property
    def field(self) -> str:
        return self.key.split(".", 1)[0]

    def measure(self, *, period: Period, units) -> Reading:
        return read([(self, period, units)])[0]


_registry: dict[str, Metric] = {}


def metric(
    key: str,
    *,
    label,
    unit,
    kind: str = "count",
    rows: str | None = None,
    better: str = "",
    definition="",
    by_place: Callable[..., dict[str, int]] | None = None,
    on_overview: bool = True,
):
    """Register a figure under `key` ("field.noun"); a key taken twice fails at start-up.

    `on_overview`: whether it has a tile on the overview; a field with many figures leaves most of them to the report.
    `by_place(period=, units=)`, where the figure can be told by township: {GB/T 10114 code of the township: count}.
    """

    def register(ask: Callable[..., Reading]):
        if key in _registry:
            raise ValueError(f"metric {key} is registered twice")
        _registry[key] = Metric(key, label, unit, ask, kind, rows, better, definition, by_place, on_overview)
        return ask

    return register


def get(key: str) -> Metric:
    return _registry[key]


def every(field: str | None = None) -> list[Metric]:
    """All figures, or one field's, in order of registration."""
    return [m for m in _registry.values() if field is None or m.field == field]


def fields() -> list[str]:
    return list(dict.fromkeys(m.field for m in _registry.values()))


def measure(key: str, *, period: Period, units) -> Reading:
    return _registry[key].measure(period=period, units=units)


def read(wanted: Sequence[tuple[Metric, Period, Any]]) -> list[Reading]:
    """The readings of (figure, period, units), in their order, all that are told by querysets in one statement."""
    readings = [metric.ask(period=period, units=units) for metric, period, units in wanted]
    parts = iter(counted([part for reading in readings for part in reading[:2]]))
    return [Reading(next(parts), next(parts), reading.rows) for reading in readings]


def rows_address(rows_url: str | None, reading: Reading | None, *, unit=None) -> str:
    """The list page that shows the rows behind `reading`, of `unit` and below when one is given; "" where there is none.

    `view=all` keeps the list from opening in the reader's own standing view, which would hide some of the rows.
    """
    if not rows_url or reading is None:
        return ""
    try:
        address = reverse(rows_url)
    except NoReverseMatch:
        return ""  # a page that was renamed since the figures were frozen
    asked = {"view": "all", **(reading.rows or {})}
    if unit is not None:
        asked["unit"] = str(unit.pk)
    return f"{address}?{urlencode(asked)}"
