from anji_police.jobs.registry import handler
from anji_police.notifications import services


@handler("notifications.deliver", long=True)
def deliver(job, progress):
    """Deliver one outbox message; outside a transaction, as the gateway can't be rolled back."""
    services.deliver(job.payload["message"])
