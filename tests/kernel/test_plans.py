"""Statements that are planned once for each connection."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from anji_police import plans

ASK = "SELECT code, name FROM planned_thing WHERE code = $1"


@pytest.fixture
def thing(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE planned_thing (code integer, name varchar(5))")
        cursor.execute("INSERT INTO planned_thing VALUES (1, 'one'), (2, 'two')")
    yield
    connection.close()  # the table and the plan go with it


def test_a_statement_is_planned_once_and_asked_with_other_values(thing):
    with CaptureQueriesContext(connection) as asked:
        assert plans.first_row("tests_thing", ASK, [1]) == (1, "one")
        assert plans.first_row("tests_thing", ASK, [2]) == (2, "two")
        assert plans.first_row("tests_thing", ASK, [3]) is None
    assert [query["sql"].split()[0] for query in asked] == ["PREPARE", "EXECUTE", "EXECUTE", "EXECUTE"]


def test_a_value_is_a_value_and_never_a_part_of_the_statement(thing):
    statement = "SELECT name FROM planned_thing WHERE name = $1"
    assert plans.first_row("tests_word", statement, ["one') UNION SELECT ('x"]) is None
    assert plans.first_row("tests_word", statement, ["one"]) == ("one",)


def test_a_new_connection_and_a_transaction_that_failed_plan_again(thing):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert plans.first_row("tests_thing", ASK, [1])
        raise ZeroDivisionError
    assert plans.first_row("tests_thing", ASK, [1]) == (1, "one")
    connection.close()
    assert plans.first_row("tests_one", "SELECT $1::integer", [7]) == (7,)
    connection.close()
    assert plans.first_row("tests_one", "SELECT $1::integer", [8]) == (8,)


def test_a_column_that_changes_its_type_is_planned_anew(thing):
    assert plans.first_row("tests_thing", ASK, [1]) == (1, "one")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE planned_thing ALTER COLUMN name TYPE varchar(9)")
    assert plans.first_row("tests_thing", ASK, [1]) == (1, "one")
