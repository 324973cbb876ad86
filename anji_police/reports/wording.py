"""Says in words how a figure changed, in Chinese as an official paper writes it, and in English.

Rules (bureau practice, after GB/T 15835 for numerals): a share changes by percentage points (个百分点), a count by per cent;
from a base under 10 only absolute numbers are told, from a base of 0 never a percentage; what can't be measured is —.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from anji_police.metrics import Reading
from anji_police.periods import SHANGHAI

SMALL_BASE = 10  # below it a percentage says more than the numbers do
NONE = "—"
_CENT = Decimal("0.01")
_WAN, _YI = Decimal(10_000), Decimal(100_000_000)


def half_up(value: Decimal, step: Decimal = _CENT) -> Decimal:
    return Decimal(value).quantize(step, ROUND_HALF_UP)


def day(value: date) -> str:
    """2024年1月5日: no leading zeros (GB/T 9704-2012 7.3.5.4)."""
    return f"{value.year}年{value.month}月{value.day}日"


def month(value: date, language: str = "zh") -> str:
    return f"{value.year}年{value.month}月" if language == "zh" else value.strftime("%B %Y")


def moment(value: datetime, language: str = "zh") -> str:
    """To the minute, and to the second where the moment is not a whole minute."""
    local = value.astimezone(SHANGHAI)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{day(local.date())}{clock}" if language == "zh" else f"{local:%Y-%m-%d} {clock}"


def money(yuan: Decimal | int, language: str = "zh") -> str:
    """Yuan as 元, from 1 万 on 万元, from 1 亿 on 亿元, two decimals half up; never "10000.00万元" for 1亿."""
    amount = half_up(Decimal(yuan))
    if language != "zh":
        return f"CNY {amount:,.2f}".removesuffix(".00")
    size = abs(amount)
    if half_up(size / _WAN) >= _WAN or size >= _YI:
        return f"{half_up(amount / _YI)}亿元"
    if size >= _WAN:
        return f"{half_up(amount / _WAN)}万元"
    return f"{amount}元".replace(".00元", "元")


def number(value: int | Decimal) -> str:
    """Digits without needless decimals; no separators, as running Chinese text has them."""
    value = Decimal(value)
    return str(int(value)) if value == value.to_integral_value() else str(half_up(value).normalize())


def amount(value: int | Decimal | None, unit: str, language: str = "zh") -> str:
    """A count with its measure word: 1284件, 2.5小时, 400万元, "1284 requests"."""
    if value is None:
        return NONE
    if unit in {"元", "CNY", "yuan"}:
        return money(value, language)
    return f"{number(value)}{unit}" if language == "zh" else f"{number(value)} {unit}".strip()


def percent(value: Decimal | None) -> str:
    return NONE if value is None else f"{half_up(value)}%"


def reading(value: Reading | None, *, kind: str, unit: str, language: str = "zh") -> str:
    """A figure as it is told: a count or a mean with its unit, a share in per cent, — for nothing to divide by."""
    if value is None:
        return NONE
    return percent(value.percent) if kind == "share" else amount(value.value(kind), unit, language)


@dataclass(frozen=True)
class Change:
    """How a figure stands against its base. `direction` is "up", "down", "same" or "" (can't be compared).

    `words` is for a sentence ("上升12.50%"), `cell` for a table ("+12.50%"; of a share the points alone, "+1.25").
    """

    direction: str
    words: str
    cell: str

    def meaning(self, better: str) -> str:
        """ "good", "bad" or "" for a metric where `better` is "up", "down" or ""."""
        if not better or self.direction not in {"up", "down"}:
            return ""
        return "good" if self.direction == better else "bad"


_WORDS = {
    "zh": {
        "up": "上升",
        "down": "下降",
        "more": "增加",
        "less": "减少",
        "same": "持平",
        "points": "个百分点",
    },
    "en": {
        "up": "up ",
        "down": "down ",
        "more": "up by ",
        "less": "down by ",
        "same": "unchanged",
        "points": " percentage points",
    },
}


def change(
    now: Reading | None, base: Reading | None, *, kind: str, unit: str, language: str = "zh"
) -> Change:
    """Compare a month's figure with its base, both of one metric."""
    if now is None or base is None:
        return Change("", NONE, NONE)
    if kind == "share":
        return _share(now, base, unit, language)
    return _count(now.value(kind), base.value(kind), unit, language)


def _direction(difference: Decimal) -> str:
    return "up" if difference > 0 else "down" if difference < 0 else "same"


def _count(now, base, unit: str, language: str) -> Change:
    if now is None or base is None:
        return Change("", NONE, NONE)
    words = _WORDS[language]
    now, base = Decimal(now), Decimal(base)
    difference = now - base
    direction = _direction(difference)
    if direction == "same":
        return Change(direction, words["same"], words["same"])
    sign = "+" if difference > 0 else "−"
    if abs(base) < SMALL_BASE:
        more = words["more" if difference > 0 else "less"]
        told = amount(abs(difference), unit, language)
        return Change(direction, f"{more}{told}", f"{sign}{amount(abs(difference), '', language).strip()}")
    share = half_up(abs(difference) * 100 / abs(base))
    if share == 0:
        least = "不足0.01%" if language == "zh" else "less than 0.01%"
        return Change(direction, words[direction] + least, f"{sign}<0.01%")
    return Change(direction, f"{words[direction]}{share}%", f"{sign}{share}%")


def _share(now: Reading, base: Reading, unit: str, language: str) -> Change:
    words = _WORDS[language]
    if now.percent is None or base.percent is None:
        return Change("", NONE, NONE)
    difference = now.percent - base.percent
    direction = _direction(difference)
    if direction == "same":
        return Change(direction, words["same"], words["same"])
    sign = "+" if difference > 0 else "−"
    points = f"{abs(difference)}{words['points']}"
    return Change(direction, words[direction] + points, f"{sign}{abs(difference)}")


_BASES = {
    "zh": {"before": ("环比", "上月"), "year_before": ("同比", "上年同期")},
    "en": {
        "before": ("on the month before", "the month before"),
        "year_before": ("on the year before", "the year before"),
    },
}


def compared(
    now: Reading | None, base: Reading | None, *, against: str, kind: str, unit: str, language: str = "zh"
) -> str:
    """A clause: 环比上升12.50%, 同比增加3件（上年同期5件）, 环比无可比数据. `against`: "before" or "year_before"."""
    head, base_name = _BASES[language][against]
    found = change(now, base, kind=kind, unit=unit, language=language)
    if not found.direction:
        return f"{head}无可比数据" if language == "zh" else f"no comparison {head}"
    told = found.words if language == "zh" else f"{found.words} {head}"
    clause = f"{head}{told}" if language == "zh" else told
    if kind != "share" and found.direction != "same" and abs(Decimal(base.value(kind))) < SMALL_BASE:
        was = amount(base.value(kind), unit, language)
        clause += f"（{base_name}{was}）" if language == "zh" else f" ({base_name}: {was})"
    if kind == "share" and min(now.denominator or 0, base.denominator or 0) < SMALL_BASE:
        pair = (
            f"{_fraction(now)}、{_fraction(base)}"
            if language == "zh"
            else f"{_fraction(now)} and {_fraction(base)}"
        )
        clause += f"（基数较小，两期分别为{pair}）" if language == "zh" else f" (small numbers: {pair})"
    return clause


def _fraction(value: Reading) -> str:
    return f"{number(value.numerator)}/{number(value.denominator)}"


def sentence(entry: dict, language: str = "zh") -> str:
    """One metric of the frozen figures as a sentence without its full stop."""
    kind = entry["kind"]
    label, unit = entry["label"][language], entry["unit"][language]
    now, before, year_before = (read(entry[name]) for name in ("month", "before", "year_before"))
    told = reading(now, kind=kind, unit=unit, language=language)
    both = [
        compared(now, base, against=against, kind=kind, unit=unit, language=language)
        for base, against in ((before, "before"), (year_before, "year_before"))
    ]
    if language == "zh":
        if told == NONE:
            return f"{label}本月无可计算数据"
        link = "" if kind == "count" else "为"
        return f"{label}{link}{told}，" + "，".join(both)
    return f"{label}: {told}, " + ", ".join(both)


def read(value: dict | None) -> Reading | None:
    """A reading out of the frozen figures."""
    if value is None:
        return None
    return Reading(_exact(value["numerator"]), _exact(value["denominator"]), value.get("rows"))


def _exact(value):
    return Decimal(value) if isinstance(value, str) else value
