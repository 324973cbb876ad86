from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "anji_police.reports"
    label = "reports"
