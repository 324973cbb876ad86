from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "anji_police.jobs"
    label = "jobs"
