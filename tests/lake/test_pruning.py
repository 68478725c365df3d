"""The log alone says which files a question needs: exactly those that overlap, and no file is opened."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend import contracts
from mailtrend.lake import Lake, WrittenFile, tables
from support.lakes import NOON, event, file_row, rows

SOURCES = ("postfix", "exo_extended", "exchange_smtp_send")
TENANTS = ("default", 'Con"töso\\')
START = datetime(2026, 10, 1)
HOUR = timedelta(hours=1)


def _written(number: int, writer_file: WrittenFile) -> WrittenFile:
    first = START + number * 7 * HOUR + timedelta(microseconds=number)
    last = min(first + (number % 5) * HOUR, datetime.combine(first.date(), datetime.max.time()))
    return WrittenFile(
        writer_file.path, first.date(), 1, SOURCES[number % 3], TENANTS[number // 3 % 2], first, last
    )  # fmt: skip


@pytest.fixture(scope="module")
def lake_and_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, list[WrittenFile]]:
    """120 files over 35 days, half of them from before a checkpoint of the log."""
    lake = Lake.create(tmp_path_factory.mktemp("pruning"))
    model = lake.root / "model.parquet"
    pq.write_table(rows(contracts.EVENTS, event(NOON)), model)
    all_written: list[WrittenFile] = []
    with lake.writing() as writer:
        for file_id, numbers in (("a1", range(60)), ("b2", range(60, 120))):
            written = []
            for number in numbers:
                first = START + number * 7 * HOUR
                path = writer.new_event_file(first.date())
                shutil.copy(model, path)
                written.append(_written(number, WrittenFile(path, first.date(), 1, "", "", first, first)))
            told = rows(contracts.FILES, file_row(file_id, events=60))
            writer.commit(written, told, contracts.REJECTS.empty_table(), {})
            table = tables.open_table(lake.root, "events")
            assert table is not None
            if file_id == "a1":
                table.create_checkpoint()
            all_written += written
    return lake, all_written


moments = st.datetimes(START - timedelta(days=1), START + timedelta(days=37)) | st.integers(0, 119).map(
    lambda number: START + number * 7 * HOUR + timedelta(microseconds=number)
)


@settings(deadline=None)  # A box under load is no error of ours.
@given(
    source=st.none() | st.sampled_from((*SOURCES, "exim")),
    tenant=st.none() | st.sampled_from((*TENANTS, "fabrikam")),
    first=st.none() | moments,
    last=st.none() | moments,
)
def test_exactly_the_files_that_overlap_are_named(
    lake_and_files: tuple[Lake, list[WrittenFile]],
    source: str | None,
    tenant: str | None,
    first: datetime | None,
    last: datetime | None,
) -> None:
    lake, written = lake_and_files
    expected = {
        file.path
        for file in written
        if source in (None, file.source)
        and tenant in (None, file.tenant)
        and (first is None or first <= file.last)
        and (last is None or file.first <= last)
    }
    found = lake.event_files(source, tenant, first, last)
    assert {file.path for file in found} == expected
    assert len(found) == len(expected)
    assert [file.day for file in found] == sorted(file.day for file in found)


def test_every_file_keeps_its_own_figures(lake_and_files: tuple[Lake, list[WrittenFile]]) -> None:
    lake, written = lake_and_files
    told = {file.path: (file.day, file.rows, file.source, file.tenant, file.first, file.last) for file in written}
    assert told == {
        file.path: (file.day, file.rows, file.source, file.tenant, file.first, file.last) for file in lake.event_files()
    }


def test_a_merge_by_another_delta_writer_is_still_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    lake = Lake.create(tmp_path_factory.mktemp("merged"))
    with lake.writing() as writer:
        written = []
        for number, source in enumerate(("postfix", "exo_extended")):
            path = writer.new_event_file(NOON.date())
            at = NOON + number * HOUR
            pq.write_table(rows(contracts.EVENTS, event(at, source=source, file_id="a1")), path)
            written.append(WrittenFile(path, NOON.date(), 1, source, "default", at, at))
        told = rows(contracts.FILES, file_row("a1", events=2))
        writer.commit(written, told, contracts.REJECTS.empty_table(), {})
    table = tables.open_table(lake.root, "events")
    assert table is not None
    table.optimize.compact()
    (found,) = lake.event_files(source="postfix", tenant="default")
    assert (found.rows, found.source, found.tenant, found.first, found.last) == (2, None, "default", NOON, NOON + HOUR)
    assert lake.event_files(first=NOON + 2 * HOUR) == []
    assert all(file.path.exists() for file in written), "superseded files stay for readers of the older list"
    assert lake.check() == []
