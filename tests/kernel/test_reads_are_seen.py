"""A look-up by a person's number is a read of personal data; what the trail keeps holds no number in the clear."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from anji_police.accounts import services as accounts
from anji_police.audit import selectors
from anji_police.audit import services as audit
from anji_police.audit.models import AccessEntry, AuditEntry
from anji_police.helpdesk import services
from tests.factories import administrator, officer
from tests.helpdesk.factories import in_progress

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("door", ["helpdesk:request-list", "dashboard:search", "mediation:dispute-list"])
def test_a_search_for_a_number_is_written_down_masked(client_of, door):
    user = officer()
    client_of(user).get(reverse(door), {"q": "138 1234-5678"})
    entry = AccessEntry.objects.filter(kind="search").first()
    assert (entry.actor_name, entry.subject_label) == (user.name, "138****5678")
    assert entry.request_id


def test_a_search_by_a_program_is_written_down_too():
    user = officer()
    token = accounts.create_token(user=user, name="x", days=1)
    url = reverse("api:helpdesk:request-list")
    Client().get(url, {"q": "13812345678"}, HTTP_AUTHORIZATION=f"Bearer {token}")
    assert AccessEntry.objects.get(kind="search").actor_id_text == str(user.pk)


def test_a_search_for_words_is_no_read(client_of):
    client_of(officer()).get(reverse("helpdesk:request-list"), {"q": "围墙"})
    assert not AccessEntry.objects.exists()


def test_numbers_in_free_text_stay_out_of_the_trail_for_good():
    user = officer()
    request = in_progress(user)
    services.edit(
        request=request,
        actor=user,
        version=request.version,
        changes={"description": "王小明 13812345678 330523199003071218 的围墙占了我家的路"},
    )
    entry = AuditEntry.objects.get(action="helpdesk.request.edited")
    assert entry.after["description"] == "王小明 138****5678 3305**********1218 的围墙占了我家的路"
    shown = str(selectors.row_history(administrator("audit_admin"), "helpdesk.helprequest", str(request.pk)))
    assert "138****5678" in shown
    assert "13812345678" not in shown


def test_a_code_of_twelve_digits_is_no_person_s_number():
    with transaction.atomic():
        entry = audit.record(actor=None, action="places.unit.moved", after={"parent": "330523000000"})
    assert entry.after == {"parent": "330523000000"}


def test_row_history_shows_the_newest_changes_first_and_leaves_out_the_oldest():
    user = officer()
    for number in range(6):
        user.name = f"名字{number}"
        user.save(update_fields=["name"])
    shown = selectors.row_history(administrator("audit_admin"), "accounts.user", str(user.pk), limit=3)
    assert [change.changes for change in shown] == [[("name", f"名字{n - 1}", f"名字{n}")] for n in (5, 4, 3)]
