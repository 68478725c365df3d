"""The lake at a glance, from its logs alone: no Parquet file is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mailtrend.lake import events, marker, staging, tables
from mailtrend.lake.records import EventFile, SourceSummary, Summary, TableSummary


def summarize(root: Path) -> Summary:
    """Count what the logs of all tables name."""
    found = events.files(root, None, None, None, None)
    return Summary(
        root=root,
        format=marker.read(root),
        version=tables.version(root, "events"),
        tables=tuple(_table(root, name) for name in tables.TABLES),
        sources=_sources(found),
        first=min((file.first for file in found), default=None),
        last=max((file.last for file in found), default=None),
        interrupted=bool(staging.pending(root)),
    )


def _table(root: Path, name: str) -> TableSummary:
    found = tables.named(root, name)
    return TableSummary(
        name=name,
        rows=sum(file.rows for file in found),
        files=len(found),
        size=sum(file.size for file in found),
        version=tables.version(root, name),
    )


def _sources(found: Sequence[EventFile]) -> tuple[SourceSummary, ...]:
    names = sorted({file.source or "several" for file in found})
    return tuple(_source(name, [file for file in found if (file.source or "several") == name]) for name in names)


def _source(name: str, found: Sequence[EventFile]) -> SourceSummary:
    return SourceSummary(
        source=name,
        rows=sum(file.rows for file in found),
        files=len(found),
        first=min(file.first for file in found),
        last=max(file.last for file in found),
    )
