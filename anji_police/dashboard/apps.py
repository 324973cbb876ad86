from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    name = "anji_police.dashboard"
    verbose_name = _("Overview and work")
    label = "dashboard"
