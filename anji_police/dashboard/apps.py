from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "anji_police.dashboard"
    label = "dashboard"
