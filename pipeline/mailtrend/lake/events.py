"""The `events` table: one Delta commit names new Parquet files; its statistics say which files a question needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from mailtrend.contracts import EVENTS
from mailtrend.errors import LakeError
from mailtrend.lake import disk, tables
from mailtrend.lake.records import EventFile, WrittenFile

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake.transaction import AddAction

DAY: Final = pa.field("day", pa.date32(), metadata={"comment": "UTC day of event_time; the folder the file lies in"})
SCHEMA: Final = EVENTS.append(DAY)
CONFIGURATION: Final = {**tables.CONFIGURATION, "delta.dataSkippingStatsColumns": "event_time,tenant,source"}
"""Statistics of three columns only: a reader of the log pays for each one more."""


def folder(root: Path, day: date) -> Path:
    """Where the Parquet files of one UTC day lie."""
    return root / "events" / f"day={day.isoformat()}"


def commit(root: Path, written: Sequence[WrittenFile], ingest_id: str) -> None:
    """The one atomic point of an ingest: from here on its event files are part of the lake, all of them.

    An ingest without events commits too, with no file, so that `ingest_id` stands in the log either way.
    """
    from deltalake import Transaction
    from deltalake.exceptions import DeltaError
    from deltalake.transaction import CommitProperties

    for file in written:
        disk.make_durable(file.path)
    try:
        _table(root).create_write_transaction(
            [_action(root, file) for file in written],
            "append",
            SCHEMA,
            partition_by=["day"],
            commit_properties=CommitProperties(app_transactions=[Transaction(ingest_id, 1)]),
        )
    except (DeltaError, OSError) as error:
        raise LakeError(
            f"the events cannot be committed ({error})",
            where=str(root / "events"),
            mend="see that the disk has room and the folder is writable, then run the command again",
        ) from error


def files(
    root: Path, source: str | None, tenant: str | None, first: datetime | None, last: datetime | None
) -> list[EventFile]:
    """Files that can hold an event of `source` and `tenant` with first <= event_time <= last, in order of time."""
    lower = None if first is None else plain_utc(first)
    upper = None if last is None else plain_utc(last)
    found = [_event_file(entry) for entry in tables.named(root, "events")]
    kept = [
        file
        for file in found
        if (source is None or file.source in (None, source))
        and (tenant is None or file.tenant in (None, tenant))
        and (lower is None or file.last >= lower)
        and (upper is None or file.first <= upper)
    ]
    return sorted(kept, key=lambda file: (file.day, file.first, file.path.name))


def plain_utc(moment: datetime) -> datetime:
    """The same moment in UTC without a zone, as the lake stores times; one without a zone is UTC already."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def check_schema(path: Path) -> None:
    """Raise RuntimeError, for it is a bug of the writer, where the Parquet file has other columns than EVENTS."""
    import pyarrow.parquet as pq

    found = [(field.name, _plain(field.type)) for field in pq.read_schema(path)]
    expected = [(field.name, field.type) for field in EVENTS]
    if found != expected:
        wrong = [f"{name} {kind}" for name, kind in found if (name, kind) not in expected]
        missing = [f"{name} {kind}" for name, kind in expected if (name, kind) not in found]
        raise RuntimeError(f"{path} is no file of events: unexpected {wrong}, missing {missing}, or out of order")


def _table(root: Path) -> DeltaTable:
    from deltalake import DeltaTable

    found = tables.open_table(root, "events")
    if found is None:
        found = DeltaTable.create(
            root / "events", SCHEMA, partition_by=["day"], mode="ignore", configuration=CONFIGURATION
        )
    return found


def _action(root: Path, file: WrittenFile) -> AddAction:
    from deltalake.transaction import AddAction

    facts = file.path.stat()
    return AddAction(
        path=file.path.relative_to(root / "events").as_posix(),
        size=facts.st_size,
        partition_values={"day": file.day.isoformat()},
        modification_time=int(facts.st_mtime * 1000),
        data_change=True,
        stats=_stats(file),
    )


def _stats(file: WrittenFile) -> str:
    same = {"tenant": file.tenant, "source": file.source}
    first, last = (plain_utc(moment).isoformat(timespec="microseconds") for moment in (file.first, file.last))
    return json.dumps(
        {
            "numRecords": file.rows,
            "minValues": {"event_time": first, **same},
            "maxValues": {"event_time": last, **same},
            "nullCount": {"event_time": 0, "tenant": 0, "source": 0},
        }
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    """Parquet knows one kind of text; Arrow reads it as one of several, as the writing engine liked it."""
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else kind


def _event_file(entry: tables.Named) -> EventFile:
    """One entry of the log; where another writer left no statistics, the day bounds it and nothing else does."""

    def only(column: str) -> str | None:
        low, high = entry.stats.get(f"min.{column}"), entry.stats.get(f"max.{column}")
        return low if low == high else None

    day: date = entry.stats["partition.day"]
    return EventFile(
        path=entry.path,
        day=day,
        rows=entry.rows,
        source=only("source"),
        tenant=only("tenant"),
        first=entry.stats.get("min.event_time") or datetime.combine(day, time.min),
        last=entry.stats.get("max.event_time") or datetime.combine(day, time.max),
        size=entry.size,
    )
