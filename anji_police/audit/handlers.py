from anji_police.audit import services
from anji_police.jobs.registry import periodic


@periodic("audit.seal", every="minute")
def seal(period: str) -> None:
    """Seal the trail rows of the last minute."""
    services.seal_trail()
