"""The DuckDB file of a lake: what it is, and how a new one takes the place of the old."""

from __future__ import annotations

import re
import struct

import duckdb
import pytest

from mailtrend import warehouse
from mailtrend.errors import LakeError
from mailtrend.lake import Lake
from mailtrend.warehouse import catalogue, library
from support.lakes import ingest
from support.smallweek import EVENTS, EXTENDED, POSTFIX, filled, told

STORAGE_OF_1_0 = 64
FUNCTIONS_OF_1_0 = {
    "abs", "any_value", "arg_max", "arg_min", "array_length", "bit_or", "bool_or", "chr", "coalesce", "concat_ws",
    "count", "date_trunc", "epoch", "epoch_us", "error", "first_value", "format", "generate_series", "greatest", "hash",
    "hour", "isodow", "lag", "last_value", "least", "list", "list_contains", "list_distinct", "list_position",
    "list_prepend", "list_sort", "lower", "max", "min", "nullif", "percentile_cont", "quantile_disc", "regexp_extract",
    "regexp_matches", "regexp_replace", "replace", "round", "row_number", "split_part", "starts_with", "strftime",
    "string_split", "sum", "to_hours", "translate", "trim", "unnest", "upper",
}  # fmt: skip
"""Every function our views and macros may use; each was there in DuckDB 1.0, and works the same today."""
WORDS = {
    "and", "as", "by", "cast", "else", "filter", "from", "group", "in", "is", "join", "macro", "materialized", "not", "on",
    "or", "over", "select", "sets", "then", "try_cast", "when", "where", "with",
}  # fmt: skip
"""What may stand before a parenthesis and is no function."""


def texts() -> dict[str, str]:
    found = {view.name: view.sql for view in library.views()}
    found |= {name: query.sql for name, query in library.queries().items()}
    return found | {"macros": library.macros()}


def test_the_file_has_the_storage_version_that_duckdb_1_0_reads(week):
    head = (week.root / warehouse.CATALOGUE).read_bytes()[:20]
    assert head[8:12] == b"DUCK"
    assert struct.unpack("<Q", head[12:20]) == (STORAGE_OF_1_0,)


def test_views_and_macros_use_functions_that_duckdb_1_0_has():
    macros = {query.macro for query in library.queries().values()}
    macros |= set(re.findall(r"CREATE MACRO (\w+)", library.macros()))
    for name, sql in texts().items():
        code = re.sub(r"--[^\n]*|'[^']*'", "", sql)
        used = {word.lower() for word in re.findall(r"\b(\w+)\s?\(", code)}
        assert used - macros - WORDS - FUNCTIONS_OF_1_0 == set(), name


def test_lambdas_and_typed_macro_parameters_are_not_used():
    for name, sql in texts().items():
        assert "->" not in re.sub(r"--[^\n]*|'[^']*'", "", sql), name


def test_it_opens_by_itself_in_any_client_and_answers(week):
    with duckdb.connect(week.root / warehouse.CATALOGUE, read_only=True) as con:
        assert con.sql("SELECT count(*) FROM events").fetchall() == [(20,)]
        assert con.sql("SELECT failures FROM failures_by_code(since := '2026-11-02') LIMIT 1").fetchall() == [(3,)]


def test_publishing_again_shows_what_came_since_also_to_the_same_process(week):
    with warehouse.connect(week.root) as before:
        ingest(week, "f2", [told("09 10:00:00", POSTFIX, "delivered", "p9", "bo@fabrikam.com", queue_id="Q9")])
        warehouse.publish(week)
        with warehouse.connect(week.root) as after:
            assert after.sql("SELECT count(*) FROM events").fetchall() == [(21,)]
        assert before.sql("SELECT count(*) FROM events").fetchall() == [(20,)]


def test_publishing_leaves_nothing_beside_the_catalogue(week):
    warehouse.publish(week)
    assert [path.name for path in week.root.glob("*duckdb*")] == [warehouse.CATALOGUE]


def test_superseded_files_in_the_folder_are_not_read(week):
    (file, *_) = week.event_files()
    file.path.with_name("left-behind.parquet").write_bytes(file.path.read_bytes())
    warehouse.publish(week)
    with warehouse.connect(week.root) as con:
        assert con.sql("SELECT count(*) FROM events").fetchall() == [(20,)]


def test_a_quote_in_the_path_of_the_lake_does_no_harm(tmp_path):
    lake = filled(tmp_path / "o'hara's; DROP", EVENTS)
    with warehouse.connect(lake.root) as con:
        assert con.sql("SELECT count(*) FROM events").fetchall() == [(20,)]


def test_a_missing_parquet_file_is_told_and_the_old_catalogue_stays(week):
    before = (week.root / warehouse.CATALOGUE).read_bytes()
    week.event_files()[0].path.unlink()
    with pytest.raises(LakeError, match="cannot be built"):
        warehouse.publish(week)
    assert (week.root / warehouse.CATALOGUE).read_bytes() == before
    assert [path.name for path in week.root.glob("*duckdb*")] == [warehouse.CATALOGUE]


def test_a_catalogue_fits_until_the_lake_or_the_program_changes(week, monkeypatch):
    assert warehouse.fits(week)
    ingest(week, "f2", [told("09 10:00:00", EXTENDED, "delivered", "m9", "bo@fabrikam.com")])
    assert not warehouse.fits(week)
    warehouse.publish(week)
    assert warehouse.fits(week)
    monkeypatch.setattr(catalogue.library, "macros", lambda _found=(): "-- another version of the program")
    assert not warehouse.fits(week)


def test_a_lake_that_was_moved_needs_a_new_catalogue(week, tmp_path):
    week.root.rename(tmp_path / "moved")
    moved = Lake.open(tmp_path / "moved")
    assert not warehouse.fits(moved)
    warehouse.publish(moved)
    with warehouse.connect(moved.root) as con:
        assert con.sql("SELECT count(*) FROM events").fetchall() == [(20,)]


def test_without_a_catalogue_or_with_a_broken_one_nothing_fits(week):
    (week.root / warehouse.CATALOGUE).write_bytes(b"no database")
    assert not warehouse.fits(week)
    (week.root / warehouse.CATALOGUE).unlink()
    assert not warehouse.fits(week)
