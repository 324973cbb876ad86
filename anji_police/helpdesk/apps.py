from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "anji_police.helpdesk"
    label = "helpdesk"

    def ready(self) -> None:
        from anji_police.helpdesk import listeners  # noqa: F401
