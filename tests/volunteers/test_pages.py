"""The pages: what they show to whom, how many statements they take, and that they work without script."""

import io
import json
import uuid
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from anji_police.audit.models import AccessEntry
from anji_police.periods import today
from tests.access.examples.volunteers import photo_file
from tests.factories import chief, officer
from tests.volunteers import factories as make
from volunteers import services
from volunteers.models import Incident, Member, Shift, SignUp, Team

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"volunteers:{name}", args=args)


@pytest.fixture
def clerk():
    return make.clerk()


@pytest.fixture
def home(clerk):
    return make.team(clerk)


@pytest.fixture
def who(clerk, home):
    return make.member(clerk, home)


def lists(clerk, home, count: int) -> None:
    for number in range(count):
        who = make.member(clerk, home, f"志愿者{number}")
        shift = make.opened(clerk, home, make.at(today() + timedelta(days=number + 2), 10))
        make.signed(shift, who)
        services.report(
            actor=who.user, uid=uuid.uuid4(), kind="safety", facts="路灯不亮，有人摔倒", location_text="村口"
        )


@pytest.mark.parametrize(
    "name",
    ["team-list", "member-list", "shift-list", "hours-list", "incident-list", "beat-list", "shift-calendar"],
)
def test_a_list_takes_as_many_statements_for_twenty_rows_as_for_two(client_of, clerk, home, name):
    browser = client_of(clerk)
    lists(clerk, home, 2)
    make.beat(clerk)
    browser.get(url(name) + "?view=all")

    def statements() -> int:
        from django.core.cache import cache

        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert browser.get(url(name) + "?view=all").status_code == 200
        return len(caught)

    few = statements()
    for number in range(6):
        make.team(clerk, f"义警{number}队")
        make.beat(clerk, f"巡区{number}")
    lists(clerk, home, 6)
    assert statements() == few
    assert few < 32


def test_a_team_goes_its_way_by_its_page(client_of, clerk):
    browser = client_of(clerk)
    make.seed_rules()
    added = browser.post(
        url("team-add"), {"name": "鄣吴义警队", "category": "changshuo", "unit": clerk.unit_id}
    )
    home = clerk.unit and make.Team.objects.get()
    assert added.url == url("team-detail", home.pk)
    assert (
        browser.post(
            url("team-add"), {"name": "鄣吴义警队", "category": "changshuo", "unit": clerk.unit_id}
        ).status_code
        == 422
    )
    browser.post(url("team-approve", home.pk))
    home.refresh_from_db()
    assert home.status == "approved"
    assert browser.post(url("team-approve", home.pk)).status_code == 409
    page = browser.get(url("team-detail", home.pk)).content.decode()
    assert "鄣吴义警队" in page
    assert url("shift-add") in page


def test_a_shift_is_planned_by_template_and_by_form(client_of, clerk, home):
    browser, beat = client_of(clerk), make.beat(clerk)
    form = {
        "title": "每日夜巡", "days": "daily", "starts": "19:00", "minutes": "120", "slots": "4",
        "duty": "patrol", "beat": beat.pk, "risk": "none",
    }  # fmt: skip
    assert browser.post(url("template-add", home.pk), form).status_code == 302
    template = home.templates.get()
    span = {
        "first": (today() + timedelta(days=1)).isoformat(),
        "last": (today() + timedelta(days=7)).isoformat(),
    }
    for _again in range(2):
        assert browser.post(url("template-plan", home.pk, template.pk), span).status_code == 302
    assert Shift.objects.count() == 7
    wrong = {**form, "team": home.pk, "starts_at": "2030-01-01T22:00", "ends_at": "2030-01-01T20:00"}
    assert browser.post(url("shift-add"), wrong).status_code == 422
    right = wrong | {"ends_at": "2030-01-02T02:00"}
    assert browser.post(url("shift-add"), right).status_code == 302
    assert Shift.objects.latest("id").ends_at - Shift.objects.latest("id").starts_at == timedelta(hours=4)


def test_a_volunteer_sees_the_own_team_signs_up_and_takes_leave(client_of, clerk, home, who):
    shift = make.opened(clerk, home)
    other = make.team(clerk, "别的义警队")
    hidden, draft = make.opened(clerk, other), make.planned(clerk, home)
    browser = client_of(who.user)
    assert browser.get(shift.get_absolute_url()).status_code == 200
    assert browser.get(hidden.get_absolute_url()).status_code == 404
    assert browser.get(draft.get_absolute_url()).status_code == 404
    assert browser.post(url("shift-sign-up", shift.pk), {"next": "me"}).url == url("me")
    row = SignUp.objects.get()
    assert browser.post(url("shift-sign-up", shift.pk), {"next": "me"}).status_code == 409
    page = browser.get(url("me")).content.decode()
    assert shift.title in page
    assert reverse("api:volunteers:signup-check-in", args=[row.pk]) in page
    assert browser.post(url("sign-up-leave", row.pk), {"next": "me"}).url == url("me")
    row.refresh_from_db()
    assert row.status == "leave"


