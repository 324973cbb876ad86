"""The officers' pages: queue, detail, acts, entry for a citizen."""

import pytest
from django.urls import reverse

from anji_police import paging
from anji_police.helpdesk import services
from anji_police.helpdesk.models import CannedReply, HelpRequest, RoutingRule, SavedView, Status
from tests.factories import UnitFactory, administrator, chief, duty_desk, leader, officer
from tests.helpdesk.factories import ANSWERS, in_progress, seed_rules, station_of, submitted, town
from tests.helpdesk.files import jpeg

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"helpdesk:{name}", args=args)


def queue(browser, **query) -> str:
    return browser.get(url("request-list"), query).content.decode()


def test_the_queue_shows_the_own_units_and_its_views(client_of, django_assert_max_num_queries):
    handler = officer()
    mine = in_progress(handler)
    foreign = in_progress(officer(), township=town("330523111", "天子湖镇"))
    browser = client_of(handler)
    assert mine.reference in queue(browser)
    assert foreign.reference not in queue(browser, view="all")
    assert mine.reference in queue(browser, view="mine")
    assert mine.reference not in queue(browser, view="new")
    desk = client_of(duty_desk())
    assert foreign.reference in queue(desk)
    with django_assert_max_num_queries(32):
        desk.get(url("request-list"))


