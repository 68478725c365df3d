"""One format on some bytes, without a lake: for tests, and for trying a format on a sample."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from mailtrend import contracts
from mailtrend.formats.base import Format, Options
from mailtrend.ingest.events import COLUMNS
from mailtrend.ingest.law import Tally
from mailtrend.ingest.opening import Input
from mailtrend.ingest.parsing import open_connection
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


def parse(fmt: Format, *files: bytes, name: str = "x.log", options: Options | None = None) -> Trial:
    """Read `files` (the bytes of one file each, in order) as `fmt`. Raises InputError where one is refused."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        inputs = []
        for number, data in enumerate(files):
            path = Path(folder) / f"{number}-{name}"
            path.write_bytes(data)
            inputs.append(Numbered(number, Input(name, path), fmt))
        con = open_connection(str(Path(folder) / "spill"))
        stage = Stage(con, "default", lambda *_: [], None)
        try:
            for part in ahead(cut(inputs, options or Options(), lambda *_: None)):
                if isinstance(part, Refused):
                    raise part.error
                stage.take(part, {number: f"file{number}" for number in range(len(files))})
                for number, reader in part.finished:
                    stage.tallies.setdefault(number, Tally()).warnings.extend(reader.warnings)
            order = "ORDER BY file_id, line, event_time, recipient"
            found = stage.staged_sql
            events = (
                con.sql(f"SELECT {COLUMNS} FROM ({found}) {order}").to_arrow_table().cast(contracts.EVENTS)
                if found
                else contracts.EVENTS.empty_table()
            )
        finally:
            con.close()
    tallies = tuple(stage.tallies.get(number, Tally()) for number in range(len(files)))
    for tally in tallies:
        tally.check(name)
    rejects = pa.concat_tables([contracts.REJECTS.empty_table(), *stage.rejects])
    return Trial(events, rejects, tallies)
