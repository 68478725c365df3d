"""What the lake hands over: an event file written, an event file found, and the figures for `lake status`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path


@dataclass(frozen=True)
class WrittenFile:
    """One Parquet file of events that its writer has closed; all of its rows share day, source and tenant."""

    path: Path
    """As `Writer.new_event_file` gave it."""
    day: date
    """UTC day of every event in it."""
    rows: int
    source: str
    tenant: str
    first: datetime
    """Time of its earliest event, UTC."""
    last: datetime
    """Time of its latest event, UTC."""


@dataclass(frozen=True)
class EventFile:
    """One Parquet file of events as the log describes it; nothing was opened to know this."""

    path: Path
    """Absolute."""
    day: date
    rows: int
    source: str | None
    """None where the file holds several, after another Delta writer merged files."""
    tenant: str | None
    """None where the file holds several."""
    first: datetime
    last: datetime
    size: int
    """In bytes."""


@dataclass(frozen=True)
class TableSummary:
    """How big one table of the lake is; all zero where nothing has been written yet."""

    name: str
    rows: int
    files: int
    size: int
    """In bytes, superseded files not counted."""
    version: int
    """Delta version; 0 as well where the table does not exist yet."""


@dataclass(frozen=True)
class SourceSummary:
    """What the lake holds of one source."""

    source: str
    rows: int
    files: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Summary:
    """The lake at a glance."""

    root: Path
    format: int
    """Version of the folder layout, see `marker.FORMAT`."""
    version: int
    """Changes with every commit that changes data."""
    tables: tuple[TableSummary, ...]
    sources: tuple[SourceSummary, ...]
    first: datetime | None
    """Time of the earliest event; None in an empty lake."""
    last: datetime | None
    interrupted: bool
    """Is an ingest under way, or does an interrupted one wait for the next writer to finish or undo it?"""
