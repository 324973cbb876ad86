"""The tags of the shell, by what they put on a page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import translation

from anji_police.templatetags import portal
from tests.factories import officer
from tests.shell import gallery

NOW = datetime(2024, 6, 18, 1, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "text", "css"),
    [
        (38, "剩 38 分", "due"),
        (9, "剩 9 分", "due due-soon"),
        (-4, "超时 4 分", "due due-over"),
        (80, "剩 1 时 20 分", "due"),
        (26 * 60, "剩 1 天 2 时", "due"),
        (24 * 60, "剩 1 天", "due"),
    ],
)
def test_a_time_limit_in_words(minutes, text, css):
    with translation.override("zh-hans"):
        shown = portal.due(NOW + timedelta(minutes=minutes), now=NOW)
    assert f'class="{css}"' in shown
    assert f">{text}<" in shown


def test_a_met_limit_says_so_and_by_how_much_it_was_late():
    with translation.override("zh-hans"):
        assert "已达成" in portal.due(NOW, met=NOW - timedelta(minutes=1))
        assert "超时 5 分达成" in portal.due(NOW, met=NOW + timedelta(minutes=5))


def test_a_status_never_comes_by_colour_alone():
    for tone in portal.TONES:
        chip = portal.status("处置中", tone)
        assert "<svg" in chip
        assert "处置中" in chip
    with pytest.raises(ValueError, match="no tone"):
        portal.status("x", "pink")


def test_tags_escape_what_they_are_given():
    bad = "<b onclick=1>"
    for shown in (
        portal.status(bad),
        portal.empty_state(bad, bad),
        portal.avatar(bad),
        portal.icon("bell", '"><b>'),
    ):
        assert "<b" not in shown.replace("<br", "")


def test_an_icon_that_is_not_vendored_fails_loudly():
    with pytest.raises(FileNotFoundError):
        portal.icon("no-such-icon")


@pytest.fixture
def page(client_of):
    with override_settings(ROOT_URLCONF="tests.shell.gallery"):
        yield client_of(officer())


@pytest.mark.django_db
def test_the_table_keeps_its_roles_and_marks_the_sorted_column(page):
    text = page.get("/gallery/?sort=-due_at&level=3&q=冒充").content.decode()
    assert text.count('role="columnheader"') == 6
    assert 'aria-sort="descending"' in text
    assert 'href="?sort=due_at&amp;level=3&amp;q=%E5%86%92%E5%85%85"' in text
    assert "超过 1000 条" in text
    assert "移除条件：级别" in text


@pytest.mark.django_db
def test_a_chip_takes_only_its_own_filter_away(page):
    text = page.get("/gallery/?level=3&q=x&after=mark&view=b").content.decode()
    assert 'href="?q=x&amp;view=b"' in text
    assert 'href="?view=b"' in text


@pytest.mark.django_db
def test_a_field_ties_hint_and_error_to_the_input(client):
    with override_settings(ROOT_URLCONF="tests.shell.gallery"):
        text = client.post("/public/", {"story": "短", "phone": ""}).content.decode()
    assert "<title>错误：" not in text  # the form of this page is not called `form`
    assert 'aria-describedby="id_story-h id_story-e id_story-c"' in text
    assert 'href="#id_kind_0"' in text
    assert text.count('aria-invalid="true"') == 6  # three tiles, the story, the phone, the consent
    assert "有 4 处需要修改" in text
    assert "短</textarea>" in text


@pytest.mark.django_db
def test_a_masked_value_asks_for_a_reason(page):
    text = page.get("/gallery/").content.decode()
    assert 'action="/audit/reveal/"' in text
    assert 'value="helpdesk.contact:7"' in text
    assert "13812342601" not in text


@pytest.mark.django_db
def test_a_refusal_is_a_page_or_for_htmx_a_fragment(page):
    whole, part = page.get("/refuse/"), page.get("/refuse/", headers={"HX-Request": "true"})
    assert (whole.status_code, part.status_code) == (409, 409)
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "沈警官" in part.content.decode()


@pytest.mark.django_db
def test_a_fault_shows_a_number_to_quote_and_nothing_else(page):
    page.raise_request_exception = False
    answer = page.get("/fail/")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode() if "X-Request-ID" in answer else True
    assert "on purpose" not in answer.content.decode()
    assert page.get("/api/fail/").json()["status"] == 500


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nothing/", "/api/nothing/"])
def test_a_wrong_address_is_told_in_the_form_of_its_place(page, path):
    answer = page.get(path)
    assert answer.status_code == 404
    wanted = "application/problem+json" if path.startswith("/api/") else "text/html; charset=utf-8"
    assert answer["Content-Type"] == wanted


@pytest.mark.django_db
def test_the_language_switch_stays_on_the_page(client):
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/accounts/login/?next=/home/"})
    assert answer.url == "/accounts/login/?next=/home/"
    assert b'lang="en"' in client.get(answer.url).content


def test_the_gallery_shows_every_tag():
    source = "".join(path.read_text() for path in gallery.TEMPLATES.glob("*.html"))
    shown = {
        "icon",
        "status",
        "grade",
        "due",
        "page_head",
        "card",
        "notice",
        "empty_state",
        "crumbs",
        "steps",
        "facts",
        "timeline",
        "file_list",
        "limits",
        "masked",
        "map_block",
        "map_picker",
        "chart",
        "strip",
        "view_tabs",
        "filters",
        "chips",
        "queue_table",
        "row_check",
        "bulk_bar",
        "pager",
        "error_summary",
        "field",
    }
    assert not {tag for tag in shown if f"{{% {tag} " not in source and f"{{% {tag} %}}" not in source}
