"""Sheets for people: every cell is text, so that nothing in it is ever run as a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


def _words(value) -> str:
    """A cell as text; a moment by the clock of Asia/Shanghai, with the offset."""
    if value is None:
        return ""
    return timezone.localtime(value).isoformat(" ", "seconds") if isinstance(value, datetime) else str(value)


def answer(kind: str, name: str, headings: Iterable, rows: Iterable[Iterable]) -> HttpResponse:
    """A download, `kind` xlsx or csv."""
    make, content_type = (sheet, XLSX) if kind == "xlsx" else (comma_separated, CSV)
    response = HttpResponse(make(headings, rows), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def comma_separated(headings: Iterable, rows: Iterable[Iterable]) -> bytes:
    """A CSV file that a spreadsheet opens in the right encoding. A text that it could take for a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for cells in (headings, *rows):
        texts = (_words(cell) for cell in cells)
        writer.writerow([f"'{text}" if text.startswith(RISKY) else text for text in texts])
    return ("\ufeff" + out.getvalue()).encode()


def sheet(headings: Iterable, rows: Iterable[Iterable], *, title: str = "") -> bytes:
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
            words = _words(value)
            page.write_string(at, place, words, quoted if words.startswith(RISKY) else text)
    page.set_column(0, width, 18)
    page.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
