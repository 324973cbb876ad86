"""The project and what all fields of work share."""

from anji_police.celery import app as celery_app

__all__ = ["celery_app"]
