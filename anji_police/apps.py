from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

# What a field hands up to the shared rooms, each in a file of that name (docs/adding-a-field.md).
REGISTRIES = (
    "rights",
    "actions",
    "metrics",
    "routes",
    "queues",
    "nav",
    "clocks",
    "handlers",
    "search",
    "ledgers",
)


class PortalConfig(AppConfig):
    name = "anji_police"
    verbose_name = "Portal"

    def ready(self) -> None:
        from anji_police import checks  # noqa: F401

        autodiscover_modules(*REGISTRIES)
