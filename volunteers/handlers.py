from datetime import date

from anji_police.jobs.registry import periodic
from anji_police.periods import add_months
from volunteers.services import attending, ledger


@periodic("volunteers.sweep", every="minute")
def sweep(period: str) -> None:
    """Start and end shifts and note no-shows, as the clock says."""
    attending.sweep()


@periodic("volunteers.remind", every="day", at="18:00")
def remind(period: str) -> None:
    """In the evening, remind those who are on duty tomorrow."""
    attending.remind()


@periodic("volunteers.close_month", every="month", at="05T02:00")
def close_month(period: str) -> None:
    """On the 5th, close the hours and points of the month before."""
    ledger.close_month(month=add_months(date.fromisoformat(period[:10]).replace(day=1), -1), actor=None)
