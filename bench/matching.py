"""What it costs to match a dispute with 2,524 mediators, in times of the bare statement that only sorts them by distance.

    python bench/matching.py

Makes a database of its own beside the one named by DATABASE_TEST_URL (a superuser's), with the demonstration's teams, mediators and
disputes, and throws it away. The two statements take turns on one connection; the median of each counts.
"""

import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench.searching import ROOT, address_of, administer

NAME = "anji_bench_matching"
ROUNDS = 200
TARGET = 1.5
BARE = """
SELECT m.id, ST_DistanceSphere(p.seat, %(point)s::geometry) AS metres
FROM mediation_mediator m JOIN places_place p ON p.id = m.place_id ORDER BY metres LIMIT 10
"""


def median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def measure() -> int:
    import django

    django.setup()
    logging.disable()
    from django.conf import settings
    from django.db import connection

    from anji_police.periods import today
    from mediation import matching
    from mediation.models import Dispute, Mediator

    connection.settings_dict["ACTING_ROLE"] = settings.DATABASE_APP_ROLE
    disputes = list(Dispute.objects.select_related("place").exclude(place=None).order_by("pk")[:20])
    given = [matching.parameters(dispute, neutral=True, on=today()) for dispute in disputes]
    spent: dict[str, list[float]] = {"bare": [], "ours": [], "whole": []}
    with connection.cursor() as cursor:
        for number in range(ROUNDS):
            at = number % len(disputes)
            for name, statement in (("bare", BARE), ("ours", matching._FIND)):
                start = time.perf_counter()
                cursor.execute(statement, given[at])
                cursor.fetchall()
                spent[name].append(time.perf_counter() - start)
            start = time.perf_counter()
            matching.propose(disputes[at], neutral=True)
            spent["whole"].append(time.perf_counter() - start)
    bare, ours, whole = (median(times) for times in spent.values())
    print(f"{Mediator.objects.count()} mediators, {len(disputes)} disputes, {ROUNDS} rounds")
    print(f"matching statement / bare distance: {ours / bare:.2f} (target {TARGET:.2f})")
    print(f"the least of each: {min(spent['ours']) / min(spent['bare']):.2f}")
    print(f"proposals with reasons, parties and names of places / bare distance: {whole / bare:.2f}")
    return 1 if ours / bare > TARGET else 0


def make(inside: dict[str, str]) -> None:
    administer(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    administer(f"CREATE DATABASE {NAME}")
    with tempfile.TemporaryDirectory() as folder:
        for command in (
            ["migrate", "-v0"],
            ["load_reference"],
            ["create_demo_accounts", "--credentials", f"{folder}/accounts"],
            ["create_demo_mediation"],
        ):
            subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=inside,
                check=True,
                stdout=subprocess.DEVNULL,
            )


if __name__ == "__main__":
    if "--measure" in sys.argv:
        sys.exit(measure())
    inside = os.environ | {"DATABASE_TEST_URL": address_of(NAME)}
    try:
        make(inside)
        import psycopg2

        with psycopg2.connect(address_of(NAME)) as connection, connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        sys.exit(subprocess.run([sys.executable, __file__, "--measure"], cwd=ROOT, env=inside).returncode)
    finally:
        administer(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
