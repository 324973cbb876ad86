"""Fixtures that all tests share. The tests run as the application's database role, not as the owner."""

import pytest
from django.conf import settings
from django.db import connections


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    pass


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After the test database is made by the superuser, step down to the application's role for all that follows."""
    with django_db_blocker.unblock():
        connection = connections["default"]
        connection.close()
        connection.settings_dict["ACTING_ROLE"] = settings.DATABASE_APP_ROLE
        connection.connect()
    yield
    with django_db_blocker.unblock():
        connections["default"].settings_dict.pop("ACTING_ROLE", None)
        connections["default"].close()
