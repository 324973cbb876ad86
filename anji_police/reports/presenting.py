"""Frozen figures as a page shows them: in the reader's language, each number a link to the rows behind it."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anji_police.metrics import Reading, rows_address
from anji_police.periods import months_back
from anji_police.reports import wording

TONES = {"good": "ok", "bad": "bad", "": "flat"}
ICONS = {"up": "trending-up", "down": "trending-down", "same": "minus", "": "minus"}


def language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


@dataclass(frozen=True)
class Cell:
    """One figure: as words, and the address of its rows ("" where there is no list)."""

    words: str
    url: str = ""


@dataclass(frozen=True)
class Trend:
    """A change against a base in words; `tone` (ok, bad, flat) and `meaning` (a word) say whether it is good news."""

    words: str
    tone: str
    icon: str
    meaning: str = ""


def _cell(entry: dict, reading: Reading | None, tongue: str) -> Cell:
    words = wording.reading(reading, kind=entry["kind"], unit=entry["unit"][tongue], language=tongue)
    return Cell(words, rows_address(entry["rows_url"], reading))


def _trend(entry: dict, now: Reading | None, base: Reading | None, tongue: str) -> Trend:
    found = wording.change(now, base, kind=entry["kind"], unit=entry["unit"][tongue], language=tongue)
    meaning = found.meaning(entry["better"])
    told = {"good": _("for the better"), "bad": _("for the worse"), "": ""}[meaning]
    return Trend(found.words, TONES[meaning], ICONS[found.direction], told)


def _compared(entry: dict, like: dict, tongue: str) -> dict:
    """Month, both bases and both changes of `like` (the metric itself or one of its stations)."""
    now, before, year_before = (wording.read(like[name]) for name in ("month", "before", "year_before"))
    return {
        "month": _cell(entry, now, tongue),
        "before": _cell(entry, before, tongue),
        "on_before": _trend(entry, now, before, tongue),
        "year_before": _cell(entry, year_before, tongue),
        "on_year_before": _trend(entry, now, year_before, tongue),
    }


def _metric(entry: dict, tongue: str) -> dict:
    return {
        "label": entry["label"][tongue],
        "definition": entry["definition"][tongue],
        "sentence": wording.sentence(entry, tongue),
        "to_date": _cell(entry, wording.read(entry["to_date"]), tongue),
        "stations": [{"name": s["name"], **_compared(entry, s, tongue)} for s in entry["stations"]],
        **_compared(entry, entry, tongue),
    }


def sections(figures: dict) -> list[dict]:
    """One section a field of work, with its figures and, where there is one, the chart of twelve months."""
    tongue, found = language(), []
    for field in figures["fields"]:
        entries = [m for m in figures["metrics"] if m["field"] == field["key"]]
        if entries:
            chart = _chart(entries, field["name"][tongue], tongue)
            metrics = [_metric(entry, tongue) for entry in entries]
            found.append(
                {"key": field["key"], "name": field["name"][tongue], "metrics": metrics, "chart": chart}
            )
    return found


def _chart(entries: list[dict], name: str, tongue: str) -> dict | None:
    """What `{% chart %}` wants: up to four counts of one unit over the months."""
    counts = [e for e in entries if e["kind"] == "count" and e["trend"]]
    same = [e for e in counts if e["unit"] == counts[0]["unit"]][:4]
    if not same:
        return None
    label = _("%(field)s, twelve months") % {"field": name}
    return {
        "kind": "line",
        "label": label,
        "unit": same[0]["unit"][tongue],
        "labels": [point["month"] for point in same[0]["trend"]],
        "series": [
            {
                "name": e["label"][tongue],
                "data": [_number(wording.read(p["reading"])) for p in e["trend"]],
                "dash": number > 0,
            }
            for number, e in enumerate(same)
        ],
    }


def _number(reading: Reading | None):
    if reading is None:
        return None
    value = Decimal(reading.numerator)
    return int(value) if value == value.to_integral_value() else float(value)


def months(last: str, count: int = 24) -> list[str]:
    """The `count` months up to `last` (YYYY-MM), newest first, to choose from."""
    return [period.iso_month for period in months_back(last, count)][::-1]
