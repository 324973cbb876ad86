"""The commands that make the first accounts."""

import stat

import pytest
from django.core.management import call_command

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from tests.factories import UnitFactory, bureau

pytestmark = pytest.mark.django_db


def _lines(path) -> dict[str, str]:
    return {line.split()[0]: line.split()[1] for line in path.read_text().splitlines()}


def test_demo_accounts_are_one_for_each_role_and_made_once(tmp_path, capsys):
    bureau()
    UnitFactory(name="安吉县公安局孝源派出所")
    path = tmp_path / "deep" / "credentials"
    call_command("create_demo_accounts", credentials=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    passwords = _lines(path)
    assert {role for user in User.objects.all() for role in user.roles} == set(Role)
    assert User.objects.get(username="officer").unit.name == "安吉县公安局孝源派出所"
    assert all(User.objects.get(username=name).check_password(word) for name, word in passwords.items())
    assert all(User.objects.values_list("is_demo", flat=True))
    before = path.read_text()
    call_command("create_demo_accounts", credentials=path)
    assert path.read_text() == before
    assert not any(word in capsys.readouterr().out for word in passwords.values())


def test_the_first_administrator_must_change_the_password(tmp_path):
    bureau()
    path = tmp_path / "credentials"
    call_command("create_administrator", credentials=path)
    user = User.objects.get()
    assert user.roles == {Role.SYSTEM_ADMIN}
    assert user.must_change_password
    assert not user.is_demo
    assert user.check_password(_lines(path)["administrator"])
