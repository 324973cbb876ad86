from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "anji_police.accounts"
    label = "accounts"
