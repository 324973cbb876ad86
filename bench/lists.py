"""What a list costs over a million requests, against a thousand: statements, plans and ratios that hold on any machine.

    python bench/lists.py [rows]

Makes a database of its own beside the one named by DATABASE_TEST_URL, fills it, and throws it away. Each list is drawn
for three people (county-wide, a busy station, a brigade that got next to nothing) as a page and over the API. It fails when
a list asks more statements of the big table than of the small one, when it reads more than READ of its rows, or when it
takes more than TARGET times as long. With a column of what Postgres does to the big table, behind the bar to the small one.
"""

import json
import logging
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "anji_police.settings_test"

SMALL, BIG = 1_000, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
SMALL_NAME, BIG_NAME = "anji_bench_small", "anji_bench_big"
ROUNDS = 45
ROUNDS_OF_LIMIT = 300  # these are compared within a few hundredths, and are short
TARGET = 1.5  # a list over the big table, in times of the same list over the small one
READ = (
    20_000  # rows that one list may read of the big table: capped counts and a page of words that many share
)
LISTS = {
    "page, newest first": "/requests/?view=all",
    "page, by time limit": "/requests/?view=all&sort=due_at",
    "page, my unit": "/requests/?view=unit",
    "page, overdue": "/requests/?view=overdue",
    "page, answered": "/requests/?view=answered",
    "page, words": "/requests/?view=all&q=%E7%9F%B3%E5%A2%99",
    "page, rows only": "/requests/?view=all",
    "api, newest first": "/api/v1/helpdesk/requests/",
    "api, one state": "/api/v1/helpdesk/requests/?status=in_progress",
    "api, one unit": "/api/v1/helpdesk/requests/?unit={unit}",
}


def fill(connection, station: int, brigade: int, first: int, last: int, officer: int) -> None:
    """Rows `first` to `last`, one every five minutes back from now; 3 in 1,000 open at most, as in a real year's end.

    The first thousand hold the open ones, so that both tables have the same work on the desk. A fifth is the busy
    station's, a handful the brigade's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            """
            INSERT INTO helpdesk_helprequest (uid, version, status, status_since, reference, secret_hash, token_hash, body_hash,
                channel, category, answers, description, happened, location_text, reporter_name, reporter_phone,
                reporter_phone_index, contact, language, priority, is_restricted, may_return, round, received_at,
                due_at, answered_at, closed_at, routed_kind, routed_type, is_demo, search_text, search_pairs,
                assignee_id, township_id, unit_id)
            SELECT gen_random_uuid(), 1, state, at, to_char(n / 10000, 'FM000000') || '-' || to_char(n %% 10000, 'FM000000'), '', 't' || n, '',
                'web', 'dispute', '{}', body, '', '', '', '', '', 'phone', 'zh-hans', 'normal', false, true, 1, at,
                CASE WHEN open THEN now() + (n %% 2000 - 500) * interval '1 minute' END,
                CASE WHEN NOT open THEN at END, CASE WHEN state = 'closed' THEN at END, '', '', false, body,
                ARRAY(SELECT DISTINCT substr(body, i, 2) FROM generate_series(1, length(body) - 1) i),
                CASE WHEN n %% 11 = 0 THEN %(officer)s::bigint END, NULL,
                CASE WHEN n %% 200000 = 7 THEN %(brigade)s::bigint WHEN n %% 5 = 0 THEN %(station)s::bigint
                     ELSE %(station)s::bigint + 1 + n %% 14 END
            FROM (SELECT n, now() - n * interval '5 minutes' AS at, n <= 900 AND n %% 3 = 0 AS open,
                CASE WHEN n <= 900 AND n %% 3 = 0
                    THEN (ARRAY['assigned', 'in_progress', 'waiting'])[1 + (n / 3) %% 3]
                    WHEN n <= 900 AND n %% 10 = 1 THEN 'answered' ELSE 'closed' END AS state,
                '第' || n || '件，邻居家的' || CASE WHEN n %% 7 = 0 THEN '石墙' ELSE '竹林' END || '占了我家的路' AS body
                FROM generate_series(%(first)s::int, %(last)s::int) n) made
            """,
            {"station": station, "brigade": brigade, "first": first, "last": last, "officer": officer},
        )
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE helpdesk_helprequest")


def nodes(plan: dict) -> list[dict]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]


def explained(connection, statements: list) -> tuple[list[str], int]:
    """(the node types that touch the requests, rows that Postgres read of them) over `statements`."""
    kinds, read = [], 0
    with connection.cursor() as cursor:
        for sql in statements:
            if '"helpdesk_helprequest"' not in sql or not sql.startswith("SELECT"):
                continue
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql)
            (found,) = cursor.fetchone()
            plan = found if isinstance(found, list) else json.loads(found)
            for node in nodes(plan[0]["Plan"]):
                if node.get("Relation Name") == "helpdesk_helprequest":
                    removed = node.get("Rows Removed by Filter", 0) + node.get(
                        "Rows Removed by Index Recheck", 0
                    )
                    read += (node["Actual Rows"] + removed) * node["Actual Loops"]
                    kinds.append(node["Node Type"])
    return kinds, int(read)


def interleaved(*asks, rounds: int = ROUNDS) -> list[float]:
    """The least seconds of each of `asks`, which take turns. What else the machine does only adds."""
    spent: list[list[float]] = [[] for _ in asks]
    for _ in range(rounds):
        for ask, times in zip(asks, spent, strict=True):
            start = time.perf_counter()
            ask()
            times.append(time.perf_counter() - start)
    return [min(times) for times in spent]


def limit(request):
    """The least that a list of 50 rows costs: one statement that joins the names, tuples, orjson; no login, no sight."""
    import orjson
    from django.db import connection
    from django.http import HttpResponse

    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.reference, r.status, r.category, r.channel, r.priority, u.code, p.code, a.username, r.received_at,
                r.due_at, r.version, r.id
            FROM helpdesk_helprequest r LEFT JOIN places_unit u ON u.id = r.unit_id
            LEFT JOIN places_place p ON p.id = r.township_id LEFT JOIN accounts_user a ON a.id = r.assignee_id
            ORDER BY r.received_at DESC, r.id DESC LIMIT 51
            """
        )
        return HttpResponse(
            orjson.dumps({"results": cursor.fetchall()[:50]}), content_type="application/json"
        )