def test_a_volunteer_sees_no_roster_and_no_other_member(client_of, clerk, home, who):
    other = make.member(clerk, home, "旁人")
    shift = make.opened(clerk, home)
    make.signed(shift, other)
    browser = client_of(who.user)
    assert "旁人" not in browser.get(shift.get_absolute_url()).content.decode()
    assert browser.get(other.get_absolute_url()).status_code == 404
    assert browser.get(who.get_absolute_url()).status_code == 200
    leader = make.with_leader(clerk, home)
    assert "旁人" in client_of(leader.user).get(shift.get_absolute_url()).content.decode()


def test_a_check_in_without_script_by_the_scanned_code(client_of, clerk, home, who):
    from volunteers import qr

    shift = make.opened(clerk, home, timezone.now() + timedelta(minutes=20))
    row = make.signed(shift, who)
    browser = client_of(who.user)
    code = qr.code_for(shift)
    page = browser.get(url("scan", code)).content.decode()
    assert code in page
    posted = {"method": "qr", "code": code, "uid": str(uuid.uuid4()), "next": "me"}
    for _again in range(2):
        assert browser.post(url("sign-up-in", row.pk), posted).status_code == 302
    row.refresh_from_db()
    assert row.status == "in"
    stranger = make.member(clerk, home, "旁人")
    assert client_of(stranger.user).get(url("scan", code)).status_code == 404
    assert browser.get(url("scan", code[:-3] + "abc")).status_code == 422


def test_the_codes_are_drawn_for_leader_and_police_only(client_of, clerk, home, who):
    shift = make.opened(clerk, home, beat=make.beat(clerk))
    page = client_of(clerk).get(url("shift-codes", shift.pk)).content.decode()
    assert page.count("data:image/svg+xml") == 2
    assert client_of(who.user).get(url("shift-codes", shift.pk)).status_code == 404


def test_many_hours_are_approved_at_once_and_refusals_are_said(client_of, clerk, home):
    people = [make.member(clerk, home, f"人{n}") for n in range(3)]
    rows = []
    for number, who in enumerate(people):
        start = timezone.now() - timedelta(hours=5)
        shift = Shift.objects.create(
            team=home, title="巡逻", starts_at=start, ends_at=start + timedelta(hours=2), slots=1,
            meeting_point=make.HERE, status="to_settle", settled_by=clerk if number == 0 else None,
        )  # fmt: skip
        row = SignUp.objects.create(
            shift=shift, member=who, status="pending", during=(shift.starts_at, shift.ends_at)
        )
        make.Attendance.objects.create(
            sign_up=row, in_at=start, in_method="gps", in_point=make.HERE, out_at=start + timedelta(hours=1),
            out_method="gps", claimed_minutes=60,
        )  # fmt: skip
        rows.append(row)
    browser = client_of(clerk)
    answer = browser.post(url("hours-approve"), {"pk": [r.pk for r in rows]}, follow=True)
    assert list(SignUp.objects.order_by("id").values_list("status", flat=True)) == [
        "pending",
        "approved",
        "approved",
    ]
    assert len(list(answer.context["messages"])) == 2
    assert client_of(officer()).post(url("hours-approve"), {"all": "1"}).status_code == 302
    assert SignUp.objects.get(pk=rows[0].pk).status == "pending"


def test_a_report_with_a_photo_and_its_way_by_the_pages(client_of, clerk, home, who):
    browser = client_of(who.user)
    form = {
        "kind": "safety", "facts": "路灯不亮，有人摔倒", "location_text": "村口", "lon": "119.61", "lat": "30.625",
        "uid": str(uuid.uuid4()), "photos": photo_file(),
    }  # fmt: skip
    assert browser.post(url("report"), form).url == url("me")
    incident = Incident.objects.get()
    assert incident.photos.count() == 1
    assert browser.post(url("report"), form | {"photos": photo_file(), "facts": "短"}).status_code == 422
    photo = url("incident-photo", incident.code, incident.photos.get().uid)
    assert browser.get(photo)["Content-Type"] == "image/jpeg"
    police = client_of(clerk)
    assert police.post(url("incident-receive", incident.code)).status_code == 302
    assert police.post(url("incident-receive", incident.code)).status_code == 409
    assert police.post(url("incident-handle", incident.code), {"handling": "已修复"}).status_code == 302
    assert (
        police.post(url("incident-feed-back", incident.code), {"feedback": "路灯已修好"}).status_code == 302
    )
    assert police.post(url("incident-close", incident.code)).status_code == 302
    assert "路灯已修好" in browser.get(incident.get_absolute_url()).content.decode()
    assert client_of(officer()).get(photo).status_code == 404


