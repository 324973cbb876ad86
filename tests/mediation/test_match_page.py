"""The match page: proposals as cards, asking one, a pair, or somebody to assist, and what is refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mediation import assistance, services
from mediation.models import Assignment, DisputeStatus, Party
from tests.factories import leader, officer, place
from tests.helpdesk.factories import town
from tests.mediation.factories import consented, mediator, registered
from tests.volunteers import factories as make

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"mediation:{name}", args=args)


@pytest.fixture
def scene(client_of):
    """A dispute between 金寨 and 镇雄, with one mediator of each and a stranger; the officer's browser."""
    clerk = officer()
    jinzhai, zhenxiong = place("341524", "金寨县", "county"), place("530627", "镇雄县", "county")
    dispute = consented(clerk, place=town())
    Party.objects.filter(dispute=dispute, side="applicant").update(origin=jinzhai)
    Party.objects.filter(dispute=dispute, side="respondent").update(origin=zhenxiong)
    people = {}
    for name, origin in (
        ("金寨人", jinzhai),
        ("镇雄人", zhenxiong),
        ("生人", place("411525", "固始县", "county")),
    ):
        people[name] = services.add_mediator(actor=None, name=name, origin=origin, place=town())
    return clerk, client_of(clerk), dispute, people


def test_the_page_shows_pairs_with_reasons_and_warnings_and_strangers_only_when_asked(scene):
    _clerk, browser, dispute, _people = scene
    page = browser.get(url("match", dispute.code)).content.decode()
    assert "双方各一名" in page
    assert "有偏袒风险" in page
    assert "金寨人与申请方，镇雄人与对方" in page
    assert "生人" not in page
    assert "生人" in browser.get(url("match", dispute.code), {"neutral": "1"}).content.decode()
    assert "王小明" not in page
    assert url("match", dispute.code) in browser.get(dispute.get_absolute_url()).content.decode()


def test_a_pair_is_asked_by_one_button_and_a_stale_page_asks_nobody(scene):
    _clerk, browser, dispute, people = scene
    sent = {"lead": people["镇雄人"].pk, "second": people["金寨人"].pk, "version": 1}
    stale = browser.post(url("offer-pair", dispute.code), sent)
    assert stale.status_code == 409
    assert not Assignment.objects.exists()
    same = browser.post(
        url("offer-pair", dispute.code), sent | {"second": sent["lead"], "version": dispute.version}
    )
    assert same.status_code == 422
    done = browser.post(url("offer-pair", dispute.code), sent | {"version": dispute.version})
    assert done.status_code == 302
    dispute.refresh_from_db()
    assert (dispute.status, dispute.mediator.name) == (DisputeStatus.OFFERED, "镇雄人")
    page = browser.get(url("match", dispute.code), {"neutral": "1"}).content.decode()
    assert "请其协助" in page
    assert "指派这两名" not in page


def test_who_is_refused_by_a_rule_is_told_on_the_page_with_the_others_still_there(scene):
    _clerk, browser, dispute, people = scene
    assert (
        browser.post(
            url("reject", dispute.code), {"mediator": people["金寨人"].pk, "reason": "对方不同意"}
        ).status_code
        == 302
    )
    page = browser.post(
        url("offer", dispute.code), {"mediator": people["金寨人"].pk, "version": dispute.version + 1}
    )
    assert page.status_code == 422
    text = page.content.decode()
    assert "当事人不接受该调解员" in text
    assert "镇雄人" in text
    assert browser.post(url("reject", dispute.code), {"mediator": people["生人"].pk}).status_code == 422


def test_what_a_party_declares_is_kept_and_a_county_that_is_not_there_is_named(scene):
    _clerk, browser, dispute, _people = scene
    party = dispute.parties.get(side="respondent")
    wrong = browser.post(url("declare", dispute.code, party.pk), {"origin": "没有县", "dialects": ""})
    assert wrong.status_code == 422
    sent = {"origin": "341524", "dialects": "江淮官话、吴语"}
    assert browser.post(url("declare", dispute.code, party.pk), sent).status_code == 302
    party.refresh_from_db()
    assert (party.origin.name, party.dialects) == ("金寨县", ["江淮官话", "吴语"])
    assert "双方同乡" in browser.get(url("match", dispute.code)).content.decode()
    foreign = registered(officer()).parties.first()
    assert browser.post(url("declare", dispute.code, foreign.pk), sent).status_code == 404


def test_leadership_and_strangers_have_no_match_page(scene, client_of):
    _clerk, _browser, dispute, _people = scene
    assert client_of(leader()).get(url("match", dispute.code)).status_code == 403
    assert client_of(officer()).get(url("match", dispute.code)).status_code == 404


def test_statements_do_not_grow_with_the_mediators(scene):
    _clerk, browser, dispute, _people = scene
    browser.get(url("match", dispute.code))
    with CaptureQueriesContext(connection) as few:
        browser.get(url("match", dispute.code), {"neutral": "1"})
    for number in range(12):
        mediator(f"金{number}")
    with CaptureQueriesContext(connection) as many:
        browser.get(url("match", dispute.code), {"neutral": "1"})
    assert len(many) == len(few)


def test_without_an_origin_or_dialect_no_volunteer_is_proposed(scene):
    clerk, _browser, dispute, _people = scene
    home = place("341524", "金寨县", "county")
    make.member(clerk, make.team(clerk), "守源义警甲", origin=home, dialects=["江淮官话"])
    dispute.parties.update(origin=None, dialects=[])
    assert assistance.for_dispute(dispute, clerk) == []
    dispute.parties.update(dialects=["江淮官话"])
    assert [row.name for row in assistance.for_dispute(dispute, clerk)] == ["守源义警甲"]


def test_a_volunteer_from_the_same_county_is_proposed_with_a_link_only_where_the_officer_may_follow_it(scene):
    clerk, browser, dispute, _people = scene
    home, elsewhere = place("341524", "金寨县", "county"), officer()
    own = make.member(clerk, make.team(clerk), "守源义警甲", origin=home)
    other = make.member(elsewhere, make.team(elsewhere, "外所义警队"), "外所义警乙", origin=home)
    page = browser.get(url("match", dispute.code)).content.decode()
    assert "守源义警甲" in page
    assert own.get_absolute_url() in page
    assert "外所义警乙" in page
    assert other.get_absolute_url() not in page
