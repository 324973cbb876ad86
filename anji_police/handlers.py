from anji_police import events
from anji_police.jobs.registry import handler


@handler("events.publish")
def publish(job) -> None:
    """Tell news to the apps that listen."""
    events.deliver(job.payload)
