"""The drawn paper measured by its ink against GB/T 9704-2012 (clause numbers in the names' comments)."""

import io

import numpy as np
import pikepdf
import pytest

from anji_police.reports import drawing
from tests.reports import ink
from tests.reports.papers import PLAIN, full_page, paper

TOP, LEFT, WIDTH, HEIGHT = 37.0, 28.0, 156.0, 225.0
RIGHT, BOTTOM = LEFT + WIDTH, TOP + HEIGHT


@pytest.fixture(scope="module")
def issued() -> bytes:
    return drawing.draw(paper())


@pytest.fixture(scope="module")
def first(issued):
    return ink.page(issued, 1, colour=True)


@pytest.fixture(scope="module")
def full() -> bytes:
    return drawing.draw(full_page())


def black(rgb: np.ndarray) -> np.ndarray:
    return rgb.max(axis=2) < 128


def test_page_is_a4(issued):  # 5.1
    with pikepdf.open(io.BytesIO(issued)) as pdf:
        for page in pdf.pages:
            _, _, width, height = (float(v) for v in page.mediabox)
            assert (width / 72 * 25.4, height / 72 * 25.4) == pytest.approx((210, 297), abs=0.01)


def test_type_area_is_filled_from_edge_to_edge(full):  # 5.2.1
    page = ink.dark(ink.page(full, 2))
    page[int((BOTTOM + 3) * ink.MM) :] = False  # the page number lies outside the type area
    left, top, right, bottom = ink.box(page)
    assert left == pytest.approx(LEFT, abs=0.6)
    assert right == pytest.approx(RIGHT, abs=0.6)
    assert top == pytest.approx(TOP, abs=0.6)
    assert bottom == pytest.approx(BOTTOM, abs=0.6)


def test_full_page_has_22_lines_of_28_characters(full):  # 5.2.3
    lines = [words for top, _, words in ink.text_lines(full, 2) if top < BOTTOM]
    assert len(lines) == 22
    assert {len(words) for words in lines} == {28}
    assert set("".join(lines)) <= set(PLAIN)


def test_mark_is_red_and_begins_35_mm_below_the_type_area(first):  # 7.2.4
    _, top, right, _ = ink.box(ink.red(first))
    assert top - TOP == pytest.approx(35, abs=0.3)
    assert right <= RIGHT + 0.1


def _rule(first):
    """(top, bottom) in pixels of the red rule: the only rows that are red over the whole width."""
    rows = ink.red(first).sum(axis=1) > 150 * ink.MM
    spans = ink.runs(rows)
    assert len(spans) == 1
    return spans[0]


def test_red_rule_is_4_mm_below_the_number_and_as_wide_as_the_type_area(first):  # 7.2.7
    top, bottom = _rule(first)
    left, _, right, _ = ink.box(ink.red(first)[top:bottom])
    assert right - left == pytest.approx(WIDTH, abs=0.3)
    assert left == pytest.approx(LEFT, abs=0.2)
    number = black(first)[:top]
    _, _, _, number_bottom = ink.box(number)
    assert top / ink.MM - number_bottom == pytest.approx(4, abs=0.2)


def test_number_is_two_lines_below_the_mark_and_centred(first):  # 7.2.5
    top, _ = _rule(first)
    red = ink.red(first)
    red[top:] = False
    _, _, _, mark_bottom = ink.box(red)
    left, number_top, right, _ = ink.box(black(first)[:top])
    line = (HEIGHT - 16 / 72 * 25.4) / 21
    assert number_top - mark_bottom == pytest.approx(2 * line, abs=1.5)
    assert (left + right) / 2 == pytest.approx(LEFT + WIDTH / 2, abs=1)


def test_upward_paper_has_number_left_and_signatory_right():  # 7.2.5, 7.2.6
    up = ink.page(drawing.draw(paper(upward=True, signatory="王某某")), 1, colour=True)
    top, _ = _rule(up)
    left, _, right, _ = ink.box(black(up)[:top])
    one = WIDTH / 28
    assert left == pytest.approx(LEFT + one, abs=0.7)
    assert right == pytest.approx(RIGHT - one, abs=0.7)


