from anji_police.audit import services
from anji_police.jobs.registry import periodic


@periodic("audit.seal", every="minute")
def seal(period: str) -> None:
    """Seal the trail rows of the last minute."""
    services.seal_trail()


@periodic("audit.seal_whole", every="day", at="03:40")
def seal_whole(period: str) -> None:
    """Seal rows that a long transaction wrote behind those that were sealed meanwhile."""
    services.seal_trail(whole=True)
