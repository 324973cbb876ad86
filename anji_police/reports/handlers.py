from datetime import date

from anji_police.jobs.registry import handler, periodic
from anji_police.periods import add_months
from anji_police.reports import services


# A year's figures of every station may take minutes on a large table; a lost worker is noticed after the lease.
@handler(services.DRAW, long=True, lease_seconds=900)
def draw(job, progress):
    return services.perform(run_id=job.payload["run"], progress=progress)


@periodic("reports.close_month", every="month", at="01T02:00")
def close_month(period: str) -> None:
    """On the first of each month at 02:00 the report of the month before is asked for, and of months that were missed."""
    services.close_months(until=month_before(period))


def month_before(period: str) -> str:
    """YYYY-MM of the month before that of `period` (YYYY-MM-DDTHH:MM, Asia/Shanghai)."""
    return add_months(date.fromisoformat(period[:10]).replace(day=1), -1).strftime("%Y-%m")
