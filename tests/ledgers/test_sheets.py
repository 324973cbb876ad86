"""Sheets as offices send them: what is read, what a dry run says, what is taken over, and what leaves the portal."""

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from anji_police.audit.models import AuditEntry
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.identifiers import check_digit
from anji_police.ledgers import reading, registry, services, writing
from anji_police.ledgers.models import Import
from mediation.models import Committee, Mediator, ServiceStation, Team
from tests.factories import UnitFactory, chief, leader, officer, place
from tests.helpdesk.factories import seed_rules, town
from tests.mediation.factories import mediator, team

pytestmark = pytest.mark.django_db
HEAD = ["姓名", "手机号码", "身份证号", "籍贯", "乡镇街道", "乡音调解团", "方言", "同时办理上限"]
FIRST = "34152419900307121"
ID = FIRST + check_digit(FIRST)
GOOD = ["张守源", "13800000001", ID, "金寨县", "孝源街道", "", "江淮官话、皖西话", "5"]


def ledger(key="mediation.mediators") -> registry.Ledger:
    return registry.get(key)


def csv_of(rows, encoding="utf-8-sig") -> bytes:
    return "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode(encoding)


def xlsx_of(rows, *, title="", merge=()) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    top = 0
    if title:
        page.merge_range(0, 0, 0, len(rows[0]) - 1, title)
        top = 1
    for at, row in enumerate(rows, top):
        for place_, cell in enumerate(row):
            page.write(at, place_, cell)
    for first, last, column, text in merge:
        page.merge_range(first + top, column, last + top, column, text)
    book.close()
    return out.getvalue()


@pytest.fixture
def boss():
    place("341524", "金寨县", "county"), town(), seed_rules()
    return chief()


def check(boss, content, key="mediation.mediators", name="调解员.xlsx") -> Import:
    return services.check(actor=boss, ledger=ledger(key), name=name, content=content)


def states(run, boss) -> list[str]:
    return [plan.state for plan in services.plan_of(run, boss)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_checked_without_writing_taken_over_and_changes_nothing_the_second_time(boss, encoding):
    content = csv_of([HEAD, GOOD], encoding)
    run = check(boss, content)
    assert states(run, boss) == ["new"]
    assert not Mediator.objects.exists()
    services.apply(actor=boss, run=run)
    [found] = Mediator.objects.all()
    assert (found.name, found.origin.code, found.dialects) == ("张守源", "341524", ["江淮官话", "皖西话"])
    assert (found.phone.reveal(), found.id_number.reveal(), found.born_on.year) == ("13800000001", ID, 1990)
    again = check(boss, content)
    assert states(again, boss) == ["same"]
    services.apply(actor=boss, run=again)
    assert Mediator.objects.count() == 1
    assert AuditEntry.objects.filter(action="mediation.mediator.changed").count() == 0
    with pytest.raises(DomainError):
        services.apply(actor=boss, run=again)


def test_full_width_digits_and_other_spellings_are_the_same_person(boss):
    services.apply(actor=boss, run=check(boss, csv_of([HEAD, GOOD])))
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    other = [
        "张守源",
        " +86 138-0000-0001".translate(wide),
        ID.translate(wide),
        "３４１５２４",
        "孝源街道",
        "",
        "江淮官话 皖西话",
        "８",
    ]
    run = check(boss, csv_of([HEAD, other]))
    [plan] = services.plan_of(run, boss)
    assert (plan.state, plan.facts) == ("changed", {"load_limit": 8})
    services.apply(actor=boss, run=run)
    assert Mediator.objects.get().load_limit == 8


def test_who_was_entered_under_the_other_suite_is_known_again(boss, settings):
    settings.FIELD_CIPHER = "sm4-gcm"
    services.apply(actor=boss, run=check(boss, csv_of([HEAD, GOOD])))
    settings.FIELD_CIPHER = "aes-gcm"
    assert states(check(boss, csv_of([HEAD, GOOD])), boss) == ["same"]


def test_a_title_merged_cells_and_a_number_that_lost_its_digits(boss):
    rows = [HEAD, GOOD, ["李四", 13800000002, 341524199003071218, "", "孝源街道", "", "", 3]]
    run = check(boss, xlsx_of(rows, title="调解员花名册", merge=[(1, 2, 3, "金寨县")]))
    first, second = services.plan_of(run, boss)
    assert first.state == "new"
    assert second.state == "bad"
    assert any("15" in fault for fault in second.row.faults)
    rows[2][2] = ""
    run = check(boss, xlsx_of(rows, title="调解员花名册", merge=[(1, 2, 3, "金寨县")]))
    second = services.plan_of(run, boss)[1]
    assert (second.state, second.facts["origin"].name, second.facts["phone"]) == (
        "new",
        "金寨县",
        "13800000002",
    )


@pytest.mark.parametrize(
    ("place_", "value", "words"),
    [
        (0, "", "缺少"),
        (1, "138****0001", "脱敏"),
        (1, "电话不详", "不是电话号码"),
        (2, ID[:-1] + ("0" if ID[-1] != "0" else "1"), "身份证号有误"),
        (3, "没有县", "没有名为“没有县”的地方"),
        (4, "没有镇", "没有名为“没有镇”"),
        (5, "没有团", "没有名为“没有团”"),
        (6, "一个非常非常非常非常非常非常长的方言名称词", "最多十项"),
        (7, "九十", "不是 1 到 50"),
    ],
)
def test_each_fault_is_named_and_the_good_rows_go_in_without_the_bad(boss, place_, value, words):
    bad = [*GOOD[:place_], value, *GOOD[place_ + 1 :]]
    other = ["李四", "13800000002", "", *GOOD[3:]]
    run = check(boss, csv_of([HEAD, bad, other]))
    plans = services.plan_of(run, boss)
    assert [plan.state for plan in plans] == ["bad", "new"]
    assert words in "".join(plans[0].row.faults)
    services.apply(actor=boss, run=run)
    assert [m.name for m in Mediator.objects.all()] == ["李四"]


def test_the_same_number_twice_a_minor_and_no_number_at_all_are_faults(boss):
    from anji_police.periods import today

    young = f"341524{today().year - 17}0307121"
    young += check_digit(young)
    rows = [
        HEAD,
        GOOD,
        ["别名", *GOOD[1:]],
        ["小张", "13800000003", young, *GOOD[3:]],
        ["无号", "", "", *GOOD[3:]],
    ]
    assert states(check(boss, csv_of(rows)), boss) == ["new", "bad", "bad", "bad"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no zip",
        b"\xff\xfe\x00\x01\x81",
        "姓名,别的\n张三,1".encode(),
        "姓名,手机号码,籍贯,乡镇街道".encode(),
    ],
)
def test_what_is_no_sheet_is_refused_in_words_and_keeps_nothing(boss, content):
    with pytest.raises(InvalidInput) as refused:
        check(boss, content)
    assert refused.value.fields["file"]
    assert not Import.objects.exists()


