"""A lake that is not whole says what is wrong and where; a folder that is no lake says how to get one."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mailtrend import contracts
from mailtrend.errors import LakeError
from mailtrend.lake import EventFile, Lake, tables
from support.lakes import NOON, event, file_row, ingest, rows


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake.create(tmp_path / "lake")
    ingest(lake, "a1", [event(NOON), event(NOON + timedelta(days=1), source="exo_extended")], [{"line": 3}])
    assert lake.check() == []
    return lake


def _a_file(lake: Lake) -> tuple[EventFile, str]:
    file = lake.event_files()[0]
    return file, file.path.relative_to(lake.root).as_posix()


def test_a_missing_file_is_found(lake: Lake) -> None:
    file, name = _a_file(lake)
    file.path.unlink()
    assert lake.check() == [f"{name}: missing, though the log names it"]


def test_a_truncated_file_is_found(lake: Lake) -> None:
    file, name = _a_file(lake)
    file.path.write_bytes(file.path.read_bytes()[:-10])
    assert lake.check() == [f"{name}: {file.size - 10} bytes long, {file.size} when it was committed"]


def test_a_damaged_file_of_the_same_size_is_found(lake: Lake) -> None:
    file, name = _a_file(lake)
    file.path.write_bytes(b"\0" * file.size)
    (problem,) = lake.check()
    assert problem.startswith(f"{name}: cannot be read as Parquet")


def test_a_truncated_ledger_file_is_found(lake: Lake) -> None:
    (path,) = lake.table_files("rejects")
    path.write_bytes(path.read_bytes()[:-1])
    assert [problem.partition(":")[0] for problem in lake.check()] == [path.relative_to(lake.root).as_posix()]


def test_an_orphan_is_found_and_recovery_removes_it(lake: Lake) -> None:
    orphan = lake.root / "events" / "day=2026-01-01" / "x.parquet"
    orphan.parent.mkdir()
    pq.write_table(rows(contracts.EVENTS, event(NOON)), orphan)
    assert lake.check() == ["events/day=2026-01-01/x.parquet: no commit names this file"]
    assert lake.recover() == ["removed what an interrupted ingest wrote and never committed (1 file)"]
    assert not orphan.parent.exists()
    assert lake.check() == lake.recover() == []


def test_what_an_interrupted_ingest_staged_is_found(lake: Lake) -> None:
    (lake.root / "_staging" / "0123abcd").mkdir(parents=True)
    (problem,) = lake.check()
    assert problem.startswith("_staging/0123abcd: ")
    assert lake.summary().interrupted
    with lake.writing():
        pass
    assert lake.check() == []


def test_a_ledger_that_does_not_add_up_is_found(lake: Lake) -> None:
    more = rows(contracts.FILES, file_row("a1", events=5), file_row("b2", rows=3, used=1))
    tables.write(lake.root, "files", more, overwrite=False, mark="by hand")
    assert lake.check() == [
        "files: counts 7 events, but the table 'events' holds 2",
        "files: 1 rows repeat a file_id",
        "files: of file b2, used + context + duplicates + rejects is not its number of rows",
    ]


def test_a_broken_log_is_found_and_told(lake: Lake) -> None:
    for path in (lake.root / "events" / "_delta_log").glob("*.json"):
        path.write_text("{", encoding="utf-8")
    assert any(problem.startswith("events: the log of the table 'events'") for problem in lake.check())
    with pytest.raises(LakeError, match="cannot be read") as caught:
        lake.event_files()
    assert caught.value.mend


def test_a_summary_counts_what_is_there(lake: Lake) -> None:
    found = lake.summary()
    sizes = {table.name: (table.rows, table.files) for table in found.tables}
    assert sizes == {
        "events": (2, 2), "files": (1, 1), "rejects": (1, 1), "connectors": (0, 0),
        "accepted_domains": (0, 0), "remote_domains": (0, 0), "changes": (0, 0), "incidents": (0, 0),
        "incidents_before": (0, 0), "failing_places": (0, 0), "verdicts": (0, 0), "acknowledged": (0, 0),
    }  # fmt: skip
    assert found.tables[0].size == sum(file.path.stat().st_size for file in lake.event_files())
    assert [(source.source, source.rows, source.files) for source in found.sources] == [
        ("exo_extended", 1, 1),
        ("postfix", 1, 1),
    ]
    assert (found.first, found.last) == (NOON, NOON + timedelta(days=1))
    assert (found.root, found.version, found.format, found.interrupted) == (lake.root, lake.version, 1, False)


def test_a_folder_that_is_no_lake_names_the_way_to_one(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(LakeError, match="no lake here") as caught:
            Lake.open(folder)
        assert caught.value.where == str(folder)
        assert "mailtrend ingest" in caught.value.mend


def test_a_lake_of_a_newer_format_is_refused(lake: Lake) -> None:
    (lake.root / "lake.json").write_text(json.dumps({"format": 2}), encoding="utf-8")
    for way in (Lake.open, Lake.create):
        with pytest.raises(LakeError, match="has format 2, and this mailtrend reads up to 1") as caught:
            way(lake.root)
        assert "update mailtrend" in caught.value.mend


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "one"}'])
def test_a_mark_that_says_nothing_is_refused(lake: Lake, text: str) -> None:
    (lake.root / "lake.json").write_text(text, encoding="utf-8")
    with pytest.raises(LakeError, match="not the mark of a lake"):
        Lake.open(lake.root)


def test_a_folder_with_something_else_named_events_is_not_made_a_lake(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    with pytest.raises(LakeError, match="holds something else named 'events'"):
        Lake.create(tmp_path)
    assert not (tmp_path / "lake.json").exists()


def test_a_file_is_not_made_a_lake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(LakeError, match="no lake can be made here"):
        Lake.create(tmp_path / "file")
    with pytest.raises(LakeError, match="no lake here"):
        Lake.open(tmp_path / "file")


@pytest.mark.parametrize("name", ["50%", "[new]", "a^b"])
def test_a_path_that_delta_cannot_take_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(LakeError, match="in its path"):
        Lake.create(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_making_a_lake_again_keeps_it(lake: Lake) -> None:
    assert Lake.create(lake.root).table("files").num_rows == 1
