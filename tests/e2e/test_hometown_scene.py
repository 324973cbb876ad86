"""The newspaper's scene, played on phones: two new residents of one county in Henan quarrel in 孝源街道, people from home and a
volunteer settle it with an officer, and the file is archived. Steps hang on addresses and names of fields, never on words, so that
both languages play the same scene.
"""

import io
import os

import pikepdf
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from anji_police.jobs import services as jobs
from anji_police.periods import today
from mediation import services
from mediation.models import Dispute, FollowUp
from tests.conftest import sign_in
from tests.e2e.test_whole_way import CHROMIUM as ARGUMENTS
from tests.e2e.test_whole_way import PHONE, Person
from tests.factories import UserFactory, officer, place
from tests.helpdesk.factories import seed_rules, town
from tests.mediation.factories import committee
from tests.reports import ink
from tests.volunteers import factories as make
from volunteers.models import Assistance

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SIDES = (
    ("王小明", "13812345678", "410305199003071218"),
    ("李大山", "13987654321", "410305198511231215"),
)


@pytest.fixture(autouse=True)
def _threads(monkeypatch):
    """Playwright runs a loop in this thread; the tests' own reads of the database are not part of it."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


class Cast:
    """Who plays: the officer, two mediators from home, one from elsewhere, and a volunteer of the 守源 team."""

    def __init__(self):
        seed_rules()
        henan = place("41", "河南省", "province")
        xinyang = place("4115", "信阳市", "prefecture", henan)
        self.home = place("411525", "固始县", "county", xinyang)
        other = place("530627", "镇雄县", "county")
        here = town()
        here.seat = make.HERE
        here.save()
        self.officer = officer(name="章民警")
        start = today().replace(year=today().year - 1)
        self.mediators = {}
        for name, origin in (("陈固始", self.home), ("刘老乡", self.home), ("周外乡", other)):
            made = services.add_mediator(
                actor=None,
                name=name,
                origin=origin,
                place=here,
                dialects=("中原官话",) * (origin == self.home),
            )
            account = UserFactory(roles=["mediator"], unit=None, name=name)
            type(made).objects.filter(pk=made.pk).update(user=account)
            made.refresh_from_db()
            services.appoint(
                actor=None,
                mediator=made,
                committee=committee(),
                start=start,
                end=start.replace(year=start.year + 3),
            )
            self.mediators[name] = made
        team = make.team(self.officer, "孝源守源义警队")
        self.volunteer = make.member(self.officer, team, "赵守源", origin=self.home, location=make.HERE)


@pytest.fixture
def stage(live_server):
    """`stage(user, language)`: a phone on which `user` is signed in."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        url = live_server.url.replace("127.0.0.1", "localhost")

        def phone(user, language: str) -> Person:
            person = Person(browser, url, PHONE, language)
            session = sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value
            person.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
            return person

        yield phone
        browser.close()


def fits(person: Person) -> None:
    """No page of a phone scrolls sideways."""
    wide = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{person.page.url} is {wide} px too wide"


def register(police: Person, township: int) -> str:
    page = police.page
    police.go("/mediation/")
    page.locator('a[href$="/mediation/register/"]').first.click()
    page.wait_for_url("**/mediation/register/")
    page.fill("input[name=title]", "门前堆放建材争吵")
    page.select_option("select[name=type]", "neighbours")
    page.select_option("select[name=source]", "station")
    page.fill("textarea[name=facts]", "两名新居民因门前堆放建材多次争吵，互不相让。")
    page.select_option("select[name=place]", str(township))
    for n, (name, phone, id_number) in enumerate(SIDES):
        page.fill(f"input[name=p{n}-name]", name)
        page.fill(f"input[name=p{n}-phone]", phone)
        page.fill(f"input[name=p{n}-id_number]", id_number)
        page.fill(f"input[name=p{n}-origin]", "固始县")
        page.fill(f"input[name=p{n}-dialects]", "中原官话")
    fits(police)
    police.press("main form .form-acts button.btn-primary")
    page.wait_for_url("**/mediation/TJ*/")
    fits(police)
    return page.url.rstrip("/").rsplit("/", 1)[1]


