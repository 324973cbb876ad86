"""The citizen's way, page by page, without scripts."""

import io
from datetime import timedelta

import pikepdf
import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anji_police.helpdesk import services
from anji_police.helpdesk.models import Attachment, Draft, HelpRequest, Message, Status
from anji_police.helpdesk.public import receipt
from anji_police.helpdesk.services.drafts import purge_drafts
from anji_police.workflow.models import Rule
from tests.factories import bureau, officer
from tests.helpdesk.factories import ANSWERS, in_progress, seed_rules, station_of, submitted, town
from tests.helpdesk.files import jpeg, named

pytestmark = [pytest.mark.django_db, pytest.mark.smoke]

STORY = {"description": "邻居家的围墙占了我家的路，几次商量都没有结果。", "happened": "今年三月起"}
CONTACT = {"contact": "phone", "name": "王小明", "phone": "138 1234 5678", "consent": "on"}


def post(browser, name, data=None, **kwargs):
    return browser.post(reverse(f"public:{name}", **kwargs), data or {})


def fill_in(browser: Client, **contact) -> None:
    """All pages up to the check page."""
    seed_rules()
    station_of(town()) if not town().jurisdictions.exists() else None
    assert post(browser, "start", {"category": "dispute"}).url == reverse("public:questions")
    assert post(browser, "questions", ANSWERS).url == reverse("public:story")
    assert post(browser, "story", STORY).url == reverse("public:place")
    where = {"township": "330523004", "location_text": "皈山场村文化礼堂旁", "lon": "119.61", "lat": "30.625"}
    assert post(browser, "place", where).url == reverse("public:files")
    assert post(browser, "files").url == reverse("public:contact")
    assert post(browser, "contact", CONTACT | contact).url == reverse("public:check")


def codes_on(page: str) -> tuple[str, str]:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "html.parser")
    return soup.find(id="ref").text.strip(), soup.find(id="code").text.strip()


def send(browser: Client) -> tuple[str, str]:
    assert post(browser, "check").url == reverse("public:done")
    return codes_on(browser.get(reverse("public:done")).content.decode())


def test_the_whole_form_without_scripts_ends_with_two_codes_that_open_the_request(client):
    fill_in(client)
    assert post(client, "files", {"files": [jpeg()]}).status_code == 302
    page = client.get(reverse("public:check")).content.decode()
    assert all(word in page for word in ("围墙", "王小明", "孝源街道"))
    reference, secret = send(client)
    found = HelpRequest.objects.get()
    assert (found.reference, found.attachments.count(), found.unit is not None) == (reference, 1, True)
    assert not Draft.objects.exists()
    stranger = Client()
    assert post(stranger, "track", {"reference": reference, "secret": secret}).url == reverse(
        "public:tracked"
    )
    opened = stranger.get(reverse("public:tracked")).content.decode()
    assert "围墙" in opened
    assert "王小明" not in opened
    assert "13812345678" not in opened


def test_a_second_press_a_reload_and_a_later_visit_show_the_same_request(client):
    fill_in(client)
    first = send(client)
    assert post(client, "check").status_code == 302
    again = codes_on(client.get(reverse("public:done")).content.decode())
    assert again == first
    assert HelpRequest.objects.count() == 1
    pdf = client.get(reverse("public:receipt"))
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Content-Type"] == "application/pdf"
    post(client, "another")
    assert 'id="code"' not in client.get(reverse("public:done")).content.decode()


def test_a_reload_keeps_what_was_typed_and_a_change_goes_back_to_the_check_page(client):
    fill_in(client)
    client.get(reverse("public:check"))
    assert "围墙" in client.get(reverse("public:story")).content.decode()
    changed = STORY | {"description": "围墙已经拆了一半，但是路还没有让出来。"}
    assert post(client, "story", changed).url == reverse("public:check")
    send(client)
    assert HelpRequest.objects.get().description == changed["description"]


def test_an_emergency_stops_the_form_and_fresh_money_gone_asks_for_96110(client):
    seed_rules()
    post(client, "start", {"category": "dispute"})
    assert post(client, "questions", ANSWERS | {"danger": "yes"}).url == reverse("public:stop", args=["110"])
    assert "tel:110" in client.get(reverse("public:stop", args=["110"])).content.decode()
    post(client, "start", {"category": "fraud"})
    opened = post(client, "questions", {"paid": "yes", "contact": "phone", "asked": "paid contact amount"})
    assert opened.status_code == 200  # the answer opened another question, no reproach
    assert "paid_when" in opened.content.decode()
    answer = post(client, "questions", {"paid": "yes", "contact": "phone", "paid_when": "hour"})
    assert answer.url == reverse("public:stop", args=["96110"])
    assert post(client, "called").url == reverse("public:story")


def test_a_wrong_page_says_what_to_do_and_keeps_the_rest(client):
    seed_rules()
    assert post(client, "start", {}).status_code == 422
    post(client, "start", {"category": "dispute"})
    missing = post(client, "questions", {"danger": "no", "asked": "danger about other_side mediated dialect"})
    assert missing.status_code == 422
    assert "errsum" in missing.content.decode()
    post(client, "questions", ANSWERS)
    assert post(client, "story", {"description": "短"}).status_code == 422
    post(client, "story", STORY)
    post(client, "place", {"location_text": ""})
    refused = post(client, "files", {"files": [named(b"MZ\x90\x00", "virus.exe")]})
    assert refused.status_code == 422
    assert not Attachment.objects.exists()
    assert post(client, "contact", {"contact": "phone", "name": "", "phone": ""}).status_code == 422
    assert client.get(reverse("public:check")).url == reverse("public:contact")