def test_the_number_of_statements_does_not_grow_with_the_rows(client_of, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    boss = duty_desk()
    in_progress(officer(), township=town())
    browser = client_of(boss)
    browser.get(url("request-list"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get(url("request-list"))
    for n in range(5):
        in_progress(officer(unit=HelpRequest.objects.first().unit), township=town(), phone=f"1380000000{n}")
    with CaptureQueriesContext(connection) as many:
        browser.get(url("request-list"))
    assert len(many) == len(few)


@pytest.mark.parametrize("words", ["围墙", "商量都没有结果", "13812345678", "１３８ １２３４ ５６７８"])
def test_the_queue_finds_words_of_any_length_and_a_phone_in_any_spelling(client_of, words):
    handler = officer()
    found = in_progress(handler)
    other = in_progress(handler, description="路灯坏了三天没人修", phone="13900000000")
    page = queue(client_of(handler), view="all", q=words)
    assert found.reference in page
    assert other.reference not in page


def test_finds_of_words_are_counted_to_a_lower_cap_and_are_all_on_the_pages(client_of, monkeypatch):
    monkeypatch.setattr(paging, "CAP", 4)
    monkeypatch.setattr(paging, "WORDS_CAP", 2)
    monkeypatch.setattr(paging.keyset, "__kwdefaults__", paging.keyset.__kwdefaults__ | {"per_page": 2})
    handler = officer()
    found = {in_progress(handler, phone=f"1380000{n:04d}").reference for n in range(3)}
    in_progress(handler, description="路灯坏了三天没人修", phone="13900000000")
    browser = client_of(handler)

    def page(address: str):
        return browser.get(url("request-list") + address).context["page"]

    whole, searched = page("?view=all"), page("?view=all&q=围墙")
    assert (whole.total, whole.cap, whole.is_capped) == (4, 4, False)
    assert (searched.total, searched.cap, searched.is_capped) == (3, 2, True)
    assert {row.reference for row in [*searched, *page(searched.next_url)]} == found
    assert page("?view=all&q=路灯").total == 1


def test_columns_and_views_are_kept_and_shared_by_chiefs_only(client_of):
    boss = chief()
    colleague = officer(unit=boss.unit)
    in_progress(colleague)
    browser = client_of(boss)
    form = {"name": "本所纠纷", "query": "view=all&category=dispute&col=channel&col=due_at", "shared": "1"}
    assert browser.post(url("save-view"), form).status_code == 302
    view = SavedView.objects.get()
    assert (view.query, view.columns) == ({"view": ["all"], "category": ["dispute"]}, ["channel", "due_at"])
    theirs = client_of(colleague)
    answer = theirs.get(url("open-view", view.pk), follow=True)
    assert str(HelpRequest.Channel.WEB.label) in answer.content.decode()
    assert theirs.post(url("save-view"), form).status_code == 403
    assert theirs.post(url("delete-view", view.pk)).status_code == 403
    assert client_of(officer()).get(url("open-view", view.pk)).status_code == 404
    browser.post(url("delete-view", view.pk))
    assert not SavedView.objects.exists()


def test_the_page_shows_masks_and_the_whole_way_of_the_request(client_of):
    handler = officer()
    found = in_progress(handler)
    services.add_note(request=found, actor=handler, body="先核实产权", key="1")
    page = client_of(handler).get(found.get_absolute_url()).content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page
    assert "王小明" not in page
    assert "先核实产权" in page
    assert client_of(officer()).get(found.get_absolute_url()).status_code == 404


def test_each_act_of_the_page_reaches_its_service(client_of):
    handler = officer()
    boss = chief(unit=handler.unit)
    station_of(town("330523111", "天子湖镇"))
    from anji_police.places.models import Jurisdiction

    Jurisdiction.objects.create(unit=handler.unit, place=town(), valid=("2020-01-01", None))
    found = submitted(township=town()).request
    browser = client_of(handler)

    def post(name, **data):
        answer = browser.post(url(name, found.reference), data)
        found.refresh_from_db()
        return answer

    assert post("accept").status_code == 302
    assert found.assignee == handler
    assert post("message", act="note", body="", key="a").status_code == 422
    assert post("message", act="note", body="内部备注", key="a").status_code == 302
    assert post("message", act="ask", body="请补充照片", key="b", version=found.version).status_code == 302
    assert found.status == Status.WAITING
    assert post("go-on").status_code == 302
    assert (
        post(
            "edit", description="围墙占路，已量过尺寸", happened="", location_text="村委会旁", version=1
        ).status_code
        == 409
    )
    assert (
        post(
            "edit",
            description="围墙占路，已量过尺寸",
            happened="",
            location_text="村委会旁",
            version=found.version,
        ).status_code
        == 302
    )
    assert found.location_text == "村委会旁"
    other = UnitFactory()
    assert post("assist", unit=other.pk, note="协助测量").status_code == 302
    assert post("return", ground="not_ours", explanation="").status_code == 422
    assert (
        post("message", act="answer", body="围墙已退让。", key="c", version=found.version).status_code == 302
    )
    assert found.status == Status.ANSWERED
    assert post("reopen", reason="群众来电称未解决").status_code == 302
    assert found.status == Status.ASSIGNED
    assert client_of(boss).post(url("priority", found.reference), {"priority": "high"}).status_code == 302
    found.refresh_from_db()
    assert found.priority == "high"


def test_a_stale_answer_shows_who_was_faster_and_keeps_the_words(client_of):
    handler = officer()
    found = in_progress(handler)
    old = found.version
    services.set_priority(request=found, actor=duty_desk(), priority="high")
    answer = client_of(handler).post(
        url("message", found.reference),
        {"act": "answer", "body": "写了很久的答复", "key": "x", "version": old},
    )
    assert answer.status_code == 409
    assert "写了很久的答复" in answer.content.decode()
    found.refresh_from_db()
    assert found.status == Status.IN_PROGRESS


def test_bulk_shows_first_then_does_and_tells_each_row(client_of):
    boss = chief()
    handler = officer(unit=boss.unit)
    rows = [in_progress(handler, township=town(), phone=f"1380000000{n}") for n in range(3)]
    foreign = in_progress(officer(), township=town("330523111", "天子湖镇"))
    browser = client_of(boss)
    picked = {"pk": [r.reference for r in [*rows, foreign]], "act": "priority"}
    preview = browser.post(url("bulk"), picked).content.decode()
    assert foreign.reference not in preview.split('name="pk"')[0]
    assert not HelpRequest.objects.filter(priority="high").exists()
    done = browser.post(url("bulk"), picked | {"confirmed": "1", "priority": "high"})
    assert done.status_code == 200
    assert HelpRequest.objects.filter(priority="high").count() == 3
    everything = browser.post(f"{url('bulk')}?view=all", {"all": "1", "act": "close"}).content.decode()
    assert all(r.reference in everything for r in rows)


def test_a_request_whose_limit_stands_still_comes_last_and_is_not_lost(client_of):
    from anji_police.helpdesk import services

    handler = officer()
    found = [in_progress(handler, phone=f"1380000{n:04d}") for n in range(30)]
    for n in (0, 1, 2):
        services.ask_citizen(request=found[n], actor=handler, body="请补充照片。", key=f"ask{n}")
    browser = client_of(handler)
    waiting = browser.get(url("request-list"), {"view": "waiting"}).context["page"]
    assert {r.pk for r in waiting} == {r.pk for r in found[:3]}
    for sort in ("due_at", "-due_at"):
        seen, address = [], f"{url('request-list')}?view=mine&sort={sort}"
        while address:
            page = browser.get(address).context["page"]
            seen += [r.pk for r in page]
            address = f"{url('request-list')}{page.next_url}" if page.next_url else ""
        assert len(seen) == 30
        assert set(seen) == {r.pk for r in found}
        still = {r.pk for r in found[:3]}
        assert set(seen[-3:] if sort == "due_at" else seen[:3]) == still
    page = browser.get(url("request-list"), {"view": "mine"}).context["page"]
    second = browser.get(f"{url('request-list')}{page.next_url}").context["page"]
    back = browser.get(f"{url('request-list')}{second.previous_url}").context["page"]
    assert [r.pk for r in back] == [r.pk for r in page]


def test_bulk_acts_are_shown_only_to_those_who_may_do_them(client_of):
    handler = officer()
    found = in_progress(handler)
    reader, browser = client_of(leader()), client_of(handler)
    picked = {"pk": [found.reference]}
    assert reader.post(url("bulk"), picked | {"act": "close"}).status_code == 403
    assert browser.post(url("bulk"), picked | {"act": "assign"}).status_code == 403
    assert browser.post(url("bulk"), picked | {"act": "close"}).status_code == 200
    assert browser.post(url("bulk"), picked | {"act": "burn"}).status_code == 422
    assert 'name="pk"' in browser.get(url("request-list")).content.decode()
    assert 'name="pk"' not in reader.get(url("request-list")).content.decode()
    route = reader.post(url("route", found.reference), {"kind": "mediation.dispute"})
    assert route.status_code == 403


def test_next_in_line_opens_the_request_or_says_that_there_is_none(client_of):
    handler = officer()
    from anji_police.places.models import Jurisdiction

    Jurisdiction.objects.create(unit=handler.unit, place=town(), valid=("2020-01-01", None))
    found = submitted(township=town()).request
    browser = client_of(handler)
    assert browser.post(url("next")).url == found.get_absolute_url()
    assert browser.post(url("next")).url == url("request-list")


def test_an_officer_enters_a_call_and_gets_both_codes_to_read_out(client_of):
    seed_rules()
    station_of(town())
    browser = client_of(officer())
    assert "category=dispute" in browser.get(url("enter")).content.decode()
    form = ANSWERS | {
        "channel": "phone",
        "description": "来电人称邻居围墙占路，请求调解。",
        "township": "330523004",
        "location_text": "",
        "contact": "phone",
        "name": "王小明",
        "phone": "13812345678",
        "consent": "on",
        "token": "tok-1",
    }
    address = url("enter") + "?category=dispute"
    assert browser.post(address, form | {"phone": ""}).status_code == 422
    page = browser.post(address, form).content.decode()
    found = HelpRequest.objects.get()
    assert found.reference in page
    assert (found.channel, found.entered_by is not None) == ("phone", True)
    browser.post(address, form)
    assert HelpRequest.objects.count() == 1


def test_presence_names_the_others_only(client_of):
    handler = officer()
    found = in_progress(handler)
    other = officer(unit=handler.unit, name="赵同事")
    client_of(other).get(found.get_absolute_url())
    page = client_of(handler).get(url("presence", found.reference)).content.decode()
    assert "赵同事" in page
    assert handler.name not in page


def test_a_file_leaves_with_an_access_row_and_only_to_who_sees_the_request(client_of):
    from anji_police.audit.models import AccessEntry
    from anji_police.helpdesk.services.drafts import keep
    from anji_police.uploads import clean

    handler = officer()
    found = in_progress(handler)
    file = keep(clean(jpeg()), request=found)
    address = url("file", found.reference, file.uid)
    assert client_of(officer()).get(address).status_code == 404
    assert client_of(handler).get(address)["Content-Disposition"].startswith("attachment")
    assert AccessEntry.objects.get().kind == "download"


def test_canned_replies_fill_in_their_variables(client_of):
    boss = chief()
    browser = client_of(boss)
    form = {
        "title": "已受理",
        "category": "",
        "body": "您的来件 {reference} 由 {unit} 受理。",
        "is_active": "on",
    }
    assert browser.post(url("canned"), form).status_code == 302
    assert CannedReply.objects.get().title == "已受理"
    handler = officer(unit=boss.unit)
    found = in_progress(handler)
    page = client_of(handler).get(found.get_absolute_url()).content.decode()
    assert f"您的来件 {found.reference} 由 {found.unit} 受理。" in page
    assert client_of(handler).post(url("canned"), form).status_code == 403


def test_a_routing_rule_sends_a_category_to_its_unit_until_it_ends(client_of):
    station_of(town())
    brigade = UnitFactory(name="食药环侦大队", kind="brigade")
    browser = client_of(administrator("security_admin"))
    form = {"category": "ecology", "place": "", "unit": brigade.pk}
    assert browser.post(url("routing-rules"), form).status_code == 302
    assert browser.post(url("routing-rules"), form).status_code == 422
    ecology = {"category": "ecology", "answers": {"kind": "dumping", "ongoing": "yes"}, "township": town()}
    assert submitted(**ecology).request.unit == brigade
    browser.post(url("end-routing-rule", RoutingRule.objects.get().pk))
    assert submitted(**ecology).request.unit != brigade


def test_leadership_reads_without_a_single_button(client_of):
    found = in_progress(officer())
    page = client_of(leader()).get(found.get_absolute_url()).content.decode()
    assert "138****5678" in page
    assert url("message", found.reference) not in page
    assert client_of(leader()).post(url("accept", found.reference)).status_code == 403
