"""Papers that the drawing tests draw: invented figures, real layout."""

import copy
import json
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent.parent / "anji_police" / "data"
STATIONS = [
    "递铺",
    "昌硕",
    "灵峰",
    "孝源",
    "天荒坪",
    "梅溪",
    "鄣吴",
    "杭垓",
    "孝丰",
    "报福",
    "章村",
    "溪龙",
    "上墅",
    "山川",
]
PLAIN = "安吉县公安局坚持以人民为中心立足主责主业深化矛盾纠纷排查化解工作全力维护社会大局稳定"


def square(lon: float, lat: float, side: float = 0.06) -> list:
    return [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]


def paper(**changes) -> dict:
    """A small issued paper; `changes` replace its members."""
    text = (
        "2024年5月，全县共受理群众求助1284件，办结1190件，按期办结率92.68%，比上月上升1.25个百分点，"
        "比上年同期下降0.40个百分点。其中，矛盾纠纷类求助320件，环比下降12.50%；涉诈类求助96件，环比持平。"
    )
    basis = {
        "schema": 1,
        "mark": "安吉县公安局文件",
        "upward": False,
        "number": "安公〔2024〕1号",
        "signatory": "",
        "marking": "",
        "stamp": "",
        "title": ["安吉县公安局关于2024年5月", "警务工作情况的报告"],
        "addressee": "县人民政府",
        "keywords": ["2024-05"],
        "date": "2024-06-05",
        "body": [
            {"kind": "p", "text": "现将2024年5月警务工作情况报告如下。"},
            {"kind": "h1", "text": "一、群众求助"},
            {"kind": "h2", "text": "（一）总体情况"},
            {"kind": "p", "text": text},
            {"kind": "h3", "text": "1.按期办结"},
            {"kind": "p", "text": text},
            {"kind": "h1", "text": "二、矛盾调解"},
            {"kind": "p", "text": text},
            {"kind": "p", "text": text},
        ],
        "closing": "特此报告。",
        "attachments": ["2024年5月主要指标表", "2024年5月各单位指标表", "2024年5月图表"],
        "signature": {"name": "安吉县公安局", "date": "2024年6月5日", "seal": True},
        "annexes": [
            {"title": ["2024年5月主要指标表"], "blocks": [table(60)]},
            {"title": ["2024年5月图表"], "blocks": [bar(), line(), county()]},
        ],
        "imprint": {
            "copies": [
                "县委政法委",
                "县委办公室",
                "县府办公室",
                "县大数据发展管理局",
                "局党委成员",
                "各派出所、大队",
            ],
            "office": "安吉县公安局办公室",
            "date": "2024年6月5日",
        },
        "integrity": ["数据快照 SHA-256：9f86d081884c7d65", "审计链首：第 128 号 2c26b46b68ffc68f"],
    }
    return copy.deepcopy({**basis, **changes})


def table(rows: int) -> dict:
    columns = [
        {"label": "指标", "numeric": False, "width": 3},
        {"label": "单位", "numeric": False, "width": 0},
        *(
            {"label": name, "numeric": True, "width": 1}
            for name in ("本月", "上月", "环比", "上年同期", "同比")
        ),
    ]
    body = [
        [f"受理求助第{i}类", "件", f"{1000 + i:,}", "980", "+2.04%", "1,100", "−9.09%"] for i in range(rows)
    ]
    return {
        "kind": "table",
        "caption": "",
        "columns": columns,
        "rows": body,
        "note": "注：环比为与上月相比，同比为与上年同期相比。",
    }


def bar() -> dict:
    values = [120, 80, 45, 33, 61, 72, 12, 25, 90, 31, 18, 22, 27, 9]
    return {
        "kind": "bar",
        "caption": "各派出所受理群众求助件数",
        "alt": "递铺派出所最多，120件；山川派出所最少，9件。",
        "note": "",
        "unit": "件",
        "labels": STATIONS,
        "series": [
            {"name": "本月", "values": values},
            {"name": "上月", "values": [v * 9 // 10 for v in values]},
            {"name": "上年同期", "values": [None, *[v * 8 // 10 for v in values[1:]]]},
        ],
    }


def line() -> dict:
    return {
        "kind": "line",
        "caption": "近12个月受理与办结",
        "alt": "近12个月受理件数由900件升至1284件。",
        "note": "",
        "unit": "件",
        "labels": [f"{m}月" for m in (6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5)],
        "series": [
            {"name": "受理", "values": [900, 950, 930, 1010, 1100, 990, 1050, 1080, 870, 1150, 1200, 1284]},
            {"name": "办结", "values": [880, 930, 920, None, 1080, 985, 1040, 1050, 860, 1120, 1170, 1190]},
        ],
    }


def county() -> dict:
    seats = (DATA / "anji_township_seats.csv").read_text(encoding="utf-8").splitlines()[1:]
    areas = []
    for number, row in enumerate(seats):
        _code, name, lon, lat = row.split(",")[:4]
        lon, lat = float(lon), float(lat)
        areas.append(
            {
                "name": name,
                "value": number * 9 if number != 3 else None,
                "rings": [square(lon - 0.03, lat - 0.03)],
                "at": [lon, lat],
            }
        )
    return {
        "kind": "map",
        "caption": "各乡镇（街道）受理群众求助件数",
        "alt": "各乡镇受理件数分布，最多为126件。",
        "note": "",
        "unit": "件",
        "areas": areas,
    }


def full_page() -> dict:
    """A paper whose second page is nothing but characters of one width: 22 lines of 28."""
    return paper(body=[{"kind": "p", "text": PLAIN * 60}], annexes=[], attachments=[])


def canonical(value) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