@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_read_or_refused(content):
    try:
        rows = reading.read(content, ledger().columns)
    except InvalidInput:
        return
    assert rows


def test_statements_do_not_grow_with_the_rows(boss):
    def rows(count):
        return csv_of([HEAD, *([f"甲{n}", f"1380000{n:04d}", "", *GOOD[3:]] for n in range(count))])

    check(boss, rows(1))
    with CaptureQueriesContext(connection) as few:
        check(boss, rows(2))
    with CaptureQueriesContext(connection) as many:
        check(boss, rows(60))
    assert len(many) == len(few)


def test_teams_are_known_by_their_names(boss):
    own = team(unit=boss.unit)
    head = ["调解团名称", "来源地", "服务站", "方言", "成立日期"]
    rows = [
        head,
        [own.name, "341524", own.station.name, "江淮官话", "2021年3月1日"],
        ["孝源镇雄乡音调解团", "530627", own.station.name, "西南官话", "2022/5/6"],
        ["坏", "341524", own.station.name, "", "三月"],
    ]
    place("530627", "镇雄县", "county")
    run = check(boss, csv_of(rows), "mediation.teams")
    assert states(run, boss) == ["changed", "new", "bad"]
    services.apply(actor=boss, run=run)
    own.refresh_from_db()
    assert own.dialects == ["江淮官话"]
    assert Team.objects.get(name="孝源镇雄乡音调解团").founded_on.isoformat() == "2022-05-06"
    assert states(check(boss, csv_of(rows), "mediation.teams"), boss) == ["same", "same", "bad"]


def test_a_sheet_is_its_senders_and_only_for_who_may_import(boss, client_of):
    run = check(boss, csv_of([HEAD, GOOD]))
    with pytest.raises(NotAllowed):
        check(officer(), csv_of([HEAD, GOOD]))
    other = chief(unit=boss.unit)
    assert client_of(other).get(reverse("ledgers:run", args=[run.pk])).status_code == 404
    assert client_of(other).post(reverse("ledgers:apply", args=[run.pk])).status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows FROM ledgers_import WHERE id = %s", [run.pk])
        stored = bytes(cursor.fetchone()[0])
    assert "张守源".encode() not in stored
    check(boss, csv_of([HEAD, GOOD]))  # the one before is given up, and its rows are gone
    run.refresh_from_db()
    assert (run.state, bool(run.rows)) == ("dropped", False)