def test_the_public_page_takes_an_application_once(clerk, home):
    browser = Client()
    assert browser.get(url("apply")).status_code == 200
    form = {
        "team": home.pk, "name": "周小兰", "phone": "13900001111", "consent": "on",
        "id_number": make.id_number(make.date(1990, 5, 1)),
    }  # fmt: skip
    for _again in range(2):
        assert browser.post(url("apply"), form).url == url("applied")
    assert Member.objects.count() == 1
    assert browser.post(url("apply"), form | {"name": "另一人"}).status_code == 409
    assert browser.get(url("applied")).status_code == 200
    assert browser.get(url("apply")).status_code == 200
    bad = browser.post(url("apply"), form | {"id_number": "123", "phone": "x"})
    assert bad.status_code == 422
    program = browser.post(url("apply"), form | {"website": "x"})
    assert program.status_code == 422
    assert 'name="person"' in program.content.decode()
    assert Member.objects.count() == 1


def test_a_volunteers_page_may_be_kept_by_its_worker_and_others_may_not(client_of, clerk, who):
    browser = client_of(who.user)
    page = browser.get(url("me"))
    assert page["X-Offline-Page"] == "1"
    assert "no-store" in page["Cache-Control"]
    assert "X-Offline-Page" not in browser.get(url("shift-list"))
    worker = browser.get(url("worker"))
    assert worker["Content-Type"].startswith("text/javascript")
    facts = json.loads(worker.content.decode().split("= ", 1)[1].split(";\n")[0])
    assert facts["scope"] == "/volunteers/me/"
    assert all(name.startswith("/static/") for name in facts["assets"])
    manifest = json.loads(browser.get(url("manifest")).content)
    assert manifest["start_url"] == manifest["scope"] == "/volunteers/me/"
    assert "unsafe" not in page["Content-Security-Policy"]
    assert Client().get(url("worker")).status_code == 200


def test_an_account_without_a_member_is_told_so(client_of):
    page = client_of(make.UserFactory(roles=["volunteer"], unit=None)).get(url("me"))
    assert page.status_code == 200


def test_the_certificate_is_a_pdf_whose_download_is_kept_in_the_trail(client_of, clerk, home, who):
    from tests.volunteers.test_people_and_incidents import book

    book(who, 90)
    browser = client_of(who.user)
    span = {"first_day": (today() - timedelta(days=30)).isoformat(), "last_day": today().isoformat()}
    assert browser.post(url("certificate-issue", who.pk), span).status_code == 302
    made = who.certificates.get()
    paper = browser.get(url("certificate-pdf", made.number))
    assert paper.content.startswith(b"%PDF")
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert browser.get(url("certificate-pdf", made.number)).content == paper.content
    assert AccessEntry.objects.filter(kind="download", subject_id=str(made.pk)).exists()
    import pikepdf

    with pikepdf.open(io.BytesIO(paper.content)) as pdf:
        assert len(pdf.pages) == 1
        assert b"<pdfaid:conformance>A" in bytes(pdf.Root.Metadata.read_bytes())
    stranger = make.member(clerk, home, "旁人")
    assert client_of(stranger.user).get(url("certificate-pdf", made.number)).status_code == 404


def test_an_import_is_looked_at_first_and_repeatable(client_of, clerk, home):
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser = client_of(chief(unit=clerk.unit))
    elsewhere = make.team(make.clerk(), "别的义警队")
    lines = (
        "2026年义警名册\r\n姓 名,所属派出所,义警队,手机号,身份证号,籍贯\r\n"
        f"王一,x,{home.name},'１３９００００１１１１,{make.id_number(make.date(1980, 1, 1))},\r\n"
        f"王二,x,{home.name},13900002222,123,\r\n"
        "王三,x,没有的队,13900003333,,\r\n"
        f"王四,x,{elsewhere.name},13900004444,,\r\n"
        f"王五,x,{home.name},,{make.id_number(today() - timedelta(days=15 * 365))},\r\n"
    )

    def send():
        file = SimpleUploadedFile("members.csv", lines.encode("gb18030"))
        address = reverse("ledgers:ledger", args=["volunteers.members"])
        return browser.post(address, {"file": file}, follow=True)

    looked = send()
    assert (looked.context["good"], looked.context["bad"]) == (1, 4)
    assert not Member.objects.exists()
    browser.post(reverse("ledgers:apply", args=[looked.context["run"].pk]))
    assert Member.objects.get().phone.reveal() == "13900001111"
    assert send().context["good"] == 0
    assert client_of(clerk).post(reverse("ledgers:ledger", args=["volunteers.members"])).status_code == 403


