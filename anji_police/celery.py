"""The Celery application. The schedule is in code: one tick that finds what is due (jobs/periodic.py)."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anji_police.settings")

app = Celery("anji_police")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "tick": {"task": "anji_police.jobs.tasks.tick", "schedule": crontab(), "options": {"expires": 55}},
}


@setup_logging.connect
def _keep_django_logging(**_kwargs) -> None:
    """Celery would replace the JSON log handlers with its own."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)