def ask(police: Person, code: str, cast: Cast) -> None:
    """The match names two from home and the volunteer, each with words why; all three are asked."""
    page = police.page
    page.locator('main a[href$="/match/"]').first.click()
    page.wait_for_url("**/match/")
    fits(police)
    shown = page.locator("ul.match > li")
    expect(shown).to_have_count(2)
    for card, name in zip(shown.all(), ("陈固始", "刘老乡"), strict=True):
        assert name in card.inner_text()
        assert "固始县" in card.locator(".match-why").inner_text()
    assert "周外乡" not in page.locator("main").inner_text()
    helper = page.locator(f'form:has(input[name=volunteer][value="{cast.volunteer.pk}"])')
    assert "固始县" in helper.locator("..").inner_text()
    helper.locator("input[name=note]").fill("今晚七点，孝源派出所调解室")
    with page.expect_navigation():
        helper.locator("button[type=submit]").click()
    lead, second = cast.mediators["陈固始"], cast.mediators["刘老乡"]
    police.press(f'form[action$="/offer/"]:has(input[name=mediator][value="{lead.pk}"]) button')
    police.go(f"/mediation/{code}/match/")
    police.press(f'form[action$="/offer/"]:has(input[name=mediator][value="{second.pk}"]) button')
    card = page.locator("main").inner_text()
    for name in ("陈固始", "刘老乡", "赵守源"):
        assert name in card


def accept_as_mediator(who: Person, code: str) -> None:
    who.go(f"/mediation/{code}/")
    fits(who)
    who.open_act("/accept/").locator("input[name=conflict_disclosed]").check()
    who.send("/accept/")
    who.no_complaint()


def accept_as_volunteer(who: Person, code: str) -> None:
    who.go("/volunteers/me/")
    card = who.page.locator(".me-card", has_text=code)
    expect(card).to_contain_text("今晚七点")
    shown = who.page.locator("main").inner_text()
    for name, phone, _number in SIDES:
        assert name not in shown
        assert phone not in shown
    fits(who)
    with who.page.expect_navigation():
        card.locator("button[value=yes]").click()
    expect(who.page.locator(".me-card", has_text=code).locator("button")).to_have_count(0)
    assert who.page.goto(f"{who.url}/mediation/{code}/").status in (403, 404)


def settle(police: Person, cast: Cast, code: str) -> None:
    page = police.page
    police.go(f"/mediation/{code}/")
    police.send("/rights/")
    for _side in SIDES:
        police.open_act("/identity/")
        police.send("/identity/")
    session = police.open_act("/session/")
    session.locator("input[name=venue]").fill("孝源派出所调解室")
    session.locator("textarea[name=text]").fill("双方各退一步，建材当日搬离，互不再追究。")
    session.locator("input[name=is_signed]").check()
    fits(police)
    police.send("/session/")
    form = police.open_act("/agreement/")
    form.locator("select[name=is_written]").select_option("yes")
    form.locator("textarea[name=terms]").fill("甲方三日内搬离建材，乙方赔偿误工费五百元。")
    form.locator("select[name=committee]").select_option(label="孝源街道人民调解委员会")
    form.locator("textarea[name=items]").fill(f"{today():%Y-%m-%d} 500 误工费")
    form.locator("input[name=method]").fill("现金当面支付")
    fits(police)
    police.send("/agreement/")
    assert page.locator(".error-summary, .err").count() == 0, page.locator("main").inner_text()


def words_of(person: Person, address: str) -> list[str]:
    """The words of each page of the PDF behind a link of the page that is open."""
    link = person.page.locator(f'main a[href$="{address}"]').first.get_attribute("href")
    answer = person.context.request.get(f"{person.url}{link}")
    assert answer.headers["content-type"] == "application/pdf"
    content = answer.body()
    with pikepdf.open(io.BytesIO(content)) as paper:
        count = len(paper.pages)
    return ["".join(words for _y, _x, words in ink.text_lines(content, n)) for n in range(1, count + 1)]


