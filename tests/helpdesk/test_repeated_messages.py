"""The same message sent twice is one message with its files once; and nobody fills the disk."""

import pytest

from anji_police.audit import context
from anji_police.audit.models import AuditEntry
from anji_police.errors import TooMany
from anji_police.helpdesk import codes, services
from anji_police.helpdesk.models import Attachment, Draft, HelpRequest
from anji_police.workflow.models import Rule
from tests.factories import officer
from tests.helpdesk.factories import in_progress, seed_rules, submitted
from tests.helpdesk.files import png

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["citizen", "note", "reply"])
def test_a_message_that_arrives_twice_keeps_its_files_once(who):
    user = officer()
    request = in_progress(user)
    entries = AuditEntry.objects.count()

    def send():
        if who == "citizen":
            return services.citizen_reply(request=request, body="补充照片", key="k", files=[png()])
        act = services.add_note if who == "note" else services.reply
        return act(request=request, actor=user, body="补充照片", key="k", files=[png()])

    assert send().pk == send().pk
    assert Attachment.objects.filter(request=request).count() == 1
    assert AuditEntry.objects.count() == entries + 1


def test_a_citizen_writes_so_often_an_hour():
    request = submitted().request
    Rule.objects.filter(code="helpdesk.citizen_replies").update(value=2)
    for number in range(2):
        services.citizen_reply(request=request, body="再补充一点", key=str(number))
    with pytest.raises(TooMany):
        services.citizen_reply(request=request, body="再补充一点", key="3")


def test_a_network_address_uploads_so_often_an_hour(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    seed_rules()
    Rule.objects.filter(code="helpdesk.address_uploads").update(value=2)
    with context.request(request_id="x", address="10.0.0.1"):
        for _number in range(2):
            services.attach_to_draft(token=codes.new_token(), files=[png()])
        with pytest.raises(TooMany):
            services.attach_to_draft(token=codes.new_token(), files=[png()])
    assert Draft.objects.count() == 2
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 2


def test_the_digest_of_a_form_tells_no_number_without_the_key(settings):
    """Two portals with other keys keep other digests of the same form: a number can't be found by trying all of them."""
    first = submitted(token="a" * 20).request.body_hash
    HelpRequest.objects.all()
    settings.SECRET_KEY = "another-key-of-another-portal"
    assert submitted(token="b" * 20).request.body_hash != first
