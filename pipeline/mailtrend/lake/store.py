"""One lake: the folder, and everything that may be asked of it or done to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa

from mailtrend.lake import check, disk, events, marker, staging, summary, tables, writer
from mailtrend.lake.records import EventFile, Summary

WAIT: Final = 10.0
"""Seconds to wait for another writer, unless told otherwise."""


@dataclass(frozen=True)
class Lake:
    """A folder of Delta tables: `events`, partitioned by UTC day, and the small tables of `tables.SCHEMAS`.

    Reading takes no lock: a reader sees the last commit, and files that later commits supersede stay on disk.
    """

    root: Path
    """Absolute."""

    @classmethod
    def open(cls, root: Path) -> Lake:
        """The lake at `root`. Raises LakeError if there is none, or one of a newer format."""
        marker.read(root)
        return cls(root.absolute())

    @classmethod
    def create(cls, root: Path) -> Lake:
        """The lake at `root`, made if there is none; tables are made when they get their first rows."""
        marker.make(root.absolute())
        return cls(root.absolute())

    @property
    def version(self) -> int:
        """Changes with every commit that changes what was ingested; 0 before the first."""
        return tables.version(self.root, "events")

    def event_files(
        self,
        source: str | None = None,
        tenant: str | None = None,
        first: datetime | None = None,
        last: datetime | None = None,
    ) -> list[EventFile]:
        """Parquet files that can hold events of this source and tenant with first <= event_time <= last (UTC).

        Told from the statistics in the log; no Parquet file is opened. In order of day and time.
        """
        return events.files(self.root, source, tenant, first, last)

    def table(self, name: str) -> pa.Table:
        """All rows of any table but events (files, connectors, incidents, …); typed when empty, too."""
        return tables.read(self.root, name)

    def table_files(self, name: str) -> list[Path]:
        """The same as absolute paths of Parquet files; none where nothing was written yet."""
        return [file.path for file in tables.named(self.root, name)]

    def writing(self, timeout: float = WAIT) -> AbstractContextManager[writer.Writer]:
        """The only way to add to the lake: one writer at a time; what an interrupted one left is settled first.

        Raises LakeError on entry if another writer holds the lock for longer than `timeout` seconds.
        """
        return writer.writing(self.root, timeout)

    def recover(self, timeout: float = WAIT) -> list[str]:
        """Finish or undo interrupted ingests, and remove files that no commit names; says what was done."""
        with disk.locked(self.root, timeout):
            return [*staging.recover(self.root), *staging.sweep(self.root)]

    def replace(
        self, name: str, rows: pa.Table, computed_at: int | None = None, timeout: float = WAIT,
        computed_with: int | None = None,
    ) -> None:  # fmt: skip
        """Put `rows` in the place of all rows of a table that is computed (incidents and their like, from the lake at
        version `computed_at`, the present one unless told, and with the rules of the digest `computed_with`), of
        connectors, accepted_domains or changes; see `Writer.replace`.

        Takes the write lock, so never inside `writing()`. Raises LakeError if it is held for too long.
        """
        with self.writing(timeout) as alone:
            alone.replace(name, rows, computed_at, computed_with)

    @property
    def incidents_version(self) -> int | None:
        """The version of the lake that `incidents` were computed at; None if they never were."""
        return tables.transaction(self.root, "incidents", writer.COMPUTED_AT)

    def incidents_before(self, join: Callable[[pa.Table, pa.Table], pa.Table] | None = None) -> pa.Table:
        """Incidents as they were told at the last earlier version of the lake, from which those of today go on.

        Asked again at the same version, it gives the same: what is computed twice comes out the same. `join` puts what
        was remembered until then and what was told last into one table; without it the last alone is remembered. Takes
        the write lock where it has to remember, so never inside `writing()`.
        """
        told = self.incidents_version
        known = tables.transaction(self.root, "incidents_before", writer.COMPUTED_AT)
        if told == self.version:
            # Incidents of a program that did not remember any go on from themselves.
            return self.table("incidents_before" if known is not None else "incidents")
        rows = self.table("incidents")
        rows = join(self.table("incidents_before"), rows) if join else rows
        self.replace("incidents_before", rows, told or 0)
        return rows

    @property
    def incidents_rules(self) -> int | None:
        """A digest of the rules that `incidents` were computed with; None if that was before there were rules."""
        return tables.transaction(self.root, "incidents", writer.COMPUTED_WITH)

    def check(self, timeout: float = WAIT) -> list[str]:
        """What is wrong with the lake, one sentence each; empty when it is whole. No writer may be at work."""
        with disk.locked(self.root, timeout):
            return check.problems(self.root)

    def summary(self) -> Summary:
        """Tables, rows, files, bytes, sources and the span of time, for `lake status`."""
        return summary.summarize(self.root)
