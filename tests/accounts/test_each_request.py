"""What each request of a signed-in person asks the database, and that none of it outlives what it rests on."""

from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.accounts.selectors import active_account
from tests.conftest import sign_in
from tests.factories import UserFactory, officer

pytestmark = pytest.mark.django_db
HOME = "/api/v1/"


def shown_device(browser: Client, name: str) -> Client:
    """`browser` with a session that says that `name` was shown."""
    session = browser.session
    session[DEVICE_ID_SESSION_KEY] = name
    session.save()
    return browser


def test_session_account_unit_roles_and_device_are_two_statements(client_of):
    browser = client_of(officer())
    assert browser.get(HOME).status_code == 200  # the first one writes when the session was seen
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(HOME).status_code == 200
    assert len(asked) == 2


def test_the_account_of_a_session_is_the_account():
    user = officer()
    found, stored = active_account(user.pk), User.objects.select_related("unit").get(pk=user.pk)
    for field in User._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(stored, field.attname)
    with CaptureQueriesContext(connection) as asked:
        assert found.roles == {Role.OFFICER}
        assert (found.unit.path, found.unit.name) == (stored.unit.path, stored.unit.name)
    assert not asked
    assert found.unit.seat == stored.unit.seat
    alone = UserFactory(roles=[], unit=None)
    assert active_account(alone.pk).unit is None
    assert active_account(alone.pk).roles == frozenset()


def test_a_closed_account_is_none():
    user = officer()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert active_account(user.pk) is None
    assert active_account(user.pk + 1) is None


@pytest.mark.parametrize(
    "how", ["removed", "not confirmed", "of another person", "made up", "no device at all"]
)
def test_a_session_is_verified_only_by_a_confirmed_device_of_its_account(how, client_of):
    user = officer()
    browser = client_of(user)
    assert browser.get(HOME).status_code == 200
    devices = StaticDevice.objects.filter(user=user)
    if how == "removed":
        devices.delete()
    elif how == "not confirmed":
        devices.update(confirmed=False)
    elif how == "of another person":
        other = StaticDevice.objects.create(user=officer(), name="theirs")
        shown_device(browser, other.persistent_id)
    elif how == "made up":
        shown_device(browser, "accounts.user/1")
    else:
        shown_device(browser, "")
    assert browser.get(HOME).status_code == 401
    assert browser.get(reverse("dashboard:my-work")).url.startswith(reverse("accounts:second-factor"))
    if how != "no device at all":
        assert DEVICE_ID_SESSION_KEY not in browser.session


def test_an_ended_or_expired_session_signs_nobody_in(client_of):
    user = officer()
    sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects
    for end in (lambda: sessions.all().delete(), lambda: sessions.update(expire_date=timezone.now())):
        browser = sign_in(Client(), user)
        assert browser.get(HOME).status_code == 200
        end()
        assert browser.get(HOME).status_code in (401, 403)
        assert browser.get(reverse("dashboard:my-work")).url.startswith(reverse("accounts:login"))


def test_a_forged_session_row_signs_nobody_in(client_of):
    browser = client_of(officer())
    sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects
    sessions.update(session_data="eyJfYXV0aF91c2VyX2lkIjoiMSJ9:1:forged")
    assert browser.get(HOME).status_code in (401, 403)