def test_title_is_two_lines_below_the_rule_and_centred(first):  # 7.3.1
    _, bottom = _rule(first)
    below = black(first)[bottom:]
    spans = [s for s in ink.runs(below.any(axis=1)) if s[1] - s[0] > 4 * ink.MM]
    line = (HEIGHT - 16 / 72 * 25.4) / 21
    assert spans[0][0] / ink.MM == pytest.approx(2 * line, abs=1)
    for start, end in spans[:2]:
        left, _, right, _ = ink.box(below[start:end])
        assert (left + right) / 2 == pytest.approx(LEFT + WIDTH / 2, abs=1)


def _dashes(grey: np.ndarray) -> tuple[float, float, float]:
    """(top of the dashes, left, right) of the page number's ink, in mm."""
    start = int((BOTTOM + 3) * ink.MM)
    foot = ink.dark(grey)[start:]
    left, _, right, _ = ink.box(foot)
    column = int((left + 1) * ink.MM)  # inside the first dash
    return (start + np.flatnonzero(foot[:, column])[0]) / ink.MM, left, right


@pytest.mark.parametrize("number", [1, 2, 3])
def test_page_number_dash_is_7_mm_below_and_on_the_outer_side(full, number):  # 7.5
    top, left, right = _dashes(ink.page(full, number))
    assert top - BOTTOM == pytest.approx(7, abs=0.2)
    one = 14 / 72 * 25.4
    if number % 2:
        assert right == pytest.approx(RIGHT - one, abs=0.6)
    else:
        assert left == pytest.approx(LEFT + one, abs=0.6)


def test_imprint_closes_the_type_area_with_its_three_rules(issued):  # 7.4
    last = _pages(issued)
    page = ink.dark(ink.page(issued, last))
    rules = ink.runs(page.sum(axis=1) > 150 * ink.MM)
    heights = [(end - start) / ink.MM for start, end in rules]
    assert heights == pytest.approx([0.35, 0.25, 0.35], abs=0.06)
    assert rules[-1][1] / ink.MM == pytest.approx(BOTTOM, abs=0.3)
    left, _, right, _ = ink.box(page[rules[0][0] : rules[0][1]])
    assert (left, right) == pytest.approx((LEFT, RIGHT), abs=0.2)
    assert last % 2 == 0  # a back page


def test_date_with_a_seal_ends_four_characters_in_and_the_name_is_centred_on_it():  # 7.3.5.1
    name, date = _signature(seal=True)
    # 日 fills its square only in the middle: its ink ends about 0.9 mm before the character does.
    assert date[1] == pytest.approx(RIGHT - 4 * WIDTH / 28 - 0.9, abs=0.3)
    assert sum(name) / 2 == pytest.approx(sum(date) / 2, abs=0.7)


def test_date_without_a_seal_begins_two_characters_in_from_the_name():  # 7.3.5.2
    name, date = _signature(seal=False)
    assert date[0] - name[0] == pytest.approx(2 * WIDTH / 28, abs=0.7)
    assert max(name[1], date[1]) == pytest.approx(RIGHT - 2 * WIDTH / 28 - 0.9, abs=0.3)


def _signature(*, seal: bool):
    """((left, right) of the name, (left, right) of the date) in mm."""
    short = paper(body=[], attachments=[], annexes=[], closing="特此报告。")
    short["signature"]["seal"] = seal
    short["imprint"]["copies"] = []
    grey = ink.dark(ink.page(drawing.draw(short), 1))
    grey[: int(140 * ink.MM)] = False
    grey[int((BOTTOM - 5) * ink.MM) :] = False
    right_half = grey[:, int(110 * ink.MM) :]
    rows = [s for s in ink.runs(right_half.any(axis=1)) if s[1] - s[0] > 3 * ink.MM]
    spans = []
    for start, end in rows[-2:]:
        left, _, right, _ = ink.box(right_half[start:end])
        spans.append((left + int(110 * ink.MM) / ink.MM, right + int(110 * ink.MM) / ink.MM))
    return spans


def test_signature_never_stands_alone_on_a_page():  # 7.3.5.5
    for count in range(6, 14):
        drawn = drawing.draw(paper(body=[{"kind": "p", "text": PLAIN}] * count, annexes=[], attachments=[]))
        pages = _pages(drawn)
        words = ["".join(w for _, _, w in ink.text_lines(drawn, n)) for n in range(1, pages + 1)]
        dated = next(w for w in words if "2024年6月5日" in w.replace("2024年6月5日印发", ""))
        assert "特此报告。" in dated


