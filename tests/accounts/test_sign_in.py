"""The door: password, lock-out, second factor, idle end."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from anji_police.accounts import services
from anji_police.accounts.roles import Role
from anji_police.audit.models import AuditEntry
from anji_police.errors import InvalidInput
from tests.factories import PASSWORD, UserFactory, administrator, officer

pytestmark = [pytest.mark.django_db, pytest.mark.smoke]
LOGIN = "/accounts/login/"


def post(client, username, password=PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password}, **more)


def code_of(device) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return f"{totp.token():06d}"


def with_device(user) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name="totp", confirmed=True)


def test_unknown_wrong_and_closed_give_the_same_answer(client):
    officer(username="known")
    officer(username="closed", is_active=False)
    answers = [post(client, "nobody"), post(client, "known", "wrong"), post(client, "closed")]
    assert {answer.status_code for answer in answers} == {422}
    texts = set()
    for name, answer in zip(("nobody", "known", "closed"), answers, strict=True):
        text = answer.content.decode().replace(name, "NAME")
        texts.add(text.split("</header>")[1].split('name="csrfmiddlewaretoken"')[0])
    assert len(texts) == 1
    assert AuditEntry.objects.filter(action="accounts.session.refused").count() == 3


def test_a_refusal_keeps_no_typed_name_in_the_clear(client):
    post(client, "my-secret-typed-in-the-wrong-box")
    entry = AuditEntry.objects.get(action="accounts.session.refused")
    assert "my-secret" not in str(entry.after)


@pytest.mark.parametrize("username", ["known", "nobody"])
def test_five_failures_lock_a_name_whether_it_exists_or_not(client, username):
    officer(username="known")
    for _try in range(settings.AXES_FAILURE_LIMIT - 1):
        assert post(client, username, "wrong").status_code == 422
    answer = post(client, username, "wrong")
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert "系统管理员" in answer.content.decode()
    assert post(client, username).status_code == 429


def test_a_locked_name_opens_after_the_wait(client):
    user = officer(username="known")
    for _try in range(settings.AXES_FAILURE_LIMIT):
        post(client, "known", "wrong")
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert post(client, "known").status_code == 302
    assert AuditEntry.objects.filter(action="accounts.session.started", actor_id_text=str(user.pk)).exists()


def test_a_name_tried_from_many_addresses_is_slowed_for_every_address():
    officer(username="known")
    with time_machine.travel(timezone.now().replace(minute=1, second=1), tick=False):
        statuses = [
            post(Client(), "known", "wrong", REMOTE_ADDR=f"10.0.0.{number}").status_code
            for number in range(1, 13)
        ]
    assert statuses == [422] * 11 + [429]


def test_an_address_that_tries_many_names_is_shut_out(monkeypatch):
    monkeypatch.setattr("anji_police.accounts.signin.ADDRESS_FAILURES", 3)
    statuses = [post(Client(), f"name{n}", "wrong", REMOTE_ADDR="10.9.9.9").status_code for n in range(4)]
    assert statuses == [422, 422, 422, 429]


def test_next_leads_only_into_the_portal(client):
    UserFactory(username="outside", roles=[Role.VOLUNTEER], unit=None)
    answer = client.post(
        LOGIN, {"username": "outside", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert answer.url == reverse("dashboard:home")


def test_an_outside_account_needs_no_second_factor(client):
    UserFactory(username="outside", roles=[Role.VOLUNTEER], unit=None)
    post(client, "outside")
    assert client.get(reverse("dashboard:my-work")).status_code == 200


def test_staff_without_a_device_set_one_up_and_get_codes_once(client):
    user = officer(username="fresh")
    post(client, "fresh")
    work = reverse("dashboard:my-work")
    assert client.get(work).url.startswith(reverse("accounts:second-factor"))
    page = client.get(reverse("accounts:second-factor-setup"))
    assert "data:image/svg+xml" in page.content.decode()
    device = TOTPDevice.objects.get(user=user, confirmed=False)
    answer = client.post(reverse("accounts:second-factor-setup"), {"token": code_of(device), "next": work})
    assert answer.url.startswith(reverse("accounts:recovery-codes"))
    shown = client.get(answer.url).context["codes"]
    assert len(shown) == 10
    assert client.get(answer.url).context["codes"] is None
    assert client.get(work).status_code == 200


def test_a_right_code_opens_and_works_once(client):
    user = officer(username="known")
    device = with_device(user)
    post(client, "known")
    code = code_of(device)
    assert client.post(reverse("accounts:second-factor"), {"token": code}).status_code == 302
    assert client.get(reverse("dashboard:my-work")).status_code == 200
    second = Client()
    post(second, "known")
    assert second.post(reverse("accounts:second-factor"), {"token": code}).status_code == 422


def test_wrong_codes_make_the_next_try_wait(client):
    with_device(officer(username="known"))
    post(client, "known")
    assert client.post(reverse("accounts:second-factor"), {"token": "000000"}).status_code == 422
    assert client.post(reverse("accounts:second-factor"), {"token": "000001"}).status_code == 429


def test_a_recovery_code_opens_once(client):
    user = officer(username="known")
    with_device(user)
    code = services.new_recovery_codes(user=user)[0]
    post(client, "known")
    assert client.post(reverse("accounts:second-factor"), {"token": code}).status_code == 302
    assert services.recovery_codes_left(user=user) == 9
    second = Client()
    post(second, "known")
    assert second.post(reverse("accounts:second-factor"), {"token": code}).status_code == 422


@pytest.mark.parametrize("name", ["password", "recovery-codes", "profile", "second-factor-setup"])
def test_a_stolen_password_alone_reaches_nothing(client, name):
    with_device(officer(username="known"))
    post(client, "known")
    answer = client.get(reverse(f"accounts:{name}"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("accounts:second-factor") + "?")


def test_demo_accounts_skip_the_second_factor_only_by_the_setting(client, settings):
    officer(username="demo", is_demo=True)
    officer(username="real")
    settings.DEMO_WITHOUT_SECOND_FACTOR = True
    for name, status in (("demo", 200), ("real", 302)):
        browser = Client()
        post(browser, name)
        assert browser.get(reverse("dashboard:my-work")).status_code == status
    settings.DEMO_WITHOUT_SECOND_FACTOR = False
    post(client, "demo")
    assert client.get(reverse("dashboard:my-work")).status_code == 302


def test_an_idle_session_ends(client_of):
    client = client_of(officer())
    assert client.get(reverse("dashboard:my-work")).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.SESSION_IDLE_SECONDS + 60)):
        answer = client.get(reverse("dashboard:my-work"))
        assert answer.url == f"{LOGIN}?next=%2Fhome%2Fwork%2F"
        assert client.get(reverse("dashboard:my-work")).url.startswith(LOGIN)


def test_a_session_ends_after_twelve_hours_however_busy(client_of):
    client = client_of(officer())
    start = timezone.now()
    for minutes in range(0, 12 * 60, 10):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert client.get(reverse("dashboard:my-work")).status_code == 200
    with time_machine.travel(start + timedelta(hours=12, minutes=2)):
        assert client.get(reverse("dashboard:my-work")).status_code == 302


def test_signing_out_needs_a_post_and_clears_the_browser(client_of):
    client = client_of(officer())
    assert client.get(reverse("accounts:logout")).status_code == 405
    answer = client.post(reverse("accounts:logout"))
    assert "storage" in answer["Clear-Site-Data"]
    assert client.get(reverse("dashboard:my-work")).status_code == 302


def test_signing_out_needs_the_token_of_the_form():
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("accounts:logout"))
    assert answer.status_code == 403
    assert "表单已失效" in answer.content.decode()


@pytest.mark.parametrize(
    "change", [{"must_change_password": True}, {"password_changed_at": timezone.now() - timedelta(days=91)}]
)
def test_a_given_or_old_password_is_changed_before_anything_else(client_of, change):
    client = client_of(officer(**change))
    answer = client.get(reverse("dashboard:my-work"))
    assert answer.url.startswith(reverse("accounts:password"))
    body = {"old": PASSWORD, "new": "Quan-Shui-77-Ling", "again": "Quan-Shui-77-Ling"}
    assert client.post(reverse("accounts:password"), body).status_code == 302
    assert client.get(reverse("dashboard:my-work")).status_code == 200


def test_changing_the_password_signs_other_browsers_out(client_of):
    user = officer()
    here, there = client_of(user), client_of(user)
    body = {"old": PASSWORD, "new": "Quan-Shui-77-Ling", "again": "Quan-Shui-77-Ling"}
    here.post(reverse("accounts:password"), body)
    assert here.get(reverse("dashboard:my-work")).status_code == 200
    assert there.get(reverse("dashboard:my-work")).status_code == 302


@pytest.mark.parametrize(
    ("new", "again", "field"),
    [
        ("short1A", "short1A", "new"),
        ("onlysmallletters", "onlysmallletters", "new"),
        (PASSWORD, PASSWORD, "new"),
        ("Quan-Shui-77-Ling", "Quan-Shui-77-Lang", "again"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason_beside_it(client_of, new, again, field):
    answer = client_of(officer()).post(
        reverse("accounts:password"), {"old": PASSWORD, "new": new, "again": again}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]


def test_none_of_the_last_five_passwords_comes_back():
    user = administrator()
    old = PASSWORD
    for number in range(5):
        services.change_password(user=user, old=old, new=f"Quan-Shui-{number}7-Ling")
        old = f"Quan-Shui-{number}7-Ling"
    with pytest.raises(InvalidInput):
        services.change_password(user=user, old=old, new=PASSWORD)
    services.change_password(user=user, old=old, new="Quan-Shui-98-Ling")
    services.change_password(user=user, old="Quan-Shui-98-Ling", new=PASSWORD)
