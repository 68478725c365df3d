"""Answers become figures: kinds by name and type, and SQL that can be run again as shown."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrend.report import kinds
from mailtrend.report.asking import call, from_table, literal, spelled


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_a_text_spelled_out_is_the_same_text_to_the_database(text):
    assert duckdb.sql(f"SELECT {literal(text)} AS t").fetchall() == [(text,)]


@pytest.mark.parametrize("value", [None, True, 3, 0.25, datetime(2026, 10, 19, 6, 30)])
def test_a_value_spelled_out_is_the_same_value(value):
    assert duckdb.sql(f"SELECT {literal(value)} AS v").fetchall() == [(value,)]


def test_a_parameter_is_written_in_by_its_whole_name():
    assert spelled("\n    SELECT $since_day\n      AND $since\n", {"since": 1, "since_day": 2}) == "SELECT 2\n  AND 1;"


def test_a_call_names_every_parameter():
    assert call("failures_by_code", {"since": datetime(2026, 10, 19), "top": None}) == (
        "FROM failures_by_code(since := TIMESTAMP '2026-10-19 00:00:00', top := NULL);"
    )


@pytest.mark.parametrize(
    ("name", "arrow", "kind"),
    [
        ("status_code", pa.string(), "code"),
        ("reply_code", pa.int16(), "code"),
        ("connector", pa.string(), "name"),
        ("title", pa.string(), "text"),
        ("failures", pa.int64(), "count"),
        ("failure_rate", pa.float64(), "share"),
        ("late_share", pa.float64(), "share"),
        ("p95_seconds", pa.float64(), "seconds"),
        ("ratio", pa.float64(), "number"),
        ("day", pa.date32(), "day"),
        ("first_failure", pa.timestamp("us"), "time"),
        ("sources", pa.list_(pa.string()), "list"),
        ("enabled", pa.bool_(), "flag"),
    ],
)
def test_a_column_says_by_name_and_type_how_it_is_read(name, arrow, kind):
    assert kinds.kind(pa.field(name, arrow)) == kind


def test_a_figure_keeps_the_first_rows_and_counts_all():
    answer = pa.table({"day": ["a", "b", "c"], "id": [1, 2, 3], "sources": [["x"], [], None]})
    found = from_table("k", "t", "n", answer, "FROM k();", {"day": "UTC day"}, ("id",), 2)
    assert found.rows == (("a", ("x",)), ("b", ()))
    assert found.total == 3
    assert [column.name for column in found.columns] == ["day", "sources"]
    assert found.columns[0].meaning == "UTC day"
