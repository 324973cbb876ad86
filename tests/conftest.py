"""Fixtures that all tests share. The tests run as the application's database role, not as the owner."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.db.models.signals import pre_save
from django.test import Client


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


@pytest.fixture(autouse=True)
def _empty_cache():
    """The process cache outlives a rolled-back test, and would show the next one what is gone."""
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _actions_have_names():
    """No event of an app of ours enters the trail of a test under an action that the trail's page could not name."""
    from anji_police.audit import actions
    from anji_police.audit.models import AuditEntry

    named = actions.named()
    own = {action.split(".", 1)[0] for action in named}

    def check(sender, instance, **kwargs):
        if instance.action.split(".", 1)[0] in own:
            assert instance.action in named, f"{instance.action} is not named in actions.py"

    pre_save.connect(check, sender=AuditEntry, weak=False, dispatch_uid="tests.actions")
    yield
    pre_save.disconnect(sender=AuditEntry, dispatch_uid="tests.actions")


@pytest.fixture(autouse=True)
def _a_transaction_of_its_own(monkeypatch):
    """The transaction around a test is none that the portal opened: what is recorded outside of one fails here as it would there."""
    monkeypatch.setattr(
        "anji_police.audit.services.in_transaction",
        lambda: any(not block._from_testcase for block in connection.atomic_blocks),
    )


def sign_in(client: Client, user) -> Client:
    """Sign `user` in with a shown second factor, as staff must."""
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_static.models import StaticDevice

    client.force_login(user, backend="anji_police.accounts.backends.RoleBackend")
    device, _made = StaticDevice.objects.get_or_create(user=user, defaults={"name": "tests"})
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


@pytest.fixture
def client_of():
    """`client_of(user)`: a browser in which `user` is signed in with a verified device."""
    return lambda user, **more: sign_in(Client(**more), user)


@pytest.fixture
def english():
    """Messages come out in the source language, so that a test of a rule does not hang on a translation."""
    from django.utils import translation

    with translation.override("en"):
        yield
