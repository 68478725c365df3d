"""Small made-up ingests, for tests of the lake and of those who read one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mailtrend import contracts
from mailtrend.lake import Lake, Writer, WrittenFile

NOON = datetime(2026, 11, 2, 12)
TABLES = ("files", "rejects", "connectors", "accepted_domains", "remote_domains", "changes", "incidents")


def rows(schema: pa.Schema, *given: Mapping[str, Any]) -> pa.Table:
    """A table of `schema`; columns that a row does not give are NULL."""
    return pa.Table.from_pylist([{field.name: row.get(field.name) for field in schema} for row in given], schema=schema)


def event(at: datetime, **columns: Any) -> dict[str, Any]:
    """One event, `default` tenant and Postfix unless told otherwise."""
    return {"event_time": at, "tenant": "default", "source": "postfix", "outcome": "deferred", "line": 1} | columns


def file_row(file_id: str, **columns: Any) -> dict[str, Any]:
    """One row of `files` that keeps the law: every row used, one event each, unless told otherwise."""
    events = columns.get("events", 0)
    counts = {"rows": events, "used": events, "context": 0, "duplicates": 0, "rejects": 0, "events": events}
    named = {"file_id": file_id, "path": f"{file_id}.log", "source": "postfix", "tenant": "default", "warnings": []}
    return named | counts | {"ingested_at": NOON} | columns


def write_events(writer: Writer, events: Sequence[Mapping[str, Any]]) -> list[WrittenFile]:
    """Event files as an ingest writes them: one for each day, source and tenant."""
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in events:
        groups[row["event_time"].date(), row["source"], row["tenant"]].append(row)
    written = []
    for (day, source, tenant), group in groups.items():
        path = writer.new_event_file(day)
        pq.write_table(rows(contracts.EVENTS, *group), path)
        times = [row["event_time"] for row in group]
        written.append(WrittenFile(path, day, len(group), source, tenant, min(times), max(times)))
    return written


def ingest(
    lake: Lake,
    file_id: str,
    events: Sequence[Mapping[str, Any]] = (),
    rejects: Sequence[Mapping[str, Any]] = (),
    context: Mapping[str, pa.Table] | None = None,
    **ledger: Any,
) -> int:
    """Take in one file, the whole way, and give the lake's version after it; `ledger` is said of the file."""
    times = [event["event_time"] for event in events]
    told = {"first_event": min(times, default=None), "last_event": max(times, default=None)} | ledger
    file = file_row(file_id, events=len(events), rows=len(events) + len(rejects), rejects=len(rejects), **told)
    bad = rows(contracts.REJECTS, *({"file_id": file_id, "source": "postfix"} | row for row in rejects))
    with lake.writing() as writer:
        written = write_events(writer, [row | {"file_id": file_id} for row in events])
        return writer.commit(written, rows(contracts.FILES, file), bad, context or {})


def all_events(lake: Lake) -> pa.Table:
    """Every event of the lake, in an order of its own."""
    paths: list[Path] = [file.path for file in lake.event_files()]
    tables = [pq.read_table(path, partitioning=None) for path in paths]
    whole = pa.concat_tables(tables) if tables else contracts.EVENTS.empty_table()
    return whole.sort_by([(name, "ascending") for name in ("event_time", "file_id", "line", "recipient")])


def everything(lake: Lake) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table: two lakes with the same of this are the same lake."""
    return {"events": all_events(lake).to_pylist()} | {name: lake.table(name).to_pylist() for name in TABLES}