def test_at_most_five_files_and_one_can_be_taken_back(client):
    fill_in(client)
    assert post(client, "files", {"files": [jpeg(f"{n}.jpg") for n in range(5)]}).status_code == 302
    assert post(client, "files", {"files": [jpeg("6.jpg")]}).status_code == 422
    assert Attachment.objects.count() == settings.UPLOAD_MAX_FILES
    post(client, "drop-file", kwargs={"uid": Attachment.objects.first().uid})
    assert Attachment.objects.count() == 4
    stranger = Client()
    fill_in(stranger)
    post(stranger, "drop-file", kwargs={"uid": Attachment.objects.first().uid})
    assert Attachment.objects.count() == 4  # not theirs


def test_the_hidden_field_asks_a_person_for_one_more_tick_and_loses_nothing(client):
    fill_in(client)
    assert post(client, "check", {"website": "http://x"}).status_code == 422
    assert not HelpRequest.objects.exists()
    assert post(client, "check", {"website": "http://x", "person": "1"}).status_code == 302
    assert HelpRequest.objects.count() == 1


def test_over_the_limit_the_answers_stay_and_the_page_says_when(client):
    fill_in(client)
    Rule.objects.filter(code="helpdesk.per_address_hour").update(value=0)
    answer = post(client, "check")
    assert answer.status_code == 429
    assert Draft.objects.count() == 1
    Rule.objects.filter(code="helpdesk.per_address_hour").update(value=9)
    assert post(client, "check").url == reverse("public:done")


def test_a_page_in_the_middle_leads_to_the_start_when_no_form_was_begun(client):
    for name in ("questions", "story", "place", "files", "contact", "check"):
        assert client.get(reverse(f"public:{name}")).url == reverse("public:start")
    for name in ("tracked",):
        assert client.get(reverse(f"public:{name}")).url == reverse("public:track")


def opened(client: Client, **changes) -> HelpRequest:
    from tests.helpdesk.factories import submitted

    receipt = submitted(**changes)
    post(client, "track", {"reference": receipt.request.reference, "secret": receipt.secret})
    return receipt.request


def test_a_wrong_number_and_a_wrong_code_look_alike(client):
    from tests.helpdesk.factories import submitted

    receipt = submitted()
    wrong = [
        {"reference": receipt.request.reference, "secret": "0000-0000-0000"},
        {"reference": "000101-000000", "secret": receipt.secret},
    ]
    pages = []
    for codes in wrong:
        answer = post(client, "track", codes)
        text = answer.content.decode().replace(codes["reference"], "R").replace(codes["secret"], "S")
        pages.append((answer.status_code, len(text)))
    assert pages[0] == pages[1]
    assert pages[0][0] == 422


def test_the_citizen_writes_rates_and_withdraws_on_the_own_page_only(client):
    handler = officer()
    request = in_progress(handler)
    services.add_note(request=request, actor=handler, body="内部研判：对方有前科", key="n")
    services.reply(request=request, actor=handler, body="民警明天上门。", key="r")
    token_page = opened(client, township=town())
    assert post(client, "reply", {"body": "补充一点", "key": "k1"}).status_code == 302
    post(client, "reply", {"body": "补充一点", "key": "k1"})
    assert Message.objects.filter(kind="citizen", request=token_page).count() == 1
    assert post(client, "rate", {"score": "5"}).status_code == 422
    page = client.get(reverse("public:tracked")).content.decode()
    assert "内部研判" not in page
    assert "民警明天上门" not in page  # another citizen's
    post(client, "withdraw")
    token_page.refresh_from_db()
    assert token_page.status == Status.WITHDRAWN
    post(client, "leave")
    assert client.get(reverse("public:tracked")).url == reverse("public:track")


def test_a_file_leaves_only_as_a_download_and_never_that_of_a_note(client):
    from anji_police.helpdesk.services.drafts import keep
    from anji_police.uploads import clean

    request = opened(client)
    handler = officer(clearance=1)
    mine = keep(clean(jpeg()), request=request)
    note = Message.objects.create(request=request, kind="note", body="内部", key="n", author=handler)
    inner = keep(clean(jpeg()), request=request, message=note, from_citizen=False)
    answer = client.get(reverse("public:file", args=[mine.uid]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert client.get(reverse("public:file", args=[inner.uid])).status_code == 404
    assert Client().get(reverse("public:file", args=[mine.uid])).status_code == 302


def test_an_opened_page_closes_after_half_an_hour(client):
    opened(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert client.get(reverse("public:tracked")).url == reverse("public:track")


def test_a_form_left_alone_is_gone_after_a_day_with_its_files(client):
    fill_in(client)
    post(client, "files", {"files": [jpeg()]})
    from anji_police import uploads

    path = uploads.stored(Attachment.objects.get().path)
    assert path.exists()
    assert purge_drafts() == 0
    Draft.objects.update(updated_at=timezone.now() - timedelta(days=2))
    assert purge_drafts() == 1
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "text", ["谢谢👮‍♂️🙏，路灯坏了", "שלום, 路灯坏了", "𪚥字家的路灯坏了", "路灯\u202e坏了\u0301\u200b"]
)
def test_a_receipt_is_drawn_whatever_the_citizen_wrote(text):
    bureau()
    request = submitted(description=text).request
    paper = receipt.draw(request, "0000-0000-0000")
    with pikepdf.open(io.BytesIO(paper)) as pdf, pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