def test_teams_come_from_a_sheet_and_what_is_exported_comes_back_unchanged(client_of, clerk, home):
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser = client_of(chief(unit=clerk.unit))
    address = reverse("ledgers:ledger", args=["volunteers.teams"])
    lines = f"名称,类别,派出所\r\n石鹰守源义警队,守源义警,{clerk.unit.short_name}\r\n甲队,无此类,{clerk.unit.short_name}\r\n"
    run = browser.post(address, {"file": SimpleUploadedFile("t.csv", lines.encode())}, follow=True)
    assert (run.context["good"], run.context["bad"]) == (1, 1)
    browser.post(reverse("ledgers:apply", args=[run.context["run"].pk]))
    assert Team.objects.get(name="石鹰守源义警队").status == "applied"
    sheet = browser.get(reverse("ledgers:export", args=["volunteers.teams"])).content
    again = browser.post(address, {"file": SimpleUploadedFile("t.xlsx", sheet)}, follow=True)
    assert (again.context["good"], again.context["bad"]) == (0, 0)


def test_an_export_neutralises_formulas_keeps_numbers_as_text_and_is_in_the_trail(client_of, clerk, home):
    from python_calamine import CalamineWorkbook

    number = make.id_number(make.date(1980, 1, 1))
    make.applied(clerk, home, "=HYPERLINK(1)", id_number=number, phone="13900001111")
    boss = client_of(chief(unit=clerk.unit))
    masked = boss.post(url("member-export", "xlsx"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(masked.content)).get_sheet_by_index(0).to_python()
    with zipfile.ZipFile(io.BytesIO(masked.content)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
        assert b'quotePrefix="1"' in packed.read("xl/styles.xml")
    assert rows[1][0] == "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in boss.post(url("member-export", "csv")).content.decode()
    assert rows[1][3].startswith("3305**")
    assert boss.post(url("member-export", "csv"), {"plain": "1"}).status_code == 422
    plain = boss.post(url("member-export", "csv"), {"plain": "1", "reason": "保险公司投保"})
    assert number in plain.content.decode()
    entry = AccessEntry.objects.filter(kind="export").latest("id")
    assert (entry.reason, "id_number" in entry.fields) == ("保险公司投保", True)


def test_what_the_search_box_finds(clerk, home):
    from volunteers.search import incidents, members, teams

    who = make.member(clerk, home, "王守义", phone="13900001111")
    made = services.report(
        actor=who.user, uid=uuid.uuid4(), kind="safety", facts="路灯不亮，有人摔倒", location_text="村口"
    )
    assert [h.title for h in teams(clerk, "守源", 5)] == [home.name]
    assert [h.title for h in members(clerk, "139 0000 1111", 5)] == ["王守义"]
    assert [h.code for h in incidents(clerk, made.code, 5)] == [made.code]
    stranger = officer()
    assert not teams(stranger, "守源", 5)
    assert not members(stranger, "王守义", 5)
    assert not incidents(stranger, "路灯", 5)


@pytest.mark.parametrize("name", ["shifts", "hours", "incidents"])
def test_a_list_is_exported_as_it_is_filtered_within_sight(client_of, clerk, home, name):
    lists(clerk, home, 3)
    boss = client_of(chief(unit=clerk.unit))
    lines = boss.post(url("list-export", name, "csv")).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert len(boss.post(url("list-export", name, "csv") + "?q=没有这个词").content.splitlines()) == 1
    stranger = client_of(chief())
    assert len(stranger.post(url("list-export", name, "csv")).content.splitlines()) == 1
    assert client_of(clerk).post(url("list-export", name, "csv")).status_code == 403
    assert boss.post(url("list-export", "accounts", "csv")).status_code == 404
    # Moments carry the offset of Anji.
    assert "+08:00" in lines[1]


def test_a_volunteer_starts_at_the_own_page_and_an_officer_at_work(client_of, clerk, who):
    assert client_of(who.user).get(reverse("dashboard:home")).url == url("me")
    assert client_of(clerk).get(reverse("dashboard:home")).url == reverse("dashboard:my-work")
