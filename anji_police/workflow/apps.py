from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    name = "anji_police.workflow"
    verbose_name = _("States and time limits")
    label = "workflow"
