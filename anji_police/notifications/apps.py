from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "anji_police.notifications"
    label = "notifications"
