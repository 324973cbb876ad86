from anji_police.jobs.registry import periodic
from anji_police.workflow import services


@periodic("workflow.escalate", every="minute")
def escalate(period: str) -> None:
    """Escalate the clocks that were missed."""
    services.escalate_missed()
