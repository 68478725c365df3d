"""Queries by name and ad-hoc SQL: answers, and clear words where there are none."""

from __future__ import annotations

import pytest

from mailtrend import warehouse
from mailtrend.errors import UsageError


@pytest.fixture
def con(week):
    with warehouse.connect(week.root) as connection:
        yield connection


def test_a_query_is_asked_by_name_with_values_as_text(con):
    answer = warehouse.ask(con, "failures-by-code", {"since": "2026-11-03", "until": "2026-11-04T00:00Z", "top": "1"})
    assert answer.to_pylist()[0]["status_code"] == "4.4.316"
    assert answer.num_rows == 1


def test_an_unknown_query_is_told_with_the_nearest(con):
    with pytest.raises(UsageError, match="no query 'failure-by-code'") as caught:
        warehouse.ask(con, "failure-by-code", {})
    assert caught.value.mend == "did you mean 'failures-by-code'?"


def test_an_unknown_parameter_is_told_with_the_nearest(con):
    with pytest.raises(UsageError, match="no parameter 'sinc'") as caught:
        warehouse.ask(con, "volume", {"sinc": "2026-11-03"})
    assert (caught.value.where, caught.value.mend) == ("ask volume", "did you mean 'since'?")


def test_a_parameter_that_is_like_none_is_told_with_all_there_are(con):
    with pytest.raises(UsageError) as caught:
        warehouse.ask(con, "sources-overview", {"zzz": "1"})
    assert caught.value.mend == "known: tenant"


def test_values_are_bound_and_never_become_sql(con):
    answer = warehouse.ask(con, "failures-by-code", {"tenant": "default' OR 'a' = 'a"})
    assert answer.num_rows == 0


@pytest.mark.parametrize(
    ("name", "params", "said"),
    [
        ("failures-by-code", {"since": "last tuesday"}, "last tuesday"),
        ("failures-by-code", {"top": "many"}, "many"),
        ("failures-over-time", {"bucket": "fortnight"}, "bucket is hour, day, week or month"),
    ],
)
def test_a_value_that_does_not_fit_is_told(con, name, params, said):
    with pytest.raises(UsageError, match=said):
        warehouse.ask(con, name, params)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM failures",
        "FROM failures_by_code(top := 1);",
        "WITH f AS (FROM failures) SELECT count(*) FROM f",
        "VALUES (1)",
        "DESCRIBE messages",
        "SHOW TABLES",
        "SUMMARIZE attempts_hourly",
        "EXPLAIN SELECT 1",
        "PIVOT failures ON outcome USING count(*) GROUP BY connector",
    ],
)
def test_whatever_only_reads_is_answered(con, sql):
    assert warehouse.adhoc(con, sql).num_rows > 0


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DROP VIEW events", "DROP is refused"),
        ("DELETE FROM status_codes", "DELETE is refused"),
        ("INSERT INTO status_codes (status_code) VALUES ('9.9.9')", "INSERT is refused"),
        ("WITH x AS (SELECT 1) INSERT INTO status_codes (status_code) SELECT 'a' FROM x", "INSERT is refused"),
        ("CREATE TABLE memory.t AS SELECT 1", "CREATE is refused"),
        ("COPY failures TO 'out.csv'", "COPY is refused"),
        ("ATTACH 'other.duckdb'", "ATTACH is refused"),
        ("SET threads = 1", "SET is refused"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("", "0 statements"),
        ("-- nothing", "0 statements"),
        ("SELEC 1", "syntax error"),
        ("SELECT nothing_such FROM events", "nothing_such"),
        ("FROM nothing_such", "nothing_such"),
        ("FROM read_csv('/etc/hosts')", "disabled by configuration"),
        ("FROM '../outside.parquet'", "disabled by configuration"),
    ],
)
def test_whatever_else_is_refused_with_the_reason(con, sql, said):
    with pytest.raises(UsageError, match=said) as caught:
        warehouse.adhoc(con, sql)
    assert caught.value.mend


def test_nothing_can_be_written_into_the_lake_either(con, week):
    with pytest.raises(UsageError):
        warehouse.adhoc(con, f"COPY (SELECT 1) TO '{week.root / 'out.csv'}'")
    assert not (week.root / "out.csv").exists()
