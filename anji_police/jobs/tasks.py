"""Celery's doors onto the job table: numbers in, no logic inside."""

from celery import shared_task
from django.db import InterfaceError, OperationalError


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=3)
def run(job_id: int) -> None:
    """Do one Job row. Delivered twice, it is done once."""
    from anji_police.jobs import services  # services import the registries, which may import tasks

    services.run(job_id)


@shared_task
def tick() -> None:
    """Once a minute from beat: periodic work that is due becomes Job rows."""
    from anji_police.jobs import services

    services.tick()
