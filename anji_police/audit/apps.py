from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "anji_police.audit"
    verbose_name = _("Trail")
    label = "audit"

    def ready(self) -> None:
        from anji_police.audit.grants import apply_grants

        post_migrate.connect(apply_grants, dispatch_uid="audit.grants")
