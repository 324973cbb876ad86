"""A database of its own with as many made-up requests as asked for, in the shares that a county has.

Texts are sentences of words, so that pairs of characters are as uneven as in real Chinese. Names and numbers are sealed row
by row with the bench's keys, as the service does: a page that shows a mask opens them. Rows come by COPY, with triggers off
(they are no part of reading) and indexes built afterwards.
"""

import io
import random
import time
import uuid
from datetime import UTC, datetime, timedelta

import psycopg2
from psycopg2 import sql

NOW = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
YEARS = 4
# Shares of states at the million: 97 % ended.
SHARES = (
    ("closed", 0.950),
    ("withdrawn", 0.012),
    ("merged", 0.008),
    ("answered", 0.010),
    ("in_progress", 0.010),
    ("assigned", 0.004),
    ("waiting", 0.003),
    ("returned", 0.002),
    ("received", 0.001),
)
OPEN = ("received", "assigned", "in_progress", "waiting", "returned")
CATEGORIES = (
    ("dispute", 30),
    ("hazard", 15),
    ("ecology", 10),
    ("fraud", 15),
    ("enterprise", 5),
    ("road_safety", 12),
    ("feedback", 3),
    ("other", 10),
)
# A word's place in the list makes it commoner or rarer: the n-th is taken about 1/n as often (Zipf).
WORDS = [
    "邻居",
    "纠纷",
    "电话",
    "派出所",
    "村里",
    "今天",
    "昨天",
    "晚上",
    "孩子",
    "老人",
    "路口",
    "停车",
    "噪音",
    "垃圾",
    "河道",
    "围墙",
    "工资",
    "老板",
    "转账",
    "陌生人",
    "诈骗",
    "电信诈骗",
    "快递",
    "银行卡",
    "验证码",
    "刷单",
    "贷款",
    "客服",
    "退款",
    "竹林",
    "毛竹",
    "山林",
    "失火",
    "冒烟",
    "烧荒",
    "电瓶车",
    "三轮车",
    "货车",
    "超速",
    "红绿灯",
    "护栏",
    "井盖",
    "路灯",
    "积水",
    "塌方",
    "落石",
    "养狗",
    "咬人",
    "遛狗",
    "走失",
    "找到",
    "身份证",
    "钱包",
    "手机",
    "丢失",
    "门锁",
    "偷盗",
    "监控",
    "打架",
    "喝酒",
    "吵闹",
    "麻将",
    "棋牌室",
    "租房",
    "押金",
    "物业",
    "装修",
    "漏水",
    "界址",
    "宅基地",
    "采伐",
    "茶园",
    "白茶",
    "炒茶",
    "茶叶",
    "合同",
    "欠款",
    "借条",
    "工地",
    "包工头",
    "加班",
    "辞退",
    "离婚",
    "抚养",
    "赡养",
    "彩礼",
    "分家",
    "继承",
    "水库",
    "捕鱼",
    "电鱼",
    "排污",
    "异味",
    "养殖场",
    "猪场",
    "化粪池",
    "污水",
    "苗木",
    "农药",
    "民宿",
    "游客",
    "漂流",
    "滑雪",
    "竹海",
    "景区",
    "门票",
    "退票",
    "饭店",
    "食品",
    "过期",
    "发票",
    "企业",
    "车间",
    "消防",
    "通道",
    "堵塞",
    "仓库",
    "危化品",
    "叉车",
    "招工",
    "中介",
    "培训",
    "学费",
    "校车",
    "校门",
    "接送",
    "欺负",
    "网吧",
    "游戏",
    "充值",
    "主播",
    "打赏",
    "相亲",
    "投资",
    "理财",
    "平台",
    "虚拟币",
    "跑分",
    "买卖",
    "银行",
    "柜台",
    "挂失",
    "冻结",
    "账户",
    "表扬",
    "民警",
    "态度",
    "及时",
    "感谢",
    "投诉",
    "推诿",
]
# Words of two, three and four characters that one row of ten thousand holds, and their commoner likes.
RARE = ("熜焱", "熜焱鼍", "熜焱鼍彘")
TOWNS = [
    "递铺",
    "昌硕",
    "灵峰",
    "孝源",
    "鄣吴",
    "杭垓",
    "孝丰",
    "报福",
    "章村",
    "天荒坪",
    "梅溪",
    "天子湖",
    "溪龙",
    "上墅",
    "山川",
]
SURNAMES, GIVEN = "王李张陈沈潘方金施周吴郑", "明华建国芳丽伟强敏静军洋勇艳杰娟"
KNOWN_PHONE = "13800005555"  # of a citizen with 40 requests
BATCH = 20_000


