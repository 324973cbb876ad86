"""Puts frozen figures into the words, tables, charts and order of an official paper. Pure: the same input, the same paper.

The paper is a dict that drawing.draw() prints as it is: `mark`, `number`, `signatory`, `title` (rows broken by sense),
`addressee`, `body` ([{kind: p, h1, h2 or h3, text}]), `closing`, `attachments`, `signature`, `annexes` ([{title, blocks}]),
`imprint`, `integrity`, `stamp` (printed across a draft), `marking` (of a corrected edition), `date` (ISO), `keywords`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from anji_police.metrics import Reading
from anji_police.reports import wording

DRAFT_STAMP = "送审稿 未盖章"
RUNNING_STAMP = "截至今日 不得签发"
_NUMERALS = "零一二三四五六七八九十"
LABEL_ROWS = 14  # stations that fit into one chart


@dataclass(frozen=True)
class Facts:
    """What the paper says beside the figures. `number` and `signatory` are empty until it is issued."""

    bureau: str
    code: str  # 代字 of the document number, such as 安公
    addressee: str
    copies: tuple[str, ...]
    on: date  # date of drafting, or of issue
    figures_sha256: str
    chain: tuple[int, str]
    number: str = ""
    signatory: str = ""
    edition: int = 1
    corrects: date | None = None  # day of issue of the edition that this one corrects
    reason: str = ""
    issued: bool = False
    until: datetime | None = None  # the month still runs: figures up to this moment, never issuable
    seal: bool = True
    keywords: tuple[str, ...] = field(default=())


def compose(figures: dict, facts: Facts) -> dict:
    """The paper of one month's frozen `figures`."""
    first = date.fromisoformat(f"{figures['month']}-01")
    name = wording.month(first)
    draft_number = f"{facts.code}〔{facts.on.year}〕　号"
    written = wording.day(facts.on) if facts.issued else f"{facts.on.year}年{facts.on.month}月　日"
    annexes = _annexes(figures, name)
    return {
        "schema": 1,
        "mark": f"{facts.bureau}文件",
        "upward": True,  # a report to the county government is an upward document (上行文)
        "number": facts.number or draft_number,
        "signatory": facts.signatory or "　　　",
        "marking": _marking(facts),
        "stamp": "" if facts.issued else RUNNING_STAMP if facts.until else DRAFT_STAMP,
        "title": [f"{facts.bureau}关于{name}", "警务工作情况的报告"],
        "addressee": facts.addressee,
        "keywords": [figures["month"], "警务工作", *facts.keywords],
        "date": facts.on.isoformat(),
        "body": _body(figures, first, facts),
        "closing": "特此报告。",
        "attachments": [annex["title"][0] for annex in annexes],
        "signature": {"name": facts.bureau, "date": written, "seal": facts.seal},
        "annexes": annexes,
        "imprint": {"copies": list(facts.copies), "office": f"{facts.bureau}办公室", "date": written},
        "integrity": [
            f"数据快照SHA-256：{facts.figures_sha256[:16]}　统计时段：{_span(figures)}",
            f"审计链首：第{facts.chain[0]}号　{facts.chain[1][:16]}"
            if facts.chain[0]
            else "审计链首：尚无封存记录",
        ],
    }


def _span(figures: dict) -> str:
    start, end = (datetime.fromisoformat(figures[name]) for name in ("start", "end"))
    return f"{wording.moment(start)}起至{wording.moment(end)}前"


def _marking(facts: Facts) -> str:
    return f"（第{facts.edition}版）" if facts.edition > 1 else ""


