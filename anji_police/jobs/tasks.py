from celery import shared_task


@shared_task
def tick() -> None:
    """Placeholder of the skeleton; replaced by the jobs app."""
