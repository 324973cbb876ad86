"""Not collected by itself: run by show.py."""

import os

import pytest

from tests.access import table, world
from tests.conftest import sign_in


@pytest.mark.django_db
def test_print():
    app, write = os.environ["ACCESS_APP"], os.environ.get("ACCESS_WRITE") == "1"
    rows = table.actual(table.Asker(world.build(), sign_in), app)
    width = max((len(row["url"]) for row in rows), default=3) + 1
    print("\n" + " " * (width + 7) + " ".join(column[:9].ljust(9) for column in world.COLUMNS))
    for row in rows:
        statuses = " ".join(row[column].ljust(9) for column in world.COLUMNS)
        print(f"{row['url']:<{width}}{row['method']:<7}{statuses}")
    if write:
        table.write(app, rows)
