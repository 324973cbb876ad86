"""What a search costs over a million requests, in times of a scan that has no index and of a thousand requests.

    python bench/searching.py [rows] [--keep]

Makes databases of its own beside the one named by DATABASE_TEST_URL (a superuser's), and throws them away unless --keep is
given, which also takes those that an earlier run left. Words of two, three and four characters, rare and common; a phone number by its blind index; the page of one request.
It fails when a word under a thousand hits is less than FASTER times as fast as the scan, when the first page of any word
takes more than COMMON of the scan, or when number or page cost more than TARGET times as much as among a thousand.
"""

import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "anji_police.settings_test"

from bench import filling  # noqa: E402

SMALL = 1_000
ROUNDS = 15
FASTER, COMMON, TARGET = 100, 0.05, 1.5
SLOWER = 1.5  # what sight and the rest of a page may add to a scan that stops at the first thousand hits
# Label: (word, whether fewer than a thousand rows of the million hold it).
WORDS = {
    "rare, 2 characters": filling.RARE[0],
    "rare, 3 characters": filling.RARE[1],
    "rare, 4 characters": filling.RARE[2],
    "common, 2 characters": "诈骗",
    "common, 3 characters": "派出所",
    "common, 4 characters": "电信诈骗",
    "in every row, 2 characters": "邻居",
}


def address_of(name: str) -> str:
    parts = urlsplit(os.environ["DATABASE_TEST_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


def administer(statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(address_of("postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def is_there(rows: int) -> bool:
    """Whether an earlier run with --keep left its database."""
    import psycopg2

    with psycopg2.connect(address_of("postgres")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [filling.database_name(rows)])
        found = cursor.fetchone() is not None
    connection.close()
    return found


def make(rows: int) -> None:
    """A migrated database with reference data, three accounts' worth of officers, and `rows` requests."""
    name = filling.database_name(rows)
    administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    administer(f"CREATE DATABASE {name}")
    inside = os.environ | {"DATABASE_TEST_URL": address_of(name)}
    for command in (["migrate", "-v0"], ["load_reference"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=inside,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    subprocess.run([sys.executable, __file__, "--people"], cwd=ROOT, env=inside, check=True)
    filling.fill(address_of(name), rows)
    # As bin/up sets its server up.
    administer(f"ALTER DATABASE {name} SET random_page_cost = 1.1")


def people() -> None:
    """An officer for each station and squad, and one at the duty desk."""
    import django

    django.setup()
    from anji_police.accounts.roles import Role
    from anji_police.places.models import Unit
    from tests.factories import UserFactory, duty_desk

    for unit in Unit.objects.filter(kind__in=["station", "squad"]):
        UserFactory(roles=[Role.OFFICER], unit=unit)
    duty_desk(username="bench-desk")


def measure() -> None:
    """Print, as JSON, the least seconds of each question to the database that DATABASE_TEST_URL names."""
    import django

    django.setup()
    logging.disable()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from anji_police.accounts.models import User
    from anji_police.helpdesk.models import HelpRequest
    from tests.conftest import sign_in

    connection.settings_dict["ACTING_ROLE"] = settings.DATABASE_APP_ROLE
    browser = sign_in(Client(), User.objects.get(username="bench-desk"))
    middle = HelpRequest.objects.order_by("-received_at")[HelpRequest.objects.count() // 2]

    def least(ask) -> float:
        spent = []
        ask()
        for _ in range(ROUNDS):
            start = time.perf_counter()
            ask()
            spent.append(time.perf_counter() - start)
        return min(spent)

    def page(url: str, **query) -> dict:
        def ask():
            answer = browser.get(url, query, headers={"HX-Request": "true"} if query else {})
            assert answer.status_code == 200, url

        ask()  # which also writes down that the session lives, once in a while
        with CaptureQueriesContext(connection) as captured:
            ask()
        sql = [q for q in captured.captured_queries if '"helpdesk_helprequest"' in q["sql"]]
        statements, count = [q["sql"] for q in sql], len(captured)

        def only_requests():
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                    cursor.fetchall()

        return {"page": least(ask), "sql": least(only_requests), "count": count}

    def scan(word: str) -> dict:
        """The first page and the number of a word, as a LIKE without the stored pairs would find them."""
        like = HelpRequest.objects.filter(search_text__contains=word)
        rows = like.select_related("unit", "assignee", "township").defer("search_text", "search_pairs")

        def ask():
            list(rows.order_by("-received_at", "-id")[:26])
            like.order_by()[:1001].count()

        return {"sql": least(ask), "hits": like.count()}

    found = {"words": {}, "bare": page("/requests/", view="all")}
    for label, word in WORDS.items():
        found["words"][label] = page("/requests/", view="all", q=word) | {"scan": scan(word)}
    found["phone"] = page("/requests/", view="all", q=filling.KNOWN_PHONE)
    found["detail"] = page(middle.get_absolute_url())
    print(json.dumps(found))


def measured(rows: int) -> dict:
    inside = os.environ | {"DATABASE_TEST_URL": address_of(filling.database_name(rows))}
    ran = subprocess.run(
        [sys.executable, __file__, "--measure"],
        cwd=ROOT,
        env=inside,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(ran.stdout.splitlines()[-1])


def main(rows: int, keep: bool) -> int:
    import django

    django.setup()  # filling seals as the portal does
    try:
        for count in (SMALL, rows):
            if not (keep and is_there(count)):
                make(count)
        small, big = measured(SMALL), measured(rows)
    finally:
        for count in (SMALL, rows):
            if not keep:
                administer(f"DROP DATABASE IF EXISTS {filling.database_name(count)} WITH (FORCE)")
    return told(small, big)


def told(small: dict, big: dict) -> int:
    """Print the ratios; the number of those over their target."""
    failed = 0
    print(f"{'':28} {'hits':>7}  scan / search  search / scan  statements  page big / small")
    for label, one in big["words"].items():
        faster, ratio = one["scan"]["sql"] / one["sql"], one["page"] / small["words"][label]["page"]
        hits = one["scan"]["hits"]
        ok = one["count"] == small["words"][label]["count"]
        ok = ok and (faster >= FASTER if hits < 1_000 else 1 / faster <= SLOWER)
        failed += not ok
        print(
            f"{label:28} {hits:7} {faster:14.2f} {1 / faster:14.4f}  {small['words'][label]['count']:4} {one['count']:4} {ratio:15.2f}"
            f"{'' if ok else '  <-- over the limit'}"
        )
    worst = max(one["sql"] for one in big["words"].values()) / max(
        one["scan"]["sql"] for one in big["words"].values()
    )
    print(f"the slowest search / the slowest scan: {worst:.3f} (target {COMMON})")
    failed += worst > COMMON
    for label in ("phone", "detail", "bare"):
        ratio = big[label]["page"] / small[label]["page"]
        ok = ratio <= TARGET and big[label]["count"] == small[label]["count"]
        failed += not ok
        print(
            f"{label:28} statements {small[label]['count']} {big[label]['count']}  big / small {ratio:.2f} (target {TARGET:.2f})"
            f"{'' if ok else '  <-- over the limit'}"
        )
    return 1 if failed else 0


if __name__ == "__main__":
    if "--people" in sys.argv:
        people()
    elif "--measure" in sys.argv:
        measure()
    else:
        numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
        sys.exit(main(numbers[0] if numbers else 1_000_000, "--keep" in sys.argv))
