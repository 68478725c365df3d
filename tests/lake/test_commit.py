"""A commit makes exactly what was handed over part of the lake, in one step, readable by any engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mailtrend import contracts
from mailtrend.lake import EventFile, Lake, WrittenFile
from support.lakes import NOON, all_events, event, everything, file_row, ingest, rows, write_events

NO_FILES = contracts.FILES.empty_table()
NO_REJECTS = contracts.REJECTS.empty_table()
MICROSECOND = datetime(2026, 11, 2, 3, 4, 5, 678901)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


def test_a_new_lake_is_empty_and_typed(lake: Lake) -> None:
    assert lake.version == 0
    assert lake.event_files() == []
    assert lake.table("files").schema == contracts.FILES
    assert lake.table("incidents").num_rows == 0
    assert lake.table_files("connectors") == []
    assert lake.check() == []


def test_a_commit_is_visible_and_exact(lake: Lake) -> None:
    ingest(
        lake,
        "a1",
        [event(MICROSECOND, recipient="ann@contoso.com"), event(NOON + timedelta(days=1), reply_code=450)],
        [{"line": 7, "byte_offset": 120, "reason": "no time", "text": "…"}],
    )
    assert [row["recipient"] for row in all_events(lake).to_pylist()] == ["ann@contoso.com", None]
    assert lake.table("files").to_pylist() == [
        file_row("a1", events=2, rows=3, rejects=1)
        | {"sha256": None, "lines": None, "first_event": MICROSECOND, "last_event": NOON + timedelta(days=1)}
    ]
    assert lake.table("rejects").to_pylist() == [
        {"file_id": "a1", "line": 7, "byte_offset": 120, "source": "postfix", "reason": "no time", "text": "…"}
    ]
    assert lake.check() == []


def test_an_event_file_is_described_without_being_opened(lake: Lake) -> None:
    ingest(lake, "a1", [event(MICROSECOND), event(NOON)])
    (found,) = lake.event_files()
    size = found.path.stat().st_size
    found.path.unlink()
    assert lake.event_files() == [
        EventFile(found.path, date(2026, 11, 2), 2, "postfix", "default", MICROSECOND, NOON, size)
    ]
    assert found.path.is_absolute()
    assert found.path.parent == lake.root / "events" / "day=2026-11-02"


def test_each_commit_changes_the_version(lake: Lake) -> None:
    versions = [lake.version, *(ingest(lake, file_id, [event(NOON)]) for file_id in ("a1", "b2", "c3"))]
    assert len(set(versions)) == 4
    assert lake.version == versions[-1]


def test_a_file_of_rejects_alone_commits(lake: Lake) -> None:
    before = lake.version
    assert ingest(lake, "a1", rejects=[{"line": 1, "reason": "broken"}]) != before
    assert lake.table("rejects")["reason"].to_pylist() == ["broken"]
    assert lake.event_files() == []
    assert lake.check() == []


def test_one_session_may_commit_several_ingests(lake: Lake) -> None:
    with lake.writing() as writer:
        for file_id in ("a1", "b2"):
            written = write_events(writer, [event(NOON, file_id=file_id)])
            writer.commit(written, rows(contracts.FILES, file_row(file_id, events=1)), NO_REJECTS, {})
    assert all_events(lake)["file_id"].to_pylist() == ["a1", "b2"]
    assert lake.check() == []


def test_an_event_file_that_is_not_committed_is_removed(lake: Lake) -> None:
    with lake.writing() as writer:
        kept = write_events(writer, [event(NOON, file_id="a1")])
        dropped = write_events(writer, [event(NOON, file_id="a1")])
        writer.commit(kept, rows(contracts.FILES, file_row("a1", events=1)), NO_REJECTS, {})
        begun = write_events(writer, [event(NOON)])
    assert not dropped[0].path.exists()
    assert not begun[0].path.exists()
    assert [file.path for file in lake.event_files()] == [kept[0].path]
    assert lake.check() == []


def test_what_fails_midway_leaves_the_lake_as_it_was(lake: Lake) -> None:
    ingest(lake, "a1", [event(NOON)])
    before = everything(lake)

    def fail_midway() -> None:
        with lake.writing() as writer:
            write_events(writer, [event(NOON)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert everything(lake) == before
    assert lake.check() == []


def test_every_engine_reads_the_same_times(lake: Lake) -> None:
    ingest(lake, "a1", [event(MICROSECOND, file_id="a1")])
    paths = [str(file.path) for file in lake.event_files()]
    query = (
        "SELECT event_time, typeof(event_time), day, typeof(day) FROM read_parquet($paths, hive_partitioning = true)"
    )
    assert duckdb.connect().execute(query, {"paths": paths}).fetchall() == [
        (MICROSECOND, "TIMESTAMP", date(2026, 11, 2), "DATE")
    ]
    frame = pl.scan_delta(str(lake.root / "events")).select("event_time", "day").collect()
    assert frame.rows() == [(MICROSECOND, date(2026, 11, 2))]
    assert frame.schema["event_time"] == pl.Datetime("us")


def test_duckdb_may_write_the_event_file(lake: Lake) -> None:
    con = duckdb.connect()
    con.register("given", rows(contracts.EVENTS, event(NOON, file_id="a1", size_bytes=5)))
    with lake.writing() as writer:
        path = writer.new_event_file(NOON.date())
        con.execute(f"COPY given TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        written = WrittenFile(path, NOON.date(), 1, "postfix", "default", NOON, NOON)
        writer.commit([written], rows(contracts.FILES, file_row("a1", events=1)), NO_REJECTS, {})
    assert all_events(lake)["size_bytes"].to_pylist() == [5]


def test_a_time_with_a_zone_is_kept_as_utc(lake: Lake) -> None:
    paris = datetime(2026, 11, 2, 13, tzinfo=timezone(timedelta(hours=1)))
    with lake.writing() as writer:
        path = write_events(writer, [event(NOON)])[0].path
        written = WrittenFile(path, NOON.date(), 1, "postfix", "default", paris, paris)
        writer.commit([written], rows(contracts.FILES, file_row("a1", events=1)), NO_REJECTS, {})
    assert lake.event_files()[0].first == NOON
    assert len(lake.event_files(first=NOON.replace(tzinfo=UTC), last=paris)) == 1


@pytest.mark.parametrize("name", ["spaced out", "müll", "a=b", "#1+2"])
def test_a_lake_stands_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    lake = Lake.create(tmp_path / name)
    ingest(lake, "a1", [event(NOON)], [{"line": 2}])
    assert all_events(lake).num_rows == lake.table("files").num_rows == 1
    assert lake.check() == []


def _refused(lake: Lake, table: pa.Table, counted: int) -> str:
    with lake.writing() as writer:
        path = writer.new_event_file(NOON.date())
        pq.write_table(table, path)
        written = WrittenFile(path, NOON.date(), table.num_rows, "postfix", "default", NOON, NOON)
        with pytest.raises(RuntimeError) as caught:
            writer.commit([written], rows(contracts.FILES, file_row("a1", events=counted)), NO_REJECTS, {})
    assert lake.version == 0
    assert not path.exists()
    assert lake.table("files").num_rows == 0
    return str(caught.value)


def test_an_event_file_with_a_wrong_type_is_refused(lake: Lake) -> None:
    table = rows(contracts.EVENTS, event(NOON))
    index = table.schema.get_field_index("reply_code")
    wrong = table.set_column(index, "reply_code", table["reply_code"].cast(pa.int64()))
    assert "reply_code int64" in _refused(lake, wrong, 1)


def test_an_event_file_that_lacks_a_column_is_refused(lake: Lake) -> None:
    assert "missing ['subject string']" in _refused(lake, rows(contracts.EVENTS, event(NOON)).drop(["subject"]), 1)


def test_a_ledger_that_counts_other_events_is_refused(lake: Lake) -> None:
    assert "count 3 events, the event files hold 1" in _refused(lake, rows(contracts.EVENTS, event(NOON)), 3)


def test_an_event_file_of_somebody_else_is_refused(lake: Lake, tmp_path: Path) -> None:
    stranger = WrittenFile(tmp_path / "x.parquet", NOON.date(), 0, "postfix", "default", NOON, NOON)
    with lake.writing() as writer, pytest.raises(RuntimeError, match="did not hand out"):
        writer.commit([stranger], NO_FILES, NO_REJECTS, {})


def test_a_ledger_of_other_columns_is_refused(lake: Lake) -> None:
    with lake.writing() as writer, pytest.raises(RuntimeError, match="sha256"):
        writer.commit([], NO_FILES.drop(["sha256"]), NO_REJECTS, {})


def test_rejects_of_an_unnamed_file_are_refused(lake: Lake) -> None:
    with lake.writing() as writer, pytest.raises(RuntimeError, match="does not name"):
        writer.commit([], NO_FILES, rows(contracts.REJECTS, {"file_id": "zz", "line": 1}), {})
