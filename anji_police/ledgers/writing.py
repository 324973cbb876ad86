"""Sheets for people: every cell is text, so that nothing in it is ever run as a formula."""

import io
from collections.abc import Iterable

import xlsxwriter

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def sheet(headings: Iterable[str], rows: Iterable[Iterable[str]], *, title: str = "") -> bytes:
    """An XLSX file. A text that a spreadsheet could take for a formula also carries the mark of a quoted text, which stays with
    the cell when the file is edited and saved again."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "constant_memory": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    page = book.add_worksheet((title or "Sheet1")[:31])
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    text = book.add_format({"num_format": "@"})
    quoted = book.add_format({"num_format": "@", "quote_prefix": True})
    width = 0
    for place, words in enumerate(headings):
        page.write_string(0, place, str(words), head)
        width = place
    for at, cells in enumerate(rows, 1):
        for place, value in enumerate(cells):
            words = str(value)
            page.write_string(at, place, words, quoted if words.startswith(RISKY) else text)
    page.set_column(0, width, 18)
    page.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