def with_limit_url(settings) -> None:
    """Serve limit() behind the same middleware as the portal."""
    import types

    from django.urls import include, path

    module = types.ModuleType("bench_urls")
    module.urlpatterns = [path("bench/limit/", limit), path("", include(settings.ROOT_URLCONF))]
    sys.modules["bench_urls"] = module
    settings.ROOT_URLCONF = "bench_urls"


def main() -> int:
    import django

    django.setup()
    logging.disable()
    from django.conf import settings
    from django.db import connection

    with_limit_url(settings)

    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = SMALL_NAME
    connection.settings_dict.setdefault("TEST", {})["NAME"] = SMALL_NAME
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return measure(connection)
    finally:
        connection.settings_dict.pop("ACTING_ROLE", None)
        connection.settings_dict["NAME"] = SMALL_NAME
        connection.close()
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {BIG_NAME} WITH (FORCE)")
        connection.creation.destroy_test_db(before, verbosity=0)


def against_limit(api, browser) -> int:
    """Print what the API's list costs in times of limit(): first for an account that is taken for signed in and sees all,
    then with session, second factor and row scope; and its page in the midst of the table in times of the first."""
    from unittest.mock import patch

    from anji_police.api.pagination import mark
    from anji_police.helpdesk.models import HelpRequest, HelpRequestQuerySet

    midst = HelpRequest.objects.order_by("-received_at", "-id")[BIG // 2]
    first = LISTS["api, newest first"]
    deep = f"{first}?cursor={mark(midst, ['-received_at', '-id'])}"
    for client, url in ((api, "/bench/limit/"), (api, first), (api, deep), (browser, first)):
        assert client.get(url).status_code == 200, url

    def unscoped():
        with patch.object(HelpRequestQuerySet, "visible_to", lambda self, user: self):
            api.get(first)

    least, bare, top, behind, whole = interleaved(
        lambda: api.get("/bench/limit/"),
        unscoped,
        lambda: api.get(first),
        lambda: api.get(deep),
        lambda: browser.get(first),
        rounds=ROUNDS_OF_LIMIT,
    )
    print(f"api list without sign-in and row scope / limit: {bare / least:.2f} (target {TARGET:.2f})")
    print(f"api list with sign-in and row scope / limit: {whole / least:.2f} (target 2.00)")
    print(f"api page in the midst / first page: {behind / top:.2f} (target 1.20)")
    return int(bare / least > TARGET) + int(whole / least > 2) + int(behind / top > 1.2)


def measure(connection) -> int:
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from rest_framework.test import APIClient

    from tests import factories
    from tests.conftest import sign_in

    stations = [factories.UnitFactory() for _ in range(15)]
    brigade = factories.UnitFactory(kind="brigade")
    clerk = factories.officer(unit=stations[0])
    people = {
        "county": factories.duty_desk(),
        "station": clerk,
        "brigade": factories.officer(unit=brigade),
    }
    browsers = {}
    for name, user in people.items():
        api = APIClient()
        api.force_authenticate(user)
        browsers[name] = (sign_in(Client(), user), api)

    def ask(who: str, name: str):
        page, api = browsers[who]
        url = LISTS[name].format(unit=stations[3].pk)
        if name.startswith("api"):
            return api.get(url)
        return page.get(url, headers={"HX-Request": "true"} if name == "page, rows only" else {})

    first = stations[0].pk
    fill(connection, first, brigade.pk, 1, SMALL, clerk.pk)
    connection.close()
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {BIG_NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {BIG_NAME} TEMPLATE {SMALL_NAME}")
    connection.settings_dict["NAME"] = BIG_NAME
    start = time.perf_counter()
    fill(connection, first, brigade.pk, SMALL + 1, BIG, clerk.pk)
    print(f"filled {BIG:,} rows in {time.perf_counter() - start:.0f} s")
    connection.close()
    connection.settings_dict["ACTING_ROLE"] = settings.DATABASE_APP_ROLE
    opened = {}
    for name in (SMALL_NAME, BIG_NAME):
        connection.settings_dict["NAME"] = name
        connection.connect()
        opened[name], connection.connection = connection.connection, None

    def use(name: str) -> None:
        connection.connection = opened[name]

    def facts(who: str, name: str) -> dict:
        assert ask(who, name).status_code == 200, (who, name)
        cache.clear()  # else it hangs on the clock which figure of the menu is asked anew
        with CaptureQueriesContext(connection) as captured:
            ask(who, name)
        statements = [query["sql"] for query in captured.captured_queries]
        kinds, read = explained(connection, statements)
        return {"count": len(statements), "kinds": kinds, "read": read}

    small, big = {}, {}
    for who in people:
        for name in LISTS:
            for database, found in ((SMALL_NAME, small), (BIG_NAME, big)):
                use(database)
                found[who, name] = facts(who, name)
            small[who, name]["time"], big[who, name]["time"] = interleaved(
                lambda who=who, name=name: (use(SMALL_NAME), ask(who, name)),
                lambda who=who, name=name: (use(BIG_NAME), ask(who, name)),
            )
    failed = against_limit(browsers["county"][1], browsers["county"][0])
    for name in (SMALL_NAME, BIG_NAME):
        use(name)
        connection.close()

    print(f"{'who':8} {'list':20} statements  ratio  rows read small/big  scans of the big table")
    for key, one in small.items():
        other = big[key]
        ratio = other["time"] / one["time"]
        ok = one["count"] == other["count"] and other["read"] <= READ and ratio <= TARGET
        failed += not ok
        print(
            f"{key[0]:8} {key[1]:20} {one['count']:4} {other['count']:4}  {ratio:5.2f}  {one['read']:7} {other['read']:7}"
            f"  {', '.join(sorted(set(other['kinds'])))} | {', '.join(sorted(set(one['kinds'])))}{'' if ok else '  <-- over the limit'}"
        )
    worst = max(big[key]["time"] / small[key]["time"] for key in small)
    print(
        f"worst ratio of {BIG:,} to {SMALL:,} rows: {worst:.2f} (target {TARGET:.2f}); over the limit: {failed}"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
