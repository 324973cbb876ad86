"""Sheets as offices send them: XLSX with titles and merged cells, CSV in UTF-8 with or without BOM or in GB 18030, full-width digits,
identity numbers that a spreadsheet took for numbers."""

import csv
import io
import re
import unicodedata
import zipfile
from datetime import date, datetime

import python_calamine
from django.utils.translation import gettext as _

from anji_police.errors import InvalidInput
from anji_police.ledgers.registry import Column, SheetRow

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS = 5_000
MAX_CELL = 500
HEAD_ROWS = 10  # titles may stand above the headings
SAFE_DIGITS = 15  # a spreadsheet keeps no more digits of a number


def _refuse(message: str):
    raise InvalidInput(message, fields={"file": [message]})


def plain(text: str) -> str:
    """Full-width characters made plain, blanks dropped: for numbers, codes and days."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def words(text: str) -> list[str]:
    """The words of a cell, in their order, each once."""
    return [word for word in dict.fromkeys(re.split(r"[\s,，、;；/]+", text)) if word]


def read(content: bytes, columns: list[Column]) -> list[SheetRow]:
    """The rows of the first sheet by `columns`. Raises InvalidInput for a file that can't be read or lacks a column."""
    if not content:
        _refuse(_("The file is empty. Choose it again."))
    if len(content) > MAX_BYTES:
        _refuse(_("The file is larger than %(limit)d MB.") % {"limit": MAX_BYTES // 1024 // 1024})
    grid = _xlsx(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    at, places = _headings(grid, columns)
    rows = []
    for number, (cells, faults) in enumerate(grid[at + 1 :], at + 2):
        found = {key: cells[place] if place < len(cells) else "" for key, place in places.items()}
        if not any(found.values()):
            continue
        if len(rows) >= MAX_ROWS:
            _refuse(_("The sheet has more than %(limit)d rows. Send it in parts.") % {"limit": MAX_ROWS})
        row = SheetRow(number, found)
        row.faults += [words for place, words in faults if place in places.values()]
        row.faults += [
            _("“%(column)s” is longer than %(limit)d characters.")
            % {"column": column.label, "limit": MAX_CELL}
            for column in columns
            if len(found.get(column.key, "")) > MAX_CELL
        ]
        row.faults += [
            _("“%(column)s” is missing.") % {"column": column.label}
            for column in columns
            if column.required and not found[column.key]
        ]
        rows.append(row)
    if not rows:
        _refuse(_("The sheet has headings but no rows."))
    return rows


Grid = list[tuple[list[str], list[tuple[int, str]]]]  # of each row: texts, and what is wrong with a cell


def _headings(grid: Grid, columns: list[Column]) -> tuple[int, dict[str, int]]:
    """The row of the headings, and the place of each column that is there."""
    best: set[str] = set()
    for at, (cells, _faults) in enumerate(grid[:HEAD_ROWS]):
        seen = {plain(text).lower().rstrip("*"): place for place, text in reversed(list(enumerate(cells)))}
        places = {}
        for column in columns:
            for name in (str(column.label), column.key, *column.aliases):
                if plain(name).lower() in seen:
                    places[column.key] = seen[plain(name).lower()]
                    break
        if all(column.key in places for column in columns if column.required):
            return at, places
        best = max(best, set(places), key=len)
    missing = [str(column.label) for column in columns if column.required and column.key not in best]
    _refuse(_("These columns are missing: %(columns)s. Take the template.") % {"columns": "、".join(missing)})
    raise AssertionError


def _xlsx(content: bytes) -> Grid:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                _refuse(
                    _("The file unpacks to more than %(limit)d MB.") % {"limit": MAX_UNPACKED // 1024 // 1024}
                )
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        raw = sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS + HEAD_ROWS + 1)
        merged = sheet.merged_cell_ranges or []
    except python_calamine.PasswordError:
        _refuse(_("The file is protected by a password. Send it without one."))
    except (python_calamine.CalamineError, zipfile.BadZipFile, IndexError, OSError, ValueError):
        _refuse(_("The file can't be read as XLSX. Save it again, or send it as CSV."))
    for (top, left), (bottom, right) in merged:
        for at in range(top, min(bottom, len(raw) - 1) + 1):
            for place in range(left, min(right, len(raw[at]) - 1) + 1):
                raw[at][place] = raw[top][left]
    grid: Grid = []
    for values in raw:
        texts, faults = [], []
        for place, value in enumerate(values):
            text, fault = _text(value)
            texts.append(text)
            if fault:
                faults.append((place, fault))
        grid.append((texts, faults))
    return grid


def _text(value) -> tuple[str, str]:
    """A cell as text, and what is wrong with it."""
    if isinstance(value, bool):
        return str(value), ""
    if isinstance(value, (int, float)):
        if value != int(value):
            return str(value), ""
        text = str(int(value))
        if len(text) > SAFE_DIGITS:
            return text, _(
                "A number of more than 15 digits stands as a number, so its last digits are lost: make the cell text."
            )
        return text, ""
    if isinstance(value, datetime):
        return value.date().isoformat(), ""
    if isinstance(value, date):
        return value.isoformat(), ""
    return str(value).strip().lstrip("'"), ""


def _csv(content: bytes) -> Grid:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        _refuse(_("The file is neither XLSX nor a CSV in UTF-8 or GB 18030."))
    if "\x00" in text:
        _refuse(_("The file is neither XLSX nor a CSV in UTF-8 or GB 18030."))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t，", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        _refuse(_("The file can't be read as CSV."))
    return [([cell.strip().lstrip("'\t") for cell in line], []) for line in lines[: MAX_ROWS + HEAD_ROWS + 2]]
