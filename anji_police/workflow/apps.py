from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "anji_police.workflow"
    label = "workflow"