def agreement_paper(police: Person, code: str) -> None:
    """The agreement as it is drawn says what was agreed, in Chinese whatever the language of the page."""
    police.go(f"/mediation/{code}/")
    words = "".join(words_of(police, "/file/agreement/"))
    for said in (
        "人民调解协议书",
        *(name for name, _phone, _number in SIDES),
        "甲方三日内搬离建材",
        "误工费",
        "500",
        "现金当面支付",
        "陈固始",
        "孝源街道人民调解委员会",
    ):
        assert said in words, said


def archived_file(police: Person, code: str) -> None:
    """The whole file, once it is drawn: the catalogue names the page on which each item begins."""
    jobs.run_due()
    police.go(f"/mediation/{code}/")
    pages = words_of(police, f"/{code}/file/")
    assert "卷内目录" in "".join(pages[:3])
    for said in ("权利义务", "调解记录", "人民调解协议书", "回访"):
        assert any(said in words for words in pages), said


def perform_and_visit(police: Person, code: str) -> None:
    page = police.page
    police.go(f"/mediation/{code}/")
    police.send("/in-effect/")
    form = police.open_act("/performance/")
    form.locator("input[name=item]").first.check()
    form.locator("input[name=proof]").fill("收条一张")
    police.send("/performance/")
    # The days pass until the visit is due.
    assert FollowUp.objects.open().filter(dispute__code=code).update(due_on=today()) == 1
    police.go("/mediation/visits/")
    fits(police)
    row = page.locator("tr", has_text=code)
    row.locator('a[href*="/visits/"]').first.click()
    page.wait_for_url("**/mediation/visits/*/")
    page.fill("input[name=performance]", "建材已搬离，双方见面打招呼")
    page.select_option("select[name=satisfaction]", "5")
    fits(police)
    police.press("main form[data-draft] button.btn-primary")
    assert FollowUp.objects.get(dispute__code=code, done_by__isnull=False).satisfaction == 5


def close_and_archive(police: Person, code: str) -> None:
    page = police.page
    police.go(f"/mediation/{code}/")
    police.send("/close/")
    police.open_act("/paper/")
    page.select_option('form[action$="/paper/"] select[name=item]', "application")
    page.fill('form[action$="/paper/"] input[name=title]', "调解申请书")
    page.fill('form[action$="/paper/"] input[name=pages]', "2")
    police.send("/paper/")
    fits(police)
    police.send("/archive/")
    assert "人调字第" in page.locator("main").inner_text()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_people_from_home_settle_it_and_the_file_is_archived(stage, language):
    cast = Cast()
    police = stage(cast.officer, language)
    code = register(police, town().pk)
    for _side in SIDES:
        police.press('form[action*="/consent/"] button[value=yes]')
    ask(police, code, cast)
    accept_as_volunteer(stage(cast.volunteer.user, language), code)
    for name in ("陈固始", "刘老乡"):
        accept_as_mediator(stage(cast.mediators[name].user, language), code)
    police.go(f"/mediation/{code}/")
    card = police.page.locator("section.cardx", has_text="孝源守源义警队")
    expect(card).to_contain_text("赵守源")
    settle(police, cast, code)
    agreement_paper(police, code)
    perform_and_visit(police, code)
    close_and_archive(police, code)
    police.no_complaint()
    dispute = Dispute.objects.get(code=code)
    assert (dispute.status, dispute.outcome) == ("archived", "written")
    assert dispute.mediator == cast.mediators["陈固始"]
    assert set(dispute.assignments.values_list("match", "role")) == {
        ("origin", "lead"),
        ("origin", "assists"),
    }
    assert Assistance.objects.get().answered_at is not None
    archived_file(police, code)
