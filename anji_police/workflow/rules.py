"""Reading dated rules, and the rows that the kernel itself brings along.

Each app names its rules in its own `rules.py` as `RULES = [RuleSpec(...)]`; load_reference enters those that are missing and
never touches a row that an administrator changed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.utils.translation import gettext as _

from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import SHANGHAI, add_months, midnight, today
from anji_police.workflow import workingdays
from anji_police.workflow.models import Rule


@dataclass(frozen=True)
class RuleSpec:
    code: str
    value: int | str
    unit: str
    label: str
    article: str  # law and article, standard number, or "bureau rule" where the bureau sets it
    valid_from: date = date(2020, 1, 1)
    valid_to: date | None = None


def specs() -> list[RuleSpec]:
    """The rules of every installed app."""
    found = []
    for config in apps.get_app_configs():
        name = f"{config.name}.rules"
        if find_spec(name) is not None:
            found += getattr(import_module(name), "RULES", [])
    return found


def row(code: str, on: date | None = None) -> Rule:
    """The rule in force on `on` (default today). Raises DomainError when none is."""
    on = on or today()
    found = Rule.objects.filter(code=code, valid__contains=on).first()
    if found is None:
        raise DomainError(
            _("No rule %(code)s is in force on %(day)s. The security administrator can enter it.")
            % {"code": code, "day": on.isoformat()}
        )
    return found


def value(code: str, on: date | None = None) -> Decimal:
    """The value of the rule in force on `on` (default today), in the rule's own unit."""
    return row(code, on).value


def due_after(code: str, start: datetime) -> datetime:
    """The instant at which the limit `code`, as in force on the day of `start`, runs out after `start`."""
    rule = row(code, start.astimezone(SHANGHAI).date())
    found = _span(rule.unit, rule.value, start)
    if found is None:
        raise DomainError(_("Rule %(code)s is no span of time.") % {"code": code})
    return found


def _span(unit: str, value: Decimal, start: datetime) -> datetime | None:
    """`value` in `unit` after `start`; None for a unit that counts no time."""
    amount = int(value)
    match unit:
        case Rule.Unit.WORKING_DAYS:
            return workingdays.add(start, amount)
        case Rule.Unit.DAYS:
            # The opening day is not counted; the last day ends at 24:00 (民法典 art. 201, 203).
            return midnight(start.astimezone(SHANGHAI).date() + timedelta(days=amount + 1))
        case Rule.Unit.MONTHS | Rule.Unit.YEARS:
            months = amount * 12 if unit == Rule.Unit.YEARS else amount
            return midnight(add_months(start.astimezone(SHANGHAI).date(), months) + timedelta(days=1))
        case Rule.Unit.HOURS:
            return start + timedelta(hours=float(value))
        case Rule.Unit.MINUTES:
            return start + timedelta(minutes=float(value))
    return None


WHOLE = {Rule.Unit.WORKING_DAYS, Rule.Unit.DAYS, Rule.Unit.MONTHS, Rule.Unit.YEARS, Rule.Unit.COUNT}
SPANS = {*WHOLE, Rule.Unit.HOURS, Rule.Unit.MINUTES} - {Rule.Unit.COUNT}
MOST = Decimal(10_000)  # of any span of time: 27 years of days, a week of minutes


def check_value(unit: str, value) -> None:
    """Raises InvalidInput for a value with which the next request could not be taken in: no time at all, half a working day,
    or more than a calendar holds. A count may be anything whole."""
    value = Decimal(value)
    if unit in WHOLE and value != value.to_integral_value():
        raise InvalidInput(fields={"value": [_("Enter a whole number.")]})
    if unit in SPANS and value < 1:
        raise InvalidInput(fields={"value": [_("Enter 1 or more.")]})
    if unit in SPANS and value > MOST:
        raise InvalidInput(fields={"value": [_("Enter at most %(most)d.") % {"most": MOST}]})


RULES: list[RuleSpec] = []