def numeral(value: int) -> str:
    """1 to 99 in Chinese: 一, 十, 十一, 二十, 二十一."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("" if tens == 1 else _NUMERALS[tens]) + "十"
    return head + (_NUMERALS[ones] if ones or not tens else "")


def _body(figures: dict, first: date, facts: Facts) -> list[dict]:
    name = wording.month(first)
    opening = f"现将{name}警务工作情况报告如下。统计时段为{name}1日零时至当月末日二十四时，环比以上月、同比以上年同月为基期。"
    if facts.until:
        opening = f"现将{name}截至目前的警务工作情况报告如下。本月尚未结束，统计时段为{name}1日零时起至{wording.moment(facts.until)}前，环比、同比以相同天数为基期，仅供内部参考。"
    parts = [{"kind": "p", "text": opening}]
    if facts.edition > 1:
        told = f"{wording.day(facts.corrects)}印发的" if facts.corrects else "此前印发的"
        reason = facts.reason.rstrip("。")
        parts.append(
            {
                "kind": "p",
                "text": f"本报告为第{facts.edition}版，更正{told}同文号报告，原报告同时废止。更正原因：{reason}。",
            }
        )
    sections = [(f, [m for m in figures["metrics"] if m["field"] == f["key"]]) for f in figures["fields"]]
    sections = [(f, entries) for f, entries in sections if entries]
    if not sections:
        parts.append({"kind": "p", "text": "本月没有登记统计指标。"})
    for number, (section, entries) in enumerate(sections, 1):
        parts.append({"kind": "h1", "text": f"{numeral(number)}、{section['name']['zh']}"})
        parts += _section(entries, first)
    return parts


def _section(entries: list[dict], first: date) -> list[dict]:
    month_name = f"{first.month}月"
    text = "。".join(
        [f"{month_name}，{wording.sentence(entries[0])}", *(wording.sentence(e) for e in entries[1:])]
    )
    parts = [{"kind": "h2", "text": "（一）总体情况"}, {"kind": "p", "text": text + "。"}]
    number = 2
    if first.month > 1:
        parts.append({"kind": "h2", "text": f"（{numeral(number)}）累计情况"})
        parts.append(
            {"kind": "p", "text": f"1至{first.month}月，" + "；".join(_to_date(e) for e in entries) + "。"}
        )
        number += 1
    if leading := _leading(entries[0]):
        parts.append({"kind": "h2", "text": f"（{numeral(number)}）各所情况"})
        parts.append({"kind": "p", "text": leading})
    return parts


def _to_date(entry: dict) -> str:
    kind, unit = entry["kind"], entry["unit"]["zh"]
    now, base = wording.read(entry["to_date"]), wording.read(entry["to_date_year_before"])
    told = wording.reading(now, kind=kind, unit=unit)
    if told == wording.NONE:
        return f"{entry['label']['zh']}无可计算数据"
    clause = wording.compared(now, base, against="year_before", kind=kind, unit=unit)
    return f"{entry['label']['zh']}{'累计' if kind == 'count' else '为'}{told}，{clause}"


def _value(reading: Reading | None, kind: str):
    """What a mark in a chart stands for: the count, the share in per cent, or the mean."""
    if reading is None:
        return None
    value = reading.value(kind)
    return str(value) if isinstance(value, Decimal) else value


def _leading(entry: dict) -> str:
    """The three stations with most of a count; ties are told in the order of their codes."""
    if entry["kind"] != "count":
        return ""
    counted = [(wording.read(s["month"]), s) for s in entry["stations"]]
    counted = [(r.numerator, s) for r, s in counted if r is not None and r.numerator > 0]
    if len(counted) < 3:
        return ""
    ranked = sorted(counted, key=lambda pair: -Decimal(pair[0]))[:3]
    unit = entry["unit"]["zh"]
    told = "、".join(f"{s['name']}（{wording.amount(value, unit)}）" for value, s in ranked)
    return f"{entry['label']['zh']}居前三位的是{told}。"


# -- annexes --------------------------------------------------------------------------------------------------------


def _column(label: str, width: float, numeric: bool = True) -> dict:
    return {"label": label, "numeric": numeric, "width": width}


def _annexes(figures: dict, name: str) -> list[dict]:
    annexes = [{"title": [f"{name}主要指标表"], "blocks": [_overview(figures)]}]
    stations = [_stations(e) for e in figures["metrics"] if e["stations"]]
    if stations:
        annexes.append({"title": [f"{name}各派出所指标表"], "blocks": stations})
    pictures = _pictures(figures)
    if pictures:
        annexes.append({"title": [f"{name}统计图"], "blocks": pictures})
    definitions = _definitions(figures)
    if definitions["rows"]:
        annexes.append({"title": ["指标口径"], "blocks": [definitions]})
    return annexes


def _row(entry: dict, names: tuple[str, ...]) -> list[str]:
    """Each reading named, and after each base the change against the month."""
    kind, unit = entry["kind"], entry["unit"]["zh"]
    now = wording.read(entry["month"])
    cells = [_cell(now, kind, unit)]
    for base_name in names:
        base = wording.read(entry[base_name])
        cells += [_cell(base, kind, unit), wording.change(now, base, kind=kind, unit=unit).cell]
    return cells


def _cell(reading: Reading | None, kind: str, unit: str) -> str:
    """A figure in a table, where the unit has its own column; sums of money keep theirs, which changes with the size."""
    if kind == "share" or reading is None or unit == "元":
        return wording.reading(reading, kind=kind, unit=unit)
    found = reading.value(kind)
    if found is None:
        return wording.NONE
    value = Decimal(found)
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value.normalize():,f}"


def _overview(figures: dict) -> dict:
    rows = [
        [
            entry["label"]["zh"],
            entry["unit"]["zh"],
            *_row(entry, ("before", "year_before")),
            _cell(wording.read(entry["to_date"]), entry["kind"], entry["unit"]["zh"]),
        ]
        for entry in figures["metrics"]
    ]
    columns = [
        _column("指标", 2.2, numeric=False),
        _column("单位", 0.7, numeric=False),
        _column("本月", 1),
        _column("上月", 1),
        _column("环比", 1.2),
        _column("上年同期", 1.25),
        _column("同比", 1.2),
        _column("年内累计", 1.25),
    ]
    note = "注：比率的变化以百分点计；基数小于10时只列绝对数；“—”表示没有可比或可计算的数据。"
    return {"kind": "table", "caption": "", "columns": columns, "rows": rows, "note": note}


def _stations(entry: dict) -> dict:
    rows = []
    for station in entry["stations"]:
        like = {**station, "kind": entry["kind"], "unit": entry["unit"]}
        rows.append([station["name"], *_row(like, ("before", "year_before"))])
    columns = [
        _column("单位", 2, numeric=False),
        *(_column(label, 1) for label in ("本月", "上月", "环比", "上年同期", "同比")),
    ]
    unit = "（变化以百分点计）" if entry["kind"] == "share" else f"（单位：{entry['unit']['zh']}）"
    return {
        "kind": "table",
        "caption": entry["label"]["zh"] + unit,
        "columns": columns,
        "rows": rows,
        "note": "",
    }


def _definitions(figures: dict) -> dict:
    rows = [
        [e["label"]["zh"], e["unit"]["zh"], e["definition"]["zh"]]
        for e in figures["metrics"]
        if e["definition"]["zh"]
    ]
    columns = [
        _column("指标", 1.4, numeric=False),
        _column("单位", 0.7, numeric=False),
        _column("口径", 4, numeric=False),
    ]
    return {"kind": "table", "caption": "", "columns": columns, "rows": rows, "note": ""}


def _pictures(figures: dict) -> list[dict]:
    pictures = []
    for section in figures["fields"]:
        counts = [m for m in figures["metrics"] if m["field"] == section["key"] and m["kind"] == "count"]
        if not counts:
            continue
        pictures += [p for p in (_station_bars(counts[0]), _trend_lines(counts, section["name"]["zh"])) if p]
    if figures["map"]:
        pictures.append(_map(figures))
    return pictures


def _station_bars(entry: dict) -> dict | None:
    stations = entry["stations"]
    if not stations:
        return None
    series = [
        {"name": label, "values": [_value(wording.read(s[key]), "count") for s in stations]}
        for label, key in (("本月", "month"), ("上月", "before"), ("上年同期", "year_before"))
    ]
    most = max(stations, key=lambda s: Decimal(s["month"]["numerator"]))
    told = wording.amount(wording.read(most["month"]).numerator, entry["unit"]["zh"])
    return {
        "kind": "bar",
        "caption": f"各派出所{entry['label']['zh']}",
        "alt": f"各派出所{entry['label']['zh']}柱形图，{most['name']}最多，为{told}。",
        "note": "",
        "unit": entry["unit"]["zh"],
        "labels": [s["name"].removesuffix("派出所") for s in stations],
        "series": series,
    }


def _trend_lines(counts: list[dict], field_name: str) -> dict | None:
    """Up to four counts of one unit over twelve months."""
    same = [m for m in counts if m["trend"] and m["unit"] == counts[0]["unit"]][:4]
    if not same:
        return None
    months = [date.fromisoformat(f"{point['month']}-01") for point in same[0]["trend"]]
    first, last = (wording.read(same[0]["trend"][i]["reading"]).numerator for i in (0, -1))
    unit = same[0]["unit"]["zh"]
    alt = f"{field_name}近12个月走势图，{same[0]['label']['zh']}由{wording.amount(first, unit)}变为{wording.amount(last, unit)}。"
    return {
        "kind": "line",
        "caption": f"{field_name}近12个月走势",
        "alt": alt,
        "note": "",
        "unit": unit,
        "labels": [
            f"{m.year % 100:02d}年{m.month}月" if i == 0 or m.month == 1 else f"{m.month}月"
            for i, m in enumerate(months)
        ],
        "series": [
            {
                "name": m["label"]["zh"],
                "values": [_value(wording.read(p["reading"]), "count") for p in m["trend"]],
            }
            for m in same
        ],
    }


def _map(figures: dict) -> dict:
    county = figures["map"]
    entry = next(m for m in figures["metrics"] if m["key"] == county["metric"])
    notes = []
    if county["by"] == "station":
        notes.append("按负责该乡镇（街道）的派出所统计")
    if county["derived"]:
        notes.append("乡镇（街道）界线由驻地推算，仅供示意，不作为界线依据")
    told = [a for a in county["areas"] if a["value"] is not None]
    most = max(told, key=lambda a: Decimal(a["value"]), default=None)
    unit = entry["unit"]["zh"]
    finding = f"，{most['name']}最多，为{wording.amount(Decimal(most['value']), unit)}" if most else ""
    return {
        "kind": "map",
        "caption": f"{entry['label']['zh']}分布（按乡镇、街道）",
        "alt": f"全县各乡镇（街道）{entry['label']['zh']}分布图{finding}。",
        "note": f"注：{'；'.join(notes)}。" if notes else "",
        "unit": unit,
        "areas": county["areas"],
    }
