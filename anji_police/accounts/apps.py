from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "anji_police.accounts"
    verbose_name = _("Accounts and rights")
    label = "accounts"
