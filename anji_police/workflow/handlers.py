from anji_police.jobs.registry import periodic
from anji_police.workflow import presence, services


@periodic("workflow.escalate", every="minute")
def escalate(period: str) -> None:
    """Escalate the clocks that were missed."""
    services.escalate_missed()


@periodic("workflow.purge_presence", every="day", at="03:30")
def purge_presence(period: str) -> None:
    """Forget who had what open."""
    presence.purge()
