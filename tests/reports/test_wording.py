"""What the report says about a change must be true, whatever the numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anji_police.metrics import Reading
from anji_police.reports import wording


def count(now, base, language="zh", unit="件"):
    base = None if base is None else Reading(base)
    return wording.change(Reading(now), base, kind="count", unit=unit, language=language)


def share(now, base, language="zh"):
    return wording.change(Reading(*now), Reading(*base), kind="share", unit="%", language=language)


@pytest.mark.parametrize(
    ("now", "base", "words", "cell"),
    [
        (90, 80, "上升12.50%", "+12.50%"),
        (70, 80, "下降12.50%", "−12.50%"),
        (80, 80, "持平", "持平"),
        (0, 80, "下降100.00%", "−100.00%"),
        (8, 5, "增加3件", "+3"),  # small base: no percentage
        (2, 9, "减少7件", "−7"),
        (11, 10, "上升10.00%", "+10.00%"),  # 10 is not small any more
        (12, 0, "增加12件", "+12"),  # base 0: never a percentage
        (0, 0, "持平", "持平"),
        (100_001, 100_000, "上升不足0.01%", "+<0.01%"),
        (1005, 1000, "上升0.50%", "+0.50%"),
        (20_001, 16_000, "上升25.01%", "+25.01%"),  # 25.00625 half up
        (2001, 16_000, "下降87.49%", "−87.49%"),
    ],
)
def test_count_changes(now, base, words, cell):
    assert (count(now, base).words, count(now, base).cell) == (words, cell)


def test_half_up_not_half_even():
    assert count(16_002, 16_000).words == "上升0.01%"  # 0.0125
    assert wording.half_up(Decimal("2.665")) == Decimal("2.67")
    assert wording.half_up(Decimal("2.675")) == Decimal("2.68")


@pytest.mark.parametrize(
    ("now", "base", "words"),
    [
        ((45, 50), (80, 100), "上升10.00个百分点"),  # 90 % after 80 %: not 12.5 %
        ((80, 100), (45, 50), "下降10.00个百分点"),
        ((1, 2), (50, 100), "持平"),
        ((0, 0), (50, 100), "—"),
        ((50, 100), (0, 0), "—"),
    ],
)
def test_shares_change_by_points(now, base, words):
    assert share(now, base).words == words


def test_a_table_tells_the_points_alone():
    assert share((45, 50), (80, 100)).cell == "+10.00"
    assert share((80, 100), (45, 50)).cell == "−10.00"


def test_missing_base_is_a_dash_not_a_zero():
    assert count(5, None) == wording.Change("", "—", "—")


def test_clauses_name_their_base():
    def clause(now, base, against, kind="count"):
        return wording.compared(now, base, against=against, kind=kind, unit="件")

    assert clause(Reading(90), Reading(80), "before") == "环比上升12.50%"
    assert clause(Reading(8), Reading(5), "year_before") == "同比增加3件（上年同期5件）"
    assert clause(Reading(8), Reading(0), "before") == "环比增加8件（上月0件）"
    assert clause(Reading(8), None, "before") == "环比无可比数据"
    assert clause(Reading(5), Reading(5), "before") == "环比持平"
    assert (
        clause(Reading(3, 4), Reading(1, 2), "before", "share")
        == "环比上升25.00个百分点（基数较小，两期分别为3/4、1/2）"
    )


def test_english_says_the_same():
    assert count(90, 80, "en").words == "up 12.50%"
    assert share((45, 50), (80, 100), "en").words == "up 10.00 percentage points"
    clause = wording.compared(
        Reading(8), Reading(5), against="year_before", kind="count", unit="cases", language="en"
    )
    assert clause == "up by 3 cases on the year before (the year before: 5 cases)"


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        (0, "0元"),
        (9999, "9999元"),
        (Decimal("9999.50"), "9999.50元"),
        (10_000, "1.00万元"),
        (12_345, "1.23万元"),
        (12_350, "1.24万元"),
        (6_000_000, "600.00万元"),
        (99_994_999, "9999.50万元"),
        (99_999_950, "1.00亿元"),  # would be 10000.00万元 by careless rounding
        (100_000_000, "1.00亿元"),
        (123_456_789, "1.23亿元"),
        (-25_000, "-2.50万元"),
    ],
)
def test_money(yuan, words):
    assert wording.money(yuan) == words


def test_dates_have_no_leading_zeros():
    assert wording.day(date(2024, 1, 5)) == "2024年1月5日"
    assert wording.moment(datetime(2026, 1, 31, 16, 30, tzinfo=UTC)) == "2026年2月1日00:30"


@pytest.mark.parametrize(
    ("now", "base", "better", "meaning"),
    [
        (9, 90, "down", "good"),
        (90, 9, "down", "bad"),
        (90, 9, "up", "good"),
        (9, 9, "up", ""),
        (90, 9, "", ""),
    ],
)
def test_down_can_be_good(now, base, better, meaning):
    assert count(now, base).meaning(better) == meaning


@given(now=st.integers(0, 10**9), base=st.integers(0, 10**9), language=st.sampled_from(["zh", "en"]))
def test_direction_is_never_wrong_and_small_bases_have_no_percentage(now, base, language):
    found = count(now, base, language)
    assert found.direction == ("up" if now > base else "down" if now < base else "same")
    if base < wording.SMALL_BASE:
        assert "%" not in found.words
    up = {"zh": ("上升", "增加"), "en": ("up",)}[language]
    assert found.words.startswith(up) == (now > base)


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
def test_shares_never_speak_of_per_cent_growth(a, b, c, d):
    words = share((min(a, b), b), (min(c, d), d)).words
    assert "%" not in words
    assert (words == "—") == (b == 0 or d == 0)


def test_a_sentence_of_the_report():
    entry = {
        "kind": "count",
        "label": {"zh": "受理群众求助", "en": "Requests received"},
        "unit": {"zh": "件", "en": "requests"},
        "month": {"numerator": 1284, "denominator": None},
        "before": {"numerator": 1200, "denominator": None},
        "year_before": None,
    }
    assert wording.sentence(entry) == "受理群众求助1284件，环比上升7.00%，同比无可比数据"
    assert wording.sentence(entry, "en") == (
        "Requests received: 1284 requests, up 7.00% on the month before, no comparison on the year before"
    )
    empty = {**entry, "kind": "share", "month": {"numerator": 0, "denominator": 0}}
    assert wording.sentence(empty) == "受理群众求助本月无可计算数据"
