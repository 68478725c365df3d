"""A connection reads the lake, and can do nothing else."""

from __future__ import annotations

import duckdb
import pytest

from mailtrend import warehouse
from mailtrend.errors import LakeError


def test_a_lake_without_a_catalogue_is_told_with_what_to_do(tmp_path):
    with pytest.raises(LakeError, match="no catalogue is here") as caught:
        warehouse.connect(tmp_path)
    assert "mailtrend ingest" in caught.value.mend


def test_a_broken_catalogue_is_told(week):
    (week.root / warehouse.CATALOGUE).write_bytes(b"no database")
    with pytest.raises(LakeError, match="cannot be opened"):
        warehouse.connect(week.root)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE events_too AS FROM events",
        "INSERT INTO status_codes (status_code) VALUES ('9.9.9')",
        "DROP VIEW events",
        "FROM read_text('{outside}')",
        "FROM read_csv('{root}/../outside.csv')",
        "COPY (SELECT 1) TO '{outside}'",
        "ATTACH '{outside}' AS other",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_writing_leaving_the_lake_and_unlocking_are_refused(week, statement):
    outside = week.root.parent / "outside.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    with warehouse.connect(week.root) as con, pytest.raises(duckdb.Error):
        con.execute(statement.format(outside=outside, root=week.root)).fetchall()
    assert outside.read_text(encoding="utf-8") == "a\n1\n"


def test_times_are_utc_and_work_goes_on_when_memory_is_short(week):
    with warehouse.connect(week.root) as con:
        ((zone, spill),) = con.sql("SELECT current_setting('TimeZone'), current_setting('temp_directory')").fetchall()
    assert zone == "UTC"
    assert "mailtrend-" in spill


def test_two_connections_of_one_process_do_not_disturb_each_other(week):
    with warehouse.connect(week.root) as first, warehouse.connect(week.root, locked=False) as second:
        second.execute("SET memory_limit = '1GB'")
        first.execute("CREATE TEMP TABLE mine AS SELECT 1 AS x")
        with pytest.raises(duckdb.CatalogException):
            second.sql("FROM mine")


def test_an_unlocked_connection_can_read_files_elsewhere_but_not_write_the_catalogue(week):
    outside = week.root.parent / "outside.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    with warehouse.connect(week.root, locked=False) as con:
        assert con.execute("SELECT a FROM read_csv($path)", {"path": str(outside)}).fetchall() == [(1,)]
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("CREATE TABLE mine AS SELECT 1 AS x")
