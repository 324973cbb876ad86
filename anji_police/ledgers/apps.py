from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgersConfig(AppConfig):
    name = "anji_police.ledgers"
    verbose_name = _("Import and export")
    label = "ledgers"
