"""Chinese identity numbers (公民身份号码, GB 11643-1999): form, date and check digit."""

import re
from datetime import date

from anji_police.crypto import compact

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def check_digit(first17: str) -> str:
    """The 18th character for the first 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def birth_date(number: str) -> date | None:
    """The day of birth that a valid identity number tells; None when the number is not valid. Says nothing of an origin:
    the first six digits name the place of first registration only."""
    text = compact(number)
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", text) or check_digit(text[:17]) != text[17]:
        return None
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None


def years_before(day: date, years: int) -> date:
    """The same day `years` earlier; 28 February for a 29th that does not exist."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
