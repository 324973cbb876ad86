"""Who answers for a point, and the only writers of units and jurisdictions."""

import datetime

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.places.models import Jurisdiction, Place, Unit

KEEP = "places.keep_units"  # what a unit is
MANAGE = "places.manage_units"  # who sees and answers for what


def place_at(point: Point | None) -> Place | None:
    """The township whose area covers `point` (any SRID); None outside the county. On a shared border: the lower code."""
    if point is None:
        return None
    return Place.objects.townships().filter(area__covers=point).first()


def bureau() -> Unit:
    """The root of the tree of police units. Raises DomainError before the reference data are loaded."""
    unit = Unit.objects.filter(kind=Unit.Kind.BUREAU, parent__isnull=True).first()
    if unit is None:
        raise DomainError(_("There are no police units yet: run manage.py load_reference."))
    return unit


def responsible_unit(point: Point | None, on: datetime.date | None = None) -> Unit:
    """The unit that answers for `point` on the day `on` (default: today in Asia/Shanghai).

    By the jurisdiction, in force that day, of the township that covers the point; the bureau where there is none, or no point.
    """
    if point is not None:
        jurisdiction = (
            Jurisdiction.objects.filter(
                place__level=Place.Level.TOWNSHIP,
                place__area__covers=point,
                valid__contains=on or timezone.localdate(),
            )
            .select_related("unit")
            .order_by("place__code")
            .first()
        )
        if jurisdiction is not None:
            return jurisdiction.unit
    return bureau()


def responsible_unit_of(place: Place | None, on: datetime.date | None = None) -> Unit:
    """Like responsible_unit(), for a township or village that somebody chose from a list."""
    day, step = on or timezone.localdate(), place
    while step is not None and step.level in (Place.Level.VILLAGE, Place.Level.TOWNSHIP):
        found = Jurisdiction.objects.filter(place=step, valid__contains=day).select_related("unit").first()
        if found is not None:
            return found.unit
        step = step.parent
    return bureau()


def _check(actor, right: str) -> None:
    """None is the system itself: reference data."""
    if actor is None or actor.has_perm(right):
        return
    if right == KEEP:
        raise NotAllowed(_("Only the system administrator may change units."))
    raise NotAllowed(_("Only the security administrator may move units and change jurisdictions."))


