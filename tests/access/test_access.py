"""Every address, every role: the table in expected/ says what each gets, and nothing else may come back.

`python -m tests.access.show APP` prints the table as it is now; with --write it replaces the file, for a person to review
line by line before it is committed.
"""

import re

import pytest

from tests.access import table, world
from tests.conftest import sign_in

# Addresses that answer something else than a page or a problem document.
NO_PAGE = {"livez", "readyz"}


@pytest.mark.parametrize("app", table.apps())
@pytest.mark.django_db
def test_each_role_gets_what_the_table_says(app):
    faults: list[str] = []
    asker = table.Asker(world.build(), sign_in)
    rows = table.actual(asker, app, look=lambda *facts: faults.extend(_header_faults(*facts)))
    wanted = {(row["url"], row["method"]): row for row in table.expected(app)}
    found = {(row["url"], row["method"]): row for row in rows}
    assert not found.keys() - wanted.keys(), f"addresses missing from expected/{app}.csv"
    assert not wanted.keys() - found.keys(), f"addresses in expected/{app}.csv that are gone"
    differences = [
        f"{url} {method} as {column}: {row[column]}, expected {wanted[url, method][column]}"
        for (url, method), row in found.items()
        for column in world.COLUMNS
        if row[column] != wanted[url, method][column]
    ]
    assert not differences, "\n".join(differences)
    assert not faults, "\n".join(sorted(set(faults)))


def test_no_table_is_left_of_an_app_that_is_gone():
    assert {path.stem for path in table.EXPECTED.glob("*.csv")} == set(table.apps())


def test_nobody_ever_gets_a_fault():
    broken = [row for app in table.apps() for row in table.expected(app) if "500" in row.values()]
    assert not broken


def _header_faults(route, method, column, response):
    """What is wrong with the headers, or with the markup, of one answer."""
    where = f"{route.name} {method}"
    policy = response.headers.get("Content-Security-Policy", "")
    # A file of a citizen comes with a policy that lets it do nothing at all.
    if "unsafe" in policy or not (
        "default-src 'self'" in policy or policy.startswith("sandbox; default-src 'none'")
    ):
        yield f"{where}: content security policy {policy!r}"
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        yield f"{where}: no nosniff"
    if response.headers.get("X-Frame-Options") != "DENY":
        yield f"{where}: may be framed"
    if "Permissions-Policy" not in response.headers or "Referrer-Policy" not in response.headers:
        yield f"{where}: permissions or referrer policy missing"
    if column != "anonymous" and "Cache-Control" not in response.headers:
        yield f"{where}: no Cache-Control"
    if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        text = response.content.decode()
        for pattern in (r"\sstyle=", r"\son[a-z]+=", r"javascript:", r"<style", r"hx-on"):
            if re.search(pattern, text):
                yield f"{where}: markup has {pattern}"
        for script in re.findall(r"<script(?![^>]*application/json)[^>]*>", text):
            if "src=" not in script and "nonce=" not in script:
                yield f"{where}: inline script {script}"
