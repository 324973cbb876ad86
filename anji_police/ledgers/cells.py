"""What the sheets of several fields share: places, names of records, numbers of people, days."""

import re
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anji_police.crypto import AES, SM4, blind_index, index_keys
from anji_police.identifiers import birth_date
from anji_police.ledgers.reading import plain, words
from anji_police.ledgers.registry import BAD, CHANGED, NEW, SAME, Planned, SheetRow
from anji_police.places.models import Place


class Places:
    """Divisions by code and by name, read once for a sheet."""

    def __init__(self):
        rows = list(
            Place.objects.filter(level__in=["province", "prefecture", "county", "township"]).defer(
                "area", "seat"
            )
        )
        self.by_code = {place.code: place for place in rows}
        self.origins: dict[str, list[Place]] = {}
        self.towns: dict[str, Place] = {}
        for place in rows:
            if place.level == Place.Level.TOWNSHIP:
                self.towns[place.name] = self.towns[place.code] = place
            else:
                self.origins.setdefault(place.name, []).append(place)

    def origin(self, row: SheetRow, text: str) -> Place | None:
        """A declared origin by code or name; two counties of one name want the code."""
        if not text:
            return None
        code = plain(text)
        found = [self.by_code[code]] if code in self.by_code else self.origins.get(text, [])
        if len(found) == 1:
            return found[0]
        row.faults.append(
            (
                _("Several places are called “%(name)s”: write the six-digit code.")
                if found
                else _("There is no place “%(name)s”.")
            )
            % {"name": text}
        )
        return None


def one(row: SheetRow, column: str, rows: dict, text: str):
    """The record that a cell names, or None and a fault in `row`."""
    if not text:
        return None
    found = rows.get(text)
    if found is None:
        row.faults.append(_("There is no %(kind)s “%(name)s”.") % {"kind": column, "name": text})
    return found


def verdict(row: SheetRow, facts: dict, target, fields) -> Planned:
    """What a row does: `facts` of a new record, or those of `fields` that change `target`."""
    if row.faults:
        return Planned(row, BAD)
    if target is None:
        return Planned(row, NEW, facts)
    changed = {name: facts[name] for name in fields if name in facts and getattr(target, name) != facts[name]}
    return Planned(row, CHANGED if changed else SAME, changed, target)


def by_numbers(found: QuerySet, rows: list[SheetRow]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the people `found`, those whom the sheet's numbers find, by the blind index of phone and of identity number; one statement."""
    wanted: dict[str, set[str]] = {"phone": set(), "id_number": set()}
    for row in rows:
        for name in wanted:
            wanted[name] |= set(indexes(found.model, name, row.cells.get(name, "")))
    by_phone, by_id = {}, {}
    for person in found.filter(
        Q(phone_index__in=wanted["phone"]) | Q(id_number_index__in=wanted["id_number"])
    ):
        by_phone[person.phone_index], by_id[person.id_number_index] = person, person
    return by_phone, by_id


def indexes(model, name: str, text: str) -> list[str]:
    """What the blind index of `text` may be, under each key in use and either suite, as in crypto.matching."""
    column = model._meta.get_field(name)
    number = column.kind.normal(text)
    if not number:
        return []
    return [
        blind_index(number, field=column.home, key=key, suite=suite)
        for key in index_keys()
        for suite in (AES, SM4)
    ]


def check_numbers(
    row: SheetRow, phone: str, id_number: str, seen: dict[str, int], *, born_by: date, young: str
) -> None:
    """Faults of a person's two numbers: one is needed, both are whole and right, the person was `born_by` that day (else `young`),
    and no other row has them (`seen`: number -> row)."""
    if "*" in phone or "*" in id_number:
        row.faults.append(_("A masked number can't be taken over: write it whole, or leave the cell empty."))
        return
    if not phone and not id_number:
        row.faults.append(_("Phone or identity number is needed, to know the person again."))
    if phone and not (phone.isascii() and phone.isdigit() and 7 <= len(phone) <= 12):
        row.faults.append(_("“%(text)s” is no phone number.") % {"text": phone[:20]})
    if id_number:
        born = birth_date(id_number)
        if born is None:
            row.faults.append(_("The identity number is not valid: a digit is wrong or missing."))
        elif born > born_by:
            row.faults.append(young)
    for number in (phone, id_number):
        if number and (first := seen.setdefault(number, row.number)) != row.number:
            row.faults.append(_("The same number stands in row %(number)d.") % {"number": first})


def listed(row: SheetRow, text: str) -> list[str]:
    """The words of a cell such as 江淮官话、皖西话; a fault for more than ten or a long one."""
    found = words(text)
    if len(found) > 10 or any(len(word) > 20 for word in found):
        row.faults.append(_("At most ten, of up to 20 characters each."))
    return found


def day(row: SheetRow, text: str):
    """A day as 2021-03-01, 2021/3/1, 2021.3.1 or 2021年3月1日."""
    parts = [part for part in re.split(r"[年月日/.-]", plain(text)) if part]
    try:
        year, month, number = (int(part) for part in parts)
        return date(year, month, number)
    except ValueError:
        if text:
            row.faults.append(_("“%(text)s” is no day such as 2021-03-01.") % {"text": text[:20]})
        return None