def database_name(rows: int) -> str:
    return f"anji_bench_search_{rows}"


def _cumulative(shares) -> tuple[list, list]:
    return [name for name, _share in shares], [share for _name, share in shares]


class Maker:
    """Makes the lines of helpdesk_helprequest for COPY."""

    def __init__(self, rows: int, units: list[int], townships: list[int], officers: dict[int, list[int]]):
        self.rows, self.units, self.townships, self.officers = rows, units, townships, officers
        self.random = random.Random(330523)
        self.weights = [1 / (n + 3) for n in range(len(WORDS))]
        self.unit_weights = [1 / (n + 2) for n in range(len(units))]

    def columns(self) -> tuple[str, ...]:
        return [
            "id",
            "uid",
            "reference",
            "secret_hash",
            "token_hash",
            "body_hash",
            "channel",
            "category",
            "answers",
            "description",
            "happened",
            "township_id",
            "location",
            "location_text",
            "reporter_name",
            "reporter_phone",
            "reporter_phone_index",
            "contact",
            "language",
            "unit_id",
            "assignee_id",
            "priority",
            "is_restricted",
            "may_return",
            "round",
            "received_at",
            "due_at",
            "answered_at",
            "closed_at",
            "merged_into_id",
            "routed_kind",
            "routed_type",
            "is_demo",
            "search_text",
            "search_pairs",
            "status",
            "status_since",
            "version",
        ]

    def row(self, number: int, status: str, category: str, unit_at: int, words: list[str]) -> list:
        from anji_police import bigrams
        from anji_police.crypto import blind_index, seal

        draw = self.random
        ended = status not in OPEN
        # Open ones are of the last weeks, and a few were forgotten.
        age = draw.random() * 365 * YEARS if ended else min(draw.expovariate(1 / 6), 200)
        received = NOW - timedelta(days=age, seconds=draw.random() * 60)
        due = received + timedelta(days=7)
        done = received + timedelta(days=min(draw.random() * 9, age))
        uid = uuid.UUID(int=draw.getrandbits(128), version=4)
        reference = f"{number % 1_000_000:06d}-{(number * 7919) % 1_000_000:06d}"
        text = "，".join("".join(words[n : n + 3]) for n in range(0, len(words), 3))
        if number % 10_000 == 7:
            text += f"，姓{RARE[-1]}"
        where = f"{TOWNS[unit_at % len(TOWNS)]}{draw.randrange(1, 300)}号"
        phone = KNOWN_PHONE if number % max(self.rows // 40, 1) == 3 else f"13{draw.randrange(10**9):09d}"
        name = draw.choice(SURNAMES) + draw.choice(GIVEN) + draw.choice(GIVEN)
        found = bigrams.normal(f"{reference} {text} {where}")
        unit = self.units[unit_at]
        assignee = draw.choice(self.officers[unit]) if status not in ("received", "assigned") else None
        place = f"SRID=4326;POINT({119.3 + draw.random() * 0.6:.5f} {30.4 + draw.random() * 0.4:.5f})"
        home = "helpdesk.helprequest"
        return [
            number, uid, reference, "-", f"t{number}", "-", "web", category, "{}", text + "。", "",
            self.townships[unit_at % len(self.townships)], place, where,
            "\\\\x" + seal(name, where=f"{home}.reporter_name.{uid}").hex(),
            "\\\\x" + seal(phone, where=f"{home}.reporter_phone.{uid}").hex(),
            blind_index(phone, field=f"{home}.reporter_phone"), "phone", "zh-hans",
            unit, assignee, "high" if category == "fraud" else "normal",
            category == "feedback" and number % 2 == 0, True, 1, received,
            None if ended else due,
            done if status in ("answered", "closed") else None, done if status == "closed" else None,
            1 if status == "merged" else None, "", "", False, found,
            "{" + ",".join(f'"{pair}"' for pair in bigrams.pairs_of(found)) + "}",
            status, done if ended else received, 3 if ended else 2,
        ]  # fmt: skip

    def lines(self, first: int, count: int) -> io.StringIO:
        draw, out = self.random, io.StringIO()
        states, shares = _cumulative(SHARES)
        kinds, kind_shares = _cumulative(CATEGORIES)
        status = draw.choices(states, shares, k=count)
        category = draw.choices(kinds, kind_shares, k=count)
        unit = draw.choices(range(len(self.units)), self.unit_weights, k=count)
        words = draw.choices(WORDS, self.weights, k=count * 12)
        for n in range(count):
            number = first + n
            taken = words[n * 12 : n * 12 + draw.randrange(6, 13)]
            cells = self.row(number, "closed" if number == 1 else status[n], category[n], unit[n], taken)
            out.write("\t".join("\\N" if cell is None else str(cell) for cell in cells) + "\n")
        out.seek(0)
        return out


RELATED = (
    # What a request has beside it: its changes of state, its clocks, and what was written.
    """INSERT INTO workflow_transitionentry (subject_type, subject_id, from_state, to_state, at, actor_name, reason)
       SELECT 'helpdesk.helprequest', r.id, step.a, step.b, r.received_at, '', '' FROM helpdesk_helprequest r,
       (VALUES ('', 'received'), ('received', 'assigned')) AS step (a, b)""",
    """INSERT INTO workflow_transitionentry (subject_type, subject_id, from_state, to_state, at, actor_name, reason)
       SELECT 'helpdesk.helprequest', id, 'assigned', status, status_since, '王建国', '' FROM helpdesk_helprequest
       WHERE status NOT IN ('received', 'assigned')""",
    """INSERT INTO workflow_deadline (subject_type, subject_id, kind, rule_code, started_at, due_at, pause_reason, met_at)
       SELECT 'helpdesk.helprequest', id, 'helpdesk.answer', 'helpdesk.answer', received_at, received_at + '7 days',
       '', coalesce(answered_at, closed_at) FROM helpdesk_helprequest""",
    """INSERT INTO helpdesk_message (uid, request_id, kind, body, author_name, key, at)
       SELECT gen_random_uuid(), id, 'progress', '已受理，民警会尽快与您联系。', '王建国', 'bench:' || id, received_at
       FROM helpdesk_helprequest""",
    """INSERT INTO helpdesk_assist (request_id, unit_id, asked_by_id, note, asked_at)
       SELECT id, (SELECT max(id) FROM places_unit), (SELECT min(id) FROM accounts_user), '', received_at
       FROM helpdesk_helprequest WHERE status = 'in_progress' AND id % 50 = 0""",
    """INSERT INTO helpdesk_exclusion (request_id, user_id, reason, set_by_id)
       SELECT r.id, u.id, '', u.id FROM helpdesk_helprequest r, accounts_user u
       WHERE u.username = 'bench-officer' AND r.id % greatest((SELECT count(*) FROM helpdesk_helprequest) / 20, 1) = 5""",
)
TABLES = (
    "helpdesk_helprequest",
    "workflow_transitionentry",
    "workflow_deadline",
    "helpdesk_message",
    "helpdesk_assist",
    "helpdesk_exclusion",
)


def _free_indexes(cursor) -> list[str]:
    """Statements that make the indexes of TABLES that no constraint needs; they are dropped here."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = "
        "ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [list(TABLES)],
    )
    found = cursor.fetchall()
    for name, _statement in found:
        cursor.execute(f"DROP INDEX {name}")
    return [statement for _name, statement in found]


def fill(address: str, rows: int) -> None:
    """Fill the empty, migrated database at `address`, and analyse it."""
    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("SELECT array_agg(id ORDER BY id) FROM places_unit WHERE kind IN ('station', 'squad')")
        units = cursor.fetchone()[0]
        cursor.execute(
            "SELECT array_agg(id ORDER BY code) FROM places_place WHERE level = 'township' AND code LIKE '330523%'"
        )
        townships = cursor.fetchone()[0]
        cursor.execute("SELECT unit_id, array_agg(id) FROM accounts_user GROUP BY 1")
        maker = Maker(rows, units, townships, dict(cursor.fetchall()))
        statements = _free_indexes(cursor)
        begun = time.monotonic()
        copy = sql.SQL("COPY helpdesk_helprequest ({}) FROM STDIN").format(
            sql.SQL(",").join(map(sql.Identifier, maker.columns()))
        )
        for first in range(1, rows + 1, BATCH):
            cursor.copy_expert(copy, maker.lines(first, min(BATCH, rows + 1 - first)))
            print(f"\r  {min(first + BATCH - 1, rows)} rows", end="", flush=True)
        for statement in RELATED:
            cursor.execute(statement)
        print("; indexes", end="", flush=True)
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SELECT setval(pg_get_serial_sequence('helpdesk_helprequest', 'id'), %s)", [rows])
        print(f"; filled in {time.monotonic() - begun:.0f} s")
    connection.close()
    tidy(address)


def tidy(address: str) -> None:
    """Give the planner what autovacuum would have given it by now."""
    connection = psycopg2.connect(address)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    connection.close()