def _lock_tree() -> dict[int, Unit]:
    """All units, locked in one order: a path depends on all units above, so two changes of the tree wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('places.unit.tree'))")
    return {unit.pk: unit for unit in Unit.objects.select_for_update().order_by("pk")}


def _fresh_key() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [Unit._meta.db_table])
        return cursor.fetchone()[0]


@transaction.atomic
def create_unit(
    *, actor, code: str, name: str, kind: str, short_name: str = "", parent: Unit | None, seat=None, phone=""
) -> Unit:
    """Add a unit below `parent`; only the bureau has none. `code`: 12 digits after GA 380.

    Raises InvalidInput for a code that is taken or malformed, DomainError for a parent that is closed.
    """
    _check(actor, KEEP)
    units = _lock_tree()
    if not (code.isascii() and code.isalnum() and len(code) == 12):
        raise InvalidInput(fields={"code": [_("A unit code has 12 letters or digits.")]})
    if any(unit.code == code for unit in units.values()):
        raise InvalidInput(fields={"code": [_("There is a unit with this code.")]})
    if kind not in Unit.Kind.values or (kind == Unit.Kind.BUREAU) != (parent is None):
        raise InvalidInput(fields={"kind": [_("Choose one of the answers.")]})
    above = _living(units, parent) if parent is not None else None
    if above is None and any(unit.parent_id is None for unit in units.values()):
        raise InvalidInput(fields={"parent": [_("Choose the unit above.")]})
    key = _fresh_key()
    unit = Unit(
        pk=key,
        code=code,
        name=name.strip(),
        short_name=short_name.strip() or name.strip()[:20],
        kind=kind,
        parent=above,
        path=f"{above.path if above else '/'}{key}/",
        seat=seat,
        phone=phone,
    )
    unit.save(force_insert=True)
    audit.record(
        actor=actor,
        action="places.unit.created",
        subject=unit,
        after={"name": unit.name, "kind": unit.kind, "parent": above.code if above else ""},
    )
    return unit


def _living(units: dict[int, Unit], unit: Unit) -> Unit:
    found = units.get(unit.pk)
    if found is None or not found.is_active:
        raise DomainError(_("%(unit)s is closed: choose another unit.") % {"unit": unit.name})
    return found


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, actor, reason: str = "") -> Unit:
    """Hang `unit`, with all below it, under `parent`. Whoever sees a unit sees its new branch from then on.

    Raises DomainError for the bureau itself, for a parent within the branch, and for a closed parent.
    """
    _check(actor, MANAGE)
    units = _lock_tree()
    unit, parent = units[unit.pk], _living(units, parent)
    if unit.parent_id is None:
        raise DomainError(_("The bureau stays at the top."))
    if parent.path.startswith(unit.path):
        raise DomainError(_("A unit can't be moved below itself."))
    before, old_path = units[unit.parent_id], unit.path
    if before.pk == parent.pk:
        return unit
    new_path = f"{parent.path}{unit.pk}/"
    Unit.objects.filter(path__startswith=old_path).update(
        path=Concat(Value(new_path), Substr(F("path"), len(old_path) + 1), output_field=CharField())
    )
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    unit.parent, unit.path = parent, new_path
    audit.record(
        actor=actor,
        action="places.unit.moved",
        subject=unit,
        before={"parent": before.code},
        after={"parent": parent.code},
        reason=reason,
    )
    return unit


@transaction.atomic
def change_unit(*, unit: Unit, name: str, short_name: str, phone: str = "", actor, reason: str = "") -> Unit:
    """Change names and duty phone of a unit; trail entries keep those of their day. Raises InvalidInput for an empty name."""
    _check(actor, KEEP)
    wanted = {"name": name.strip(), "short_name": short_name.strip(), "phone": phone.strip()}
    if faults := {field: [_("Enter a name.")] for field in ("name", "short_name") if not wanted[field]}:
        raise InvalidInput(fields=faults)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    before = {field: getattr(unit, field) for field in wanted if getattr(unit, field) != wanted[field]}
    if before:
        after = {field: wanted[field] for field in before}
        for field, value in after.items():
            setattr(unit, field, value)
        unit.save(update_fields=list(after))
        audit.record(
            actor=actor, action="places.unit.changed", subject=unit, before=before, after=after, reason=reason
        )
    return unit


@transaction.atomic
def deactivate_unit(*, unit: Unit, actor, reason: str = "") -> Unit:
    """Close a unit; its records stay. Raises DomainError while it has active units below, people or townships."""
    _check(actor, KEEP)
    units = _lock_tree()
    unit = units[unit.pk]
    if not unit.is_active:
        return unit
    if unit.parent_id is None:
        raise DomainError(_("The bureau can't be closed."))
    if any(other.is_active and other.parent_id == unit.pk for other in units.values()):
        raise DomainError(_("There are active units below: move or close them first."))
    if unit.members.filter(is_active=True).exists():
        raise DomainError(_("There are active accounts in this unit: move them first."))
    if unit.jurisdictions.filter(
        Q(valid__upper_inf=True) | Q(valid__endswith__gt=timezone.localdate())
    ).exists():
        raise DomainError(_("The unit still answers for townships: hand them to another unit first."))
    unit.is_active = False
    unit.save(update_fields=["is_active"])
    audit.record(
        actor=actor,
        action="places.unit.closed",
        subject=unit,
        before={"active": True},
        after={"active": False},
        reason=reason,
    )
    return unit


@transaction.atomic
def reopen_unit(*, unit: Unit, actor, reason: str = "") -> Unit:
    """Open a closed unit again. Raises DomainError while the unit above is closed."""
    _check(actor, KEEP)
    units = _lock_tree()
    unit = units[unit.pk]
    if unit.is_active:
        return unit
    _living(units, units[unit.parent_id])
    unit.is_active = True
    unit.save(update_fields=["is_active"])
    audit.record(actor=actor, action="places.unit.reopened", subject=unit, reason=reason)
    return unit


@transaction.atomic
def assign_place(*, place: Place, unit: Unit, start: datetime.date, actor, reason: str = "") -> Jurisdiction:
    """Let `unit` answer for `place` from the day `start` on; the unit before answers to the day before.

    `start` is today or later, and after the start of the jurisdiction now in force, since records already handled keep the
    unit of their day. Raises InvalidInput for another day, DomainError for a closed unit.
    """
    _check(actor, MANAGE)
    place = Place.objects.select_for_update().get(pk=place.pk)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    _living({unit.pk: unit}, unit)
    if start < timezone.localdate():
        raise InvalidInput(fields={"start": [_("The day must not lie in the past.")]})
    last = Jurisdiction.objects.filter(place=place).order_by("valid").last()
    before = ""
    if last is not None and (last.valid.upper is None or last.valid.upper > start):
        if last.valid.lower >= start:
            raise InvalidInput(
                fields={"start": [_("A jurisdiction that starts on this day or later is entered.")]}
            )
        before = last.unit.code
        last.valid = DateRange(last.valid.lower, start)
        last.save(update_fields=["valid"])
    jurisdiction = Jurisdiction.objects.create(place=place, unit=unit, valid=DateRange(start, None))
    audit.record(
        actor=actor,
        action="places.jurisdiction.changed",
        subject=place,
        before={"unit": before},
        after={"unit": unit.code, "from": start},
        reason=reason,
    )
    return jurisdiction
