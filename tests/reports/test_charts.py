"""Charts drawn on the server: right heights, honest scales, and words that can't break out."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anji_police.reports import charts
from tests.reports.papers import bar, county, line

SVG = "{http://www.w3.org/2000/svg}"


@given(st.integers(0, 10**9))
def test_scale_starts_at_zero_and_reaches_the_highest(highest):
    marks = charts.ticks(highest)
    assert marks[0] == 0
    assert marks[-1] >= highest
    assert 2 <= len(marks) <= 7


def test_bars_are_as_high_as_their_values():
    chart = bar()
    chart["series"] = [{"name": "本月", "values": [0, 10, 20, 40]}]
    chart["labels"] = ["一", "二", "三", "四"]
    bars = list(ElementTree.fromstring(charts.bars(chart)).iter(f"{SVG}rect"))
    heights = [float(r.get("height")) for r in bars]
    assert heights[0] == 0
    assert heights[1:] == pytest.approx([heights[3] / 4, heights[3] / 2, heights[3]], abs=0.05)


def test_a_missing_value_is_a_dash_and_breaks_the_line():
    drawn = charts.lines(line())
    second = [
        p.get("d")
        for p in ElementTree.fromstring(drawn).iter(f"{SVG}path")
        if p.get("stroke") == charts.PALETTE[1]
    ]
    assert second[0].count("M") == 2
    assert "—" in charts.bars(bar())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([None], []),
        ([0, 0], [(0, 0)]),
        ([5], [(5, 5)]),
        ([0, 1, 2], [(0, 0), (1, 1), (2, 2)]),
        ([1, 10], [(1, 5), (6, 10)]),
    ],
)
def test_classes_of_the_map(values, expected):
    assert charts.classes(values) == expected


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_every_value_has_exactly_one_class(values):
    groups = charts.classes(values)
    assert len(groups) <= 5
    for value in values:
        assert sum(low <= value <= high for low, high in groups) == 1


def test_labels_of_the_map_do_not_cover_each_other():
    spots = charts._apart([(100, 100), (102, 101), (101, 103), (200, 100)])
    for i, (x, y) in enumerate(spots):
        for u, v in spots[i + 1 :]:
            assert abs(x - u) >= 29.9 or abs(y - v) >= 20.9
    assert spots[3] == (200, 100)


def test_words_of_data_stay_words():
    chart = county()
    chart["areas"][0]["name"] = '</text><script>"&'
    chart["alt"] = '"><x'
    root = ElementTree.fromstring(charts.choropleth(chart))
    assert root.get("aria-label") == '"><x'
    assert not list(root.iter(f"{SVG}script"))


def test_the_palette_is_that_of_the_pages(settings):
    css = (settings.BASE_DIR / "static" / "css" / "portal.css").read_text()
    light = css.split("--c1:", 1)[1].split("}", 1)[0]
    for colour in charts.PALETTE:
        assert colour in light or colour in css