def test_no_line_begins_with_a_closing_mark_nor_ends_with_an_opening_one():
    text = "（一）本月《反诈》预警“劝阻”成功率达到92.68%，其中：见面劝阻、电话劝阻；短信劝阻。" * 3
    bodies = [{"kind": "p", "text": "字" * shift + text} for shift in range(28)]
    drawn = drawing.draw(paper(body=bodies))
    pages = _pages(drawn)
    lines = [words for n in range(1, pages + 1) for _, _, words in ink.text_lines(drawn, n)]
    assert len(lines) > 150
    assert [w for w in lines if w[0] in "，。；：、）》”％!？"] == []
    assert [w for w in lines if w[-1] in "（《“〔"] == []


def test_levels_have_their_faces(issued):  # 7.3.3
    fonts = ink.tool("pdffonts", pdf=issued)
    assert "NotoSerifCJKsc-Regular" in fonts
    assert "NotoSansCJKsc-Regular" in fonts  # HeiTi
    assert "NotoSerifCJKsc-Bold" in fonts  # XiaoBiaoSong


def test_every_font_is_embedded(issued):
    rows = ink.tool("pdffonts", pdf=issued).splitlines()[2:]
    assert rows
    assert all(row.split()[-5] == "yes" for row in rows), rows


def test_file_claims_pdf_a_2a_is_tagged_and_speaks_chinese(issued):
    with pikepdf.open(io.BytesIO(issued)) as pdf:
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
            assert meta["dc:title"] == "安吉县公安局关于2024年5月警务工作情况的报告"
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("zh")
        assert pdf.Root.Outlines.Count  # headings can be jumped to


def test_pictures_carry_alternative_text(issued):
    with pikepdf.open(io.BytesIO(issued)) as pdf:
        alts = {str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o}
    assert "各乡镇受理件数分布，最多为126件。" in alts


def _pages(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def test_table_head_is_repeated_on_each_page(issued):
    rows, heads = set(), set()
    for number in range(1, _pages(issued) + 1):
        for _, _, words in ink.text_lines(issued, number):
            if words.startswith("受理求助第"):
                rows.add(number)
            if words.startswith("指标"):
                heads.add(number)
    assert len(rows) > 1
    assert heads == rows


def test_draft_says_so_on_every_page_and_an_issued_paper_never(issued):
    draft = drawing.draw(paper(stamp="送审稿 未盖章"))
    assert _pages(draft) == _pages(issued)
    for number in range(1, _pages(issued) + 1):
        pale = [int(((g := ink.page(pdf, number)) > 224).sum() - (g > 235).sum()) for pdf in (draft, issued)]
        assert (pale[0] - pale[1]) / ink.MM**2 > 500, number  # mm² of grey letters, too much to overlook


def test_same_paper_gives_the_same_bytes_in_another_process(issued, tmp_path):
    import json
    import subprocess
    import sys

    source = tmp_path / "paper.json"
    source.write_text(json.dumps(paper(), ensure_ascii=False), encoding="utf-8")
    code = (
        "import json,sys,hashlib,django;django.setup();from anji_police.reports import drawing;"
        "print(drawing.draw_with_facts(json.load(open(sys.argv[1], encoding='utf-8'))).sha256)"
    )
    done = subprocess.run([sys.executable, "-c", code, source], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == drawing.draw_with_facts(paper()).sha256
    assert drawing.draw(paper()) == issued


def test_another_figure_gives_other_bytes(issued):
    assert drawing.draw(paper(closing="特此报告！")) != issued


def test_markup_in_data_stays_words():
    hostile = '#panic("x") *粗* $x$ <a> \\ `raw` // 注释 "引号"'
    drawn = drawing.draw(paper(body=[{"kind": "p", "text": hostile}], addressee="#pagebreak()"))
    words = "".join(w for _, _, w in ink.text_lines(drawn, 1))
    assert '#panic("x")' in words.replace("“", '"').replace("”", '"')
    assert "#pagebreak()" in words


def test_missing_fonts_are_named(settings):
    settings.FONT_DIRS = []
    with pytest.raises(drawing.DrawingError, match="Noto Serif CJK SC"):
        drawing.draw(paper())


def test_substitutions_are_recorded():
    faces = {face["role"]: face for face in drawing.draw_with_facts(paper()).faces}
    assert faces["fangsong"] == {
        "role": "fangsong",
        "wanted": "仿宋",
        "family": "Noto Serif CJK SC",
        "weight": "regular",
        "substituted": True,
    }
