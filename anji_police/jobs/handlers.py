from anji_police.jobs import services
from anji_police.jobs.registry import periodic


@periodic("jobs.purge", every="day", at="03:10")
def purge(period: str) -> None:
    """Delete finished jobs older than a month."""
    services.purge_done()
