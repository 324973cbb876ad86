"""Enters the reference data of every app: its `reference.py` with `load(stdout)`, in the order of INSTALLED_APPS."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core.management.base import BaseCommand


def loaders():
    """(app label, load function) of each app that has reference data."""
    for config in apps.get_app_configs():
        name = f"{config.name}.reference"
        if find_spec(name) is not None:
            yield config.label, import_module(name).load


class Command(BaseCommand):
    help = "Enter divisions, boundaries, units, rules and the working-day calendar. May be run again at any time."

    def handle(self, **options) -> None:
        for _label, load in loaders():
            load(self.stdout)
