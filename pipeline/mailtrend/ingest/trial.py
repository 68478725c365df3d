"""One format on some bytes, without a lake: for tests, and for trying a format on a sample."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from mailtrend import contracts
from mailtrend.formats.base import Format, Options
from mailtrend.ingest.events import COLUMNS
from mailtrend.ingest.law import Tally
from mailtrend.ingest.opening import Input
from mailtrend.ingest.parsing import open_connection
from mailtrend.ingest.replies import Replies
from mailtrend.ingest.slices import Refused, ahead, cut
from mailtrend.ingest.stage import Stage
from mailtrend.ingest.turns import Numbered


@dataclass(frozen=True)
class Trial:
    """What a format made of some bytes: events (contracts.EVENTS), rejects (contracts.REJECTS), counts per file."""

    events: pa.Table
    rejects: pa.Table
    tallies: tuple[Tally, ...]

    @property
    def counts(self) -> dict[str, int]:
        """rows, used, context, duplicates, rejects and events over all files."""
        names = ("rows", "used", "context", "duplicates", "rejects", "events")
        return {name: sum(int(getattr(tally, name)) for tally in self.tallies) for name in names}


_IDLE: Final[list[tuple[duckdb.DuckDBPyConnection, Replies]]] = []
"""Connections of trials that are over, with all the replies they know: to make a new one takes longer than a trial."""


def parse(fmt: Format, *files: bytes, name: str = "x.log", options: Options | None = None) -> Trial:
    """Read `files` (the bytes of one file each, in order) as `fmt`. Raises InputError where one is refused."""
    con, replies = _IDLE.pop() if _IDLE else _opened()
    stage = Stage(con, "default", lambda *_: [], None, replies)
    try:
        _take(stage, fmt, files, name, options or Options())
        order = "ORDER BY file_id, line, event_time, recipient"
        found = stage.staged_sql
        events = (
            con.sql(f"SELECT {COLUMNS} FROM ({found}) {order}").to_arrow_table().cast(contracts.EVENTS)
            if found
            else contracts.EVENTS.empty_table()
        )
        stage.forget()
    except BaseException:
        con.close()
        raise
    _IDLE.append((con, replies))
    tallies = tuple(stage.tallies.get(number, Tally()) for number in range(len(files)))
    for tally in tallies:
        tally.check(name)
    rejects = pa.concat_tables([contracts.REJECTS.empty_table(), *stage.rejects])
    return Trial(events, rejects, tallies)


def _opened() -> tuple[duckdb.DuckDBPyConnection, Replies]:
    con = open_connection(str(Path(tempfile.gettempdir()) / f"mailtrend-{os.getpid()}"))
    return con, Replies(con)


def _take(stage: Stage, fmt: Format, files: Sequence[bytes], name: str, options: Options) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        inputs = []
        for number, data in enumerate(files):
            path = Path(folder) / f"{number}-{name}"
            path.write_bytes(data)
            inputs.append(Numbered(number, Input(name, path), fmt))
        for part in ahead(cut(inputs, options, lambda *_: None)):
            if isinstance(part, Refused):
                raise part.error
            stage.take(part, {number: f"file{number}" for number in range(len(files))})
            for number, reader in part.finished:
                stage.tallies.setdefault(number, Tally()).warnings.extend(reader.warnings)
