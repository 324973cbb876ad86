"""Two administrators for one account, and neither for the own one."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from anji_police.accounts import services
from anji_police.accounts.models import UserRole
from anji_police.accounts.roles import Role
from anji_police.audit.models import AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from tests.factories import UserFactory, administrator, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def system():
    return administrator(Role.SYSTEM_ADMIN)


@pytest.fixture
def security():
    return administrator(Role.SECURITY_ADMIN)


def test_an_account_starts_without_any_right(system):
    account, password = services.create_account(actor=system, username="li.ming", name="李明")
    assert account.roles == frozenset()
    assert account.must_change_password
    assert account.check_password(password)
    entry = AuditEntry.objects.get(action="accounts.account.created")
    assert (entry.actor_id_text, entry.subject_id) == (str(system.pk), str(account.pk))
    assert password not in str(entry.after)


def test_a_login_name_differs_in_more_than_case(system):
    services.create_account(actor=system, username="li.ming", name="李明")
    with pytest.raises(InvalidInput) as error:
        services.create_account(actor=system, username="Li.Ming", name="李明")
    assert "username" in error.value.fields


def test_the_system_administrator_gives_no_roles(system, security):
    with pytest.raises(NotAllowed):
        services.grant_role(actor=system, account=officer(), role=Role.STATION_CHIEF, reason="岗位调整")


def test_the_security_administrator_makes_no_accounts(security):
    with pytest.raises(NotAllowed):
        services.create_account(actor=security, username="x1", name="某某")


def test_the_first_security_administrator_is_appointed_by_the_system_administrator(system):
    first, second = UserFactory(), UserFactory()
    with pytest.raises(NotAllowed):
        services.grant_role(actor=system, account=first, role=Role.AUDIT_ADMIN, reason="首次任命")
    services.grant_role(actor=system, account=first, role=Role.SECURITY_ADMIN, reason="首次任命")
    with pytest.raises(NotAllowed):
        services.grant_role(actor=system, account=second, role=Role.SECURITY_ADMIN, reason="再次任命")


def test_a_role_counts_from_the_next_click(security, client_of):
    person = UserFactory()
    client = client_of(person)
    assert client.get(reverse("dashboard:overview")).status_code == 403
    services.grant_role(actor=security, account=person, role=Role.OFFICER, reason="入职")
    assert client.get(reverse("dashboard:overview")).status_code == 200
    services.revoke_role(actor=security, account=person, role=Role.OFFICER, reason="离职")
    assert client.get(reverse("dashboard:overview")).status_code == 403
    actions = list(
        AuditEntry.objects.filter(subject_id=str(person.pk)).order_by("id").values_list("action", "reason")
    )
    assert actions == [("accounts.role.granted", "入职"), ("accounts.role.revoked", "离职")]


@pytest.mark.parametrize("role", [Role.AUDIT_ADMIN, Role.OFFICER, Role.VOLUNTEER])
def test_no_account_holds_roles_of_two_kinds(security, system, role):
    with pytest.raises(DomainError):
        services.grant_role(actor=security, account=system, role=role, reason="兼任")
    with pytest.raises(IntegrityError), transaction.atomic():
        UserRole.objects.create(
            user=system,
            role=role,
            kind="outside" if role == Role.VOLUNTEER else "police" if role == Role.OFFICER else role,
        )


def test_nobody_administers_the_own_account(system, security):
    with pytest.raises(NotAllowed):
        services.reset_password(actor=system, account=system, reason="忘记密码")
    with pytest.raises(NotAllowed):
        services.set_clearance(actor=security, account=security, clearance=3, reason="需要")
    with pytest.raises(NotAllowed):
        services.reset_second_factor(actor=security, account=security, reason="换手机")


def test_the_last_administrator_of_a_kind_stays(system, security):
    second, only_auditor = administrator(Role.SECURITY_ADMIN), administrator(Role.AUDIT_ADMIN)
    with pytest.raises(DomainError):
        services.set_active(actor=system, account=only_auditor, active=False, reason="离职")
    services.revoke_role(actor=second, account=security, role=Role.SECURITY_ADMIN, reason="轮岗")
    with pytest.raises(DomainError):
        services.set_active(actor=system, account=second, active=False, reason="离职")


def test_a_closed_account_is_out_at_the_next_click_and_its_tokens_stop(system, client_of, client):
    person = officer()
    token = services.create_token(user=person, name="统计", days=30)
    browser = client_of(person)
    services.set_active(actor=system, account=person, active=False, reason="调离")
    assert browser.get(reverse("dashboard:my-work")).status_code == 302
    assert not person.tokens.filter(revoked_at=None).exists()
    assert token


def test_a_reset_password_leaves_the_second_factor(system, client_of):
    person = officer()
    client_of(person)
    password = services.reset_password(actor=system, account=person, reason="忘记密码")
    person.refresh_from_db()
    assert person.check_password(password)
    assert person.staticdevice_set.exists()
    assert person.must_change_password


def test_the_temporary_password_is_shown_once(system, client_of):
    person, client = officer(), client_of(system)
    client.post(reverse("accounts:reset-password", args=[person.pk]), {"reason": "忘记密码"})
    page = reverse("accounts:detail", args=[person.pk])
    shown = client.get(page).context["password"]
    person.refresh_from_db()
    assert person.check_password(shown)
    assert client.get(page).context["password"] == ""


def test_an_act_without_a_reason_is_refused(system, client_of):
    person = officer()
    answer = client_of(system).post(reverse("accounts:set-active", args=[person.pk]), {"active": "0"})
    assert answer.status_code == 422
    person.refresh_from_db()
    assert person.is_active


def test_a_reset_second_factor_is_set_up_anew(security, client_of):
    person = officer()
    client = client_of(person)
    services.reset_second_factor(actor=security, account=person, reason="手机丢失")
    assert client.get(reverse("dashboard:my-work")).url.startswith(reverse("accounts:second-factor"))


def test_the_list_asks_the_same_number_of_questions_however_long(
    system, client_of, django_assert_max_num_queries
):
    client = client_of(system)
    for _n in range(20):
        officer()
    with django_assert_max_num_queries(16):
        assert client.get(reverse("accounts:list")).status_code == 200


def test_the_list_pages_by_marks_both_ways(system, client_of):
    for number in range(60):
        UserFactory(username=f"p{number:03d}", unit=None)
    client = client_of(system)
    url, seen = reverse("accounts:list") + "?q=p0", []
    first = client.get(url).context["page"]
    page = first
    while True:
        seen += [account.username for account in page]
        if not page.next_url:
            break
        page = client.get(reverse("accounts:list") + page.next_url).context["page"]
    assert seen == [f"p{number:03d}" for number in range(60)]
    back = client.get(reverse("accounts:list") + page.previous_url).context["page"]
    assert [a.username for a in back] == seen[25:50]
    assert client.get(reverse("accounts:list") + "?after=nonsense").status_code == 422


def test_the_page_of_rights_shows_what_is_registered(security, client_of):
    text = client_of(security).get(reverse("accounts:roles")).content.decode()
    assert "授予和收回角色" in text
    assert "安全管理员" in text
