"""The tests themselves stand on the right floor: the application's role, also after a flush and on a second connection."""

import threading

import pytest
from django.db import ProgrammingError, connection

from anji_police.audit.models import AuditEntry
from tests.factories import UserFactory


def _role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_test_runs_as_the_application():
    assert _role() == "anji_app"
    AuditEntry.objects.create(action="x")
    with pytest.raises(ProgrammingError, match="permission denied"):
        AuditEntry.objects.all().delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_transactional_test_starts_empty_and_as_the_application(turn):
    assert _role() == "anji_app"
    assert not AuditEntry.objects.exists()
    AuditEntry.objects.create(action=f"turn {turn}")
    UserFactory(roles=["officer"])


@pytest.mark.django_db(transaction=True)
def test_another_thread_has_the_same_role():
    found = []

    def work():
        found.append(_role())
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == ["anji_app"]