def test_by_the_page_from_the_sheet_to_the_result(boss, client_of):
    browser = client_of(boss)
    address = reverse("ledgers:ledger", args=["mediation.mediators"])
    bad = ["坏行", "", "", *GOOD[3:]]
    sheet = SimpleUploadedFile("花名册.csv", csv_of([HEAD, GOOD, bad], "gb18030"))
    sent = browser.post(address, {"file": sheet})
    assert sent.status_code == 302
    page = browser.get(sent.url).content.decode()
    assert "导入 1 行" in page
    assert ID not in page
    faults = browser.get(reverse("ledgers:bad-rows", args=[Import.objects.get().pk]))
    cells = CalamineWorkbook.from_filelike(io.BytesIO(faults.content)).get_sheet_by_index(0).to_python()
    assert cells[1][0] == "坏行"
    assert "至少填写一项" in cells[1][-1]
    assert browser.post(reverse("ledgers:apply", args=[Import.objects.get().pk])).status_code == 302
    assert "已导入" in browser.get(sent.url).content.decode()
    assert browser.post(address, {"file": SimpleUploadedFile("x.csv", b"\xff\xfe")}).status_code == 422
    assert browser.post(address, {}).status_code == 422
    assert client_of(leader()).post(address, {}).status_code == 403
    assert browser.get(reverse("ledgers:ledger", args=["no.such"])).status_code == 404
    template = browser.get(reverse("ledgers:template", args=["mediation.mediators"])).content
    assert reading.read(template, ledger().columns)[0].cells["origin"] == "341524"


def test_an_export_is_masked_runs_nothing_and_leaves_a_trail(boss, client_of):
    mediator('=HYPERLINK("http://x")', phone="13800000001", dialects=["+江淮"])
    answer = client_of(officer()).get(reverse("ledgers:export", args=["mediation.mediators"]))
    cells = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert cells[1][:2] == ['=HYPERLINK("http://x")', "138****0001"]
    import zipfile

    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        inside = packed.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in inside
        assert "hyperlink" not in inside
        assert 'quotePrefix="1"' in packed.read("xl/styles.xml").decode()
    assert AuditEntry.objects.filter(action="ledgers.sheet.exported").count() == 1


def test_a_sheet_that_is_written_is_read_again_as_it_was():
    rows = [["甲", "=1+1", "@x", "0012"]]
    content = writing.sheet(["a", "b", "c", "d"], rows)
    columns = [registry.Column(key, key) for key in "abcd"]
    [row] = reading.read(content, columns)
    assert list(row.cells.values()) == rows[0]


def test_stations_and_committees_come_in_once_and_say_where_they_differ(boss):
    unit = UnitFactory(name="孝源派出所", short_name="孝源所")
    station, board = ledger("mediation.stations"), ledger("mediation.committees")
    sheet = csv_of(
        [
            ["服务站", "乡镇街道", "派出所"],
            ["孝源新居民服务站", "孝源街道", "孝源所"],
            ["孝源新居民服务站", "孝源街道", "孝源派出所"],
            ["灵峰新居民服务站", "没有的乡", "孝源所"],
        ]
    )
    run = services.check(actor=boss, ledger=station, name="s.csv", content=sheet)
    assert run.counts == {"new": 1, "bad": 2}
    services.apply(actor=boss, run=run)
    made = ServiceStation.objects.get()
    assert (made.unit, made.place) == (unit, town())
    again = services.check(actor=boss, ledger=station, name="s.csv", content=sheet)
    assert again.counts == {"same": 1, "bad": 2}
    place("330523005", "灵峰街道")
    sheet = csv_of([["调委会", "乡镇街道"], ["孝源街道人民调解委员会", "孝源街道"]])
    services.apply(actor=boss, run=services.check(actor=boss, ledger=board, name="c.csv", content=sheet))
    assert Committee.objects.get().place == town()
    moved = csv_of([["调委会", "乡镇街道"], ["孝源街道人民调解委员会", "灵峰街道"]])
    run = services.check(actor=boss, ledger=board, name="c.csv", content=moved)
    assert run.counts == {"bad": 1}
    assert "内容不同" in services.plan_of(run, boss)[0].row.faults[0]
