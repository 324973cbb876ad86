"""The database part of a backup: `snapshot.py write FOLDER`, `snapshot.py compare FOLDER`, `snapshot.py is-empty`.

`write` makes database.dump and counts.txt from one and the same moment, while the portal runs. `compare` counts again after
a restore. Both name the field keys by a fingerprint, so that a restore without the right keys is noticed at once.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anji_police.settings")
os.environ["PORTAL_DB_ROLE"] = "owner"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402


def counts() -> list[str]:
    """ "table rows" of every table of the portal, in the order of their names."""
    with connection.cursor() as cursor:
        lines = []
        for table in sorted(connection.introspection.table_names(cursor)):
            if table != "spatial_ref_sys":
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
                lines.append(f"{table} {cursor.fetchone()[0]}")
    return lines


def keys() -> list[str]:
    entries = [f"{kind} {key}" for kind in ("FIELD_KEYS", "INDEX_KEYS") for key in getattr(settings, kind)]
    return [
        f"{entry.partition(':')[0]} {hashlib.sha256(entry.partition(':')[2].encode()).hexdigest()[:16]}"
        for entry in entries
    ]


def write(folder: Path, pg_dump: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        database = connection.settings_dict
        environment = {
            "PGHOST": database["HOST"],
            "PGPORT": str(database["PORT"]),
            "PGUSER": database["USER"],
            "PGPASSWORD": database["PASSWORD"],
            "PGDATABASE": database["NAME"],
        }
        subprocess.run(  # noqa: S603  our own command
            [
                pg_dump,
                "--format=custom",
                "--no-owner",
                "--no-comments",
                f"--snapshot={snapshot}",
                f"--file={folder / 'database.dump'}",
            ],
            env={**os.environ, **{name: value for name, value in environment.items() if value}},
            check=True,
        )
        (folder / "counts.txt").write_text("\n".join(counts()) + "\n", encoding="utf-8")
        cursor.execute("COMMIT")
    (folder / "keys.txt").write_text("\n".join(keys()) + "\n", encoding="utf-8")


def compare(folder: Path) -> int:
    wanted = (folder / "counts.txt").read_text(encoding="utf-8").splitlines()
    different = sorted(set(wanted) ^ set(counts()))
    for line in different:
        print(line, file=sys.stderr)
    return 1 if different else 0


def has_keys(folder: Path) -> int:
    wanted = (folder / "keys.txt").read_text(encoding="utf-8").splitlines()
    return 1 if set(wanted) - set(keys()) else 0


def is_empty() -> int:
    with connection.cursor() as cursor:
        return 1 if set(connection.introspection.table_names(cursor)) - {"spatial_ref_sys"} else 0


def main(command: str, *arguments: str) -> int:
    if command == "write":
        write(Path(arguments[0]), arguments[1])
        return 0
    if command == "is-empty":
        return is_empty()
    return {"compare": compare, "has-keys": has_keys}[command](Path(arguments[0]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
