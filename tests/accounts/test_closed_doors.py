"""Ways round the sign-in that must stay shut: tokens, recovery codes, polls, and administrators who act at once."""

from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken

from anji_police import limits
from anji_police.accounts import services, signin
from anji_police.accounts.models import ApiToken, User
from anji_police.accounts.roles import Role
from anji_police.api.permissions import HasActionPermission
from anji_police.audit.models import AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed, TooMany
from anji_police.helpdesk.models import HelpRequest
from tests.factories import PASSWORD, UnitFactory, UserFactory, administrator, bureau, officer
from tests.helpdesk.factories import station_of, submitted, town
from tests.kernel.test_races import at_once

pytestmark = pytest.mark.django_db
NEW = "Ma-Che-Ning-2025-x"


def asks(token: str) -> int:
    return Client().get(reverse("api:root"), HTTP_AUTHORIZATION=f"Bearer {token}").status_code


def test_a_token_waits_while_a_password_change_is_due():
    user = officer()
    token = services.create_token(user=user, name="export", days=365)
    assert asks(token) == 200
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert asks(token) == 401
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    assert asks(token) == 401


@pytest.mark.parametrize("how", ["changed", "reset", "factor", "made staff"])
def test_tokens_stop_with_what_they_were_trusted_for(how):
    user = UserFactory(roles=[Role.VOLUNTEER] if how == "made staff" else [Role.OFFICER])
    token = services.create_token(user=user, name="export", days=30)
    security = administrator(Role.SECURITY_ADMIN)
    if how == "changed":
        services.change_password(user=user, old=PASSWORD, new=NEW)
    elif how == "reset":
        services.reset_password(actor=administrator(), account=user, reason="forgotten")
    elif how == "factor":
        services.reset_second_factor(actor=security, account=user, reason="lost phone")
    else:
        services.revoke_role(actor=security, account=user, role=Role.VOLUNTEER, reason="joins the police")
        services.grant_role(actor=security, account=user, role=Role.OFFICER, reason="joins the police")
    assert ApiToken.objects.get(user=user).revoked_at
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    assert asks(token) == 401


def test_row_history_knows_who_stands_behind_a_token():
    township = town()
    user = officer(unit=station_of(township))
    token = services.create_token(user=user, name="export", days=30)
    request = submitted(township=township).request
    answer = Client().post(
        reverse("api:helpdesk:request-accept", args=[request.reference]),
        "{}",
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )
    assert answer.status_code == 200, answer.content
    history = HelpRequest.pgh_event_model.objects.filter(pgh_obj=request).latest("pgh_id")
    assert history.pgh_context["actor"] == user.pk
    assert history.pgh_context["actor_name"] == user.name


def test_a_view_that_names_no_rights_is_refused():
    class Plain:
        action = None

    request = type("Request", (), {"user": officer()})()
    assert HasActionPermission().has_permission(request, Plain()) is False


def test_recovery_codes_are_kept_as_digests_and_open_once():
    user = officer()
    codes = services.new_recovery_codes(user=user)
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & set(codes)
    assert services.verify_second_factor(user=user, token=codes[0].upper())
    with pytest.raises(InvalidInput):
        services.verify_second_factor(user=user, token=codes[0])
    assert services.recovery_codes_left(user=user) == 9


def test_what_is_stored_of_a_recovery_code_is_no_code():
    user = officer()
    services.new_recovery_codes(user=user)
    with pytest.raises(InvalidInput):
        services.verify_second_factor(user=user, token=StaticToken.objects.first().token)


def test_a_poll_keeps_no_session_alive(client_of, settings):
    client = client_of(officer())
    work = reverse("dashboard:my-work")
    start = timezone.now()
    with time_machine.travel(start):
        assert client.get(work).status_code == 200
    for minutes in range(1, 15, 4):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            client.get(work, HTTP_X_BACKGROUND="1")
    with time_machine.travel(start + timedelta(seconds=settings.SESSION_IDLE_SECONDS + 5)):
        assert client.get(work, HTTP_X_BACKGROUND="1").status_code == 302


def test_the_present_password_cannot_be_guessed_from_an_open_session():
    user = officer()
    with time_machine.travel(timezone.now().replace(minute=1), tick=False):
        for _try in range(10):
            with pytest.raises(InvalidInput):
                services.change_password(user=user, old="guess", new=NEW)
        with pytest.raises(TooMany):
            services.change_password(user=user, old=PASSWORD, new=NEW)
    assert AuditEntry.objects.filter(action="accounts.password.refused").count() == 10


def test_a_right_password_does_not_use_up_the_limit(rf):
    user = officer(username="known")
    request = rf.post("/accounts/login/", REMOTE_ADDR="10.0.0.1")
    request.session = {}
    with time_machine.travel(timezone.now().replace(minute=1), tick=False):
        for _try in range(signin.NAME_FAILURES + 3):
            assert signin.sign_in(request, username="known", password=PASSWORD) == user
        assert limits.peek(signin._keys(request, "known")[0], seconds=signin.WINDOW_SECONDS) == 0


def test_nobody_is_put_into_a_closed_unit():
    closed = UnitFactory(is_active=False)
    system = administrator()
    with pytest.raises(InvalidInput) as refused:
        services.create_account(actor=system, username="new", name="新人", unit=closed)
    assert "unit" in refused.value.fields
    with pytest.raises(InvalidInput):
        services.change_account(actor=system, account=officer(), reason="moved", unit=closed)


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_wrong_passwords_at_once_only_the_limit_is_looked_at(monkeypatch):
    tried = []
    start = limits._window(900)
    monkeypatch.setattr(limits, "_window", lambda seconds: start)
    monkeypatch.setattr(signin, "authenticate", lambda *args, **kwargs: tried.append(1))
    request = type("Request", (), {"META": {"REMOTE_ADDR": "10.0.0.1"}})()

    def knock(_number):
        for _try in range(5):
            with suppress(TooMany):
                signin.sign_in(request, username="known", password="wrong")

    at_once(8, knock)
    assert len(tried) == signin.NAME_FAILURES + 1  # and one in thirty seconds after them


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_take_each_other_s_role_one_remains():
    bureau()
    pair = [administrator(Role.SECURITY_ADMIN) for _n in range(2)]

    def act(number: int) -> str:
        actor, other = User.objects.get(pk=pair[number].pk), pair[1 - number]
        try:
            services.revoke_role(actor=actor, account=other, role=Role.SECURITY_ADMIN, reason="both at once")
        except (DomainError, NotAllowed):
            return "refused"
        finally:
            connection.close()
        return "done"

    for _round in range(3):
        assert sorted(at_once(2, act)) == ["done", "refused"]
        assert User.objects.with_role(Role.SECURITY_ADMIN).count() == 1
        remaining = User.objects.with_role(Role.SECURITY_ADMIN).get()
        gone = next(user for user in pair if user.pk != remaining.pk)
        services.grant_role(actor=remaining, account=gone, role=Role.SECURITY_ADMIN, reason="next round")
