from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "anji_police.helpdesk"
    label = "helpdesk"
