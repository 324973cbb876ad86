"""Tables in and out: XLSX and CSV, with what spreadsheets do to people's data kept in mind.

In: numbers that are text stay text, full-width digits are made plain, GB18030 and a byte-order mark are understood. Out: a cell that
a spreadsheet would take for a formula is written as text.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from anji_police.errors import InvalidInput

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read(upload) -> tuple[list[str], list[list[str]]]:
    """The head and the rows of an uploaded table, all cells as text. Raises InvalidInput in words that say what to do."""
    if upload.size > MAX_BYTES:
        _refuse(_("The file is larger than %(limit)d MB.") % {"limit": MAX_BYTES // 1024 // 1024})
    content = upload.read()
    rows = _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    found = [row for row in rows if any(row)]
    if len(found) < 2:
        _refuse(_("The table is empty: a first row with the headings and one row for each entry are needed."))
    if len(found) > MAX_ROWS + 1 or max(len(row) for row in found) > MAX_COLUMNS:
        _refuse(_("The table is too large: at most %(rows)d rows.") % {"rows": MAX_ROWS})
    head, body = found[0], found[1:]
    return head, [row + [""] * (len(head) - len(row)) for row in body]


def _refuse(words: str):
    raise InvalidInput(words, fields={"file": [words]})


def _text(cell) -> str:
    """A cell as a person would write it; what Excel made of a number is made a number again."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.time().min else cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).replace("\x00", "").strip().removeprefix("'")


def _xlsx(content: bytes) -> list[list[str]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height > MAX_ROWS + 1 or sheet.total_width > MAX_COLUMNS:
            _refuse(_("The table is too large: at most %(rows)d rows.") % {"rows": MAX_ROWS})
        return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True)]
    except (CalamineError, OSError, ValueError):
        _refuse(_("This can't be read as a table. Save it as XLSX or CSV and choose it again."))
    raise AssertionError


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        _refuse(_("This can't be read as a table. Save it as XLSX or CSV and choose it again."))
    if "\x00" in text:
        _refuse(_("This can't be read as a table. Save it as XLSX or CSV and choose it again."))
    try:
        separator = "\t" if "\t" in text.split("\n", 1)[0] else ","
        return [
            [_text(cell) for cell in row]
            for row in csv.reader(io.StringIO(text), delimiter=separator, strict=True)
        ]
    except csv.Error:
        _refuse(_("This can't be read as a table. Save it as XLSX or CSV and choose it again."))
    raise AssertionError


def safe(value) -> str:
    """A cell's text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(" ", "seconds")  # with the offset of Asia/Shanghai
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_csv(name: str, head: Iterable, rows: Iterable[Iterable]) -> HttpResponse:
    """A CSV file that Excel opens in the right encoding."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(cell) for cell in head])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return _file(("\ufeff" + out.getvalue()).encode(), f"{name}.csv", "text/csv; charset=utf-8")


def as_xlsx(name: str, head: Iterable, rows: Iterator) -> HttpResponse:
    """An XLSX file with every cell as text: long numbers keep their digits, nothing is a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet()
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        for column, cell in enumerate(head):
            sheet.write_string(0, column, safe(cell), bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, safe(cell), text)
        sheet.freeze_panes(1, 0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(out.getvalue(), f"{name}.xlsx", kind)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
