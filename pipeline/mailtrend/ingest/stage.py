"""Parsed slices are staged in DuckDB, checked against what the lake holds, and written as one Parquet file a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from mailtrend import contracts
from mailtrend.formats.base import Format, Lines, Records
from mailtrend.ingest.events import FAILING, IDENTITY, full_sql, key_sql
from mailtrend.ingest.law import Tally, count_slice
from mailtrend.ingest.parsing import STAGED, clear, held_rows, mark_duplicates, parse_slice
from mailtrend.ingest.reading import row_text
from mailtrend.ingest.replies import Replies
from mailtrend.ingest.rows import TEXT_LIMIT
from mailtrend.ingest.slices import Slice

FLUSH_ROWS = 500_000
"""Staged events after which the day files are written: bounds memory, and keeps the files of a day few."""
EARLIER_DAYS = 7
"""How far back the sender and size of a queue id are looked up in the lake: longer than mail stays queued."""
_TOLD = {"row": "told_rows", "unit": "parsed_rows"}


class KnownFiles(Protocol):
    """Where events lie that were read before."""

    def __call__(self, source: str, tenant: str, first: datetime, last: datetime) -> list[Path]:
        """Parquet files that may hold events of this source, tenant and time."""


class Day(NamedTuple):
    """One day of staged events."""

    day: date
    rows: int
    failing: int
    first: datetime
    last: datetime


class Sink(Protocol):
    """Takes the staged events of one day: writes `SELECT …` to a Parquet file."""

    def __call__(self, con: duckdb.DuckDBPyConnection, day: Day, source: str) -> list[Path]:
        """Write the rows of the view `staged` that lie on `day`; gives the files."""


@dataclass
class Stage:
    """Holds the state of one ingest on one DuckDB connection."""

    con: duckdb.DuckDBPyConnection
    tenant: str
    known: KnownFiles
    sink: Sink | None
    """Without one, everything stays staged (a trial)."""
    replies: Replies
    tallies: dict[int, Tally] = field(default_factory=dict)
    rejects: list[pa.Table] = field(default_factory=list)
    _carried: pa.Table | None = None
    _loaded: set[Path] = field(default_factory=set)
    _own: set[Path] = field(default_factory=set)
    _parts: dict[str, str] = field(default_factory=dict)
    """Temporary tables of events that wait to be written, and the SELECT that makes whole events of each."""
    _staged: int = 0

    def take(self, part: Slice, file_ids: Mapping[int, str]) -> None:
        """Parse one slice, count its rows, stage what is new."""
        for number in part.rows:
            self.tallies.setdefault(number, Tally())
            self.tallies[number].rows += part.rows[number]
        raw = self._raw(part)
        if raw is not None and raw.num_rows:
            self._parse(part, raw, file_ids)
        self._keep_ragged(part, file_ids)
        if part.last:
            self._carried = None
            self.con.execute("TRUNCATE earlier")
        if self.sink and self._staged and (part.last or self._staged >= FLUSH_ROWS):
            self._flush(self.sink, part.format.name)

    def _raw(self, part: Slice) -> pa.Table | None:
        tables = ([self._carried] if self._carried is not None else []) + part.tables
        if not tables:
            return None
        return pa.concat_tables([table.select(tables[0].column_names) for table in tables])

    def _parse(self, part: Slice, raw: pa.Table, file_ids: Mapping[int, str]) -> None:
        numbers = sorted(file_ids)
        mapping = pa.table({
            "file_no": pa.array(numbers, pa.int32()),
            "file_id": [file_ids[number] for number in numbers],
            "tenant": [self.tenant] * len(numbers),
        })  # fmt: skip
        self.con.register("mapping", mapping)
        self.con.execute(
            "DELETE FROM input_files; INSERT INTO input_files SELECT file_no, file_id, tenant FROM mapping"
        )
        self.con.unregister("mapping")
        stored = parse_slice(self.con, part.format, part.params, raw, self.replies, last=part.last)
        self._carried = held_rows(self.con) if part.format.carry_sql and not part.last else None
        if part.format.wants_earlier:
            self._fill_in(part.format)
        self._load_known(part.format)
        repeats = mark_duplicates(self.con)
        count_slice(self.con, part.format, self.tallies, raw.num_rows)
        self._keep_rejects(part, raw, file_ids)
        if repeats:
            self.con.execute("DELETE FROM fresh WHERE rowid IN (SELECT place FROM repeats)")
        self.con.execute("INSERT INTO seen SELECT key FROM fresh")
        if part.format.wants_earlier:
            self._remember()
        self._put_by(part.format.name, stored)

    def _put_by(self, source: str, stored: list[str]) -> None:
        """The events of a slice wait under a name of their own: renaming copies nothing."""
        name = f"{STAGED}{len(self._parts)}"
        self.con.execute(f"ALTER TABLE fresh RENAME TO {name}")
        self._parts[name] = full_sql(name, source, stored)
        self._staged += int(self.con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])
        clear(self.con)
        self.con.unregister("raw")

    @property
    def staged_sql(self) -> str:
        """A SELECT over all events that wait to be written."""
        return " UNION ALL ".join(self._parts.values())

    def _span(self) -> tuple[datetime, datetime] | None:
        first, last = self.con.execute("SELECT min(event_time), max(event_time) FROM fresh").fetchall()[0]
        return (first, last) if first is not None else None

    def _load_known(self, fmt: Format) -> None:
        """Put the keys of events that may be the same ones into `seen`, each lake file once."""
        if (span := self._span()) is None:
            return
        paths = [path for path in self.known(fmt.name, self.tenant, *span) if path not in self._loaded | self._own]
        if paths:
            self.con.execute(
                f"INSERT INTO seen SELECT {key_sql(IDENTITY)} FROM read_parquet($paths, hive_partitioning = false) "
                "WHERE source = $source AND tenant = $tenant",
                {"paths": [str(path) for path in paths], "source": fmt.name, "tenant": self.tenant},
            )
            self._loaded.update(paths)

    def _fill_in(self, fmt: Format) -> None:
        """Sender, size and message id of queue ids that an earlier file introduced."""
        span = self._span()
        if (
            span is None
            or not self.con.execute(
                "SELECT 1 FROM fresh WHERE sender IS NULL AND queue_id IS NOT NULL AND outcome <> 'received' LIMIT 1"
            ).fetchall()
        ):
            return
        paths = self.known(fmt.name, self.tenant, span[0] - timedelta(days=EARLIER_DAYS), span[1])
        if not paths:
            return
        self.con.execute(
            """
            CREATE OR REPLACE TEMP TABLE introduced AS
            SELECT server, queue_id, max_by(sender, event_time) AS sender, max_by(size_bytes, event_time) AS size_bytes,
                   max_by(message_id, event_time) AS message_id, max(event_time) AS event_time
            FROM read_parquet($paths, hive_partitioning = false)
            WHERE source = $source AND tenant = $tenant AND outcome = 'received' AND event_time >= $since
            GROUP BY server, queue_id;
            """,
            {"paths": [str(path) for path in paths], "source": fmt.name, "tenant": self.tenant,
             "since": span[0] - timedelta(days=EARLIER_DAYS)},
        )  # fmt: skip
        self.con.execute(
            """
            UPDATE fresh SET sender = i.sender, size_bytes = coalesce(fresh.size_bytes, i.size_bytes),
                   message_id = coalesce(fresh.message_id, i.message_id)
            FROM introduced AS i
            WHERE fresh.sender IS NULL AND fresh.queue_id = i.queue_id
              AND fresh.server IS NOT DISTINCT FROM i.server AND i.event_time <= fresh.event_time
            """
        )

    def _remember(self) -> None:
        self.con.execute(
            "INSERT INTO earlier SELECT server, queue_id, event_time, sender, size_bytes, message_id, remote_host, "
            "remote_ip FROM fresh WHERE outcome = 'received'"
        )

    def _keep_ragged(self, part: Slice, file_ids: Mapping[int, str]) -> None:
        for number, _, _ in part.ragged:
            self.tallies[number].rejects += 1
        rows = [
            {"file_id": file_ids[number], "line": ragged.line, "byte_offset": offset, "source": part.format.name,
             "reason": ragged.reason, "text": ragged.text}
            for number, ragged, offset in part.ragged
        ]  # fmt: skip
        if rows:
            self.rejects.append(pa.Table.from_pylist(rows, schema=contracts.REJECTS))

    def _keep_rejects(self, part: Slice, raw: pa.Table, file_ids: Mapping[int, str]) -> None:
        if isinstance(part.format.shape, Records):
            self._keep_rejected_records(part.format.name, file_ids)
            return
        found = self.con.execute(
            f"SELECT file_no, line, reason FROM {_TOLD[part.format.grain]} "
            "WHERE disposition = 'reject' ORDER BY file_no, line"
        ).fetchall()
        rows = [
            {"file_id": file_ids[number], "line": line, "source": part.format.name, "reason": reason,
             **_where(part, raw, number, line)}
            for number, line, reason in found
        ]  # fmt: skip
        if rows:
            self.rejects.append(pa.Table.from_pylist(rows, schema=contracts.REJECTS))

    def _keep_rejected_records(self, source: str, file_ids: Mapping[int, str]) -> None:
        """A record may share its line with others, or reach over many: it is found by its place."""
        found = self.con.execute(
            "SELECT p.file_no, p.line, CAST(p.place AS BIGINT), p.reason, r.text "
            "FROM parsed_rows AS p JOIN raw AS r ON p.file_no = r.file_no AND p.place = r.place "
            "WHERE p.disposition = 'reject' ORDER BY 1, 3"
        ).fetchall()
        rows = [
            {"file_id": file_ids[number], "line": line, "byte_offset": place, "source": source, "reason": reason,
             "text": text[:TEXT_LIMIT]}
            for number, line, place, reason, text in found
        ]  # fmt: skip
        if rows:
            self.rejects.append(pa.Table.from_pylist(rows, schema=contracts.REJECTS))

    def _flush(self, sink: Sink, source: str) -> None:
        """Write one Parquet file for each day that is staged."""
        self.con.execute(f"CREATE OR REPLACE TEMP VIEW staged AS {self.staged_sql}")
        days = self.con.execute(
            f"SELECT CAST(event_time AS DATE), count(*), count(*) FILTER (outcome IN ({FAILING})), min(event_time), "
            "max(event_time) FROM staged GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        for day in days:
            self._own.update(sink(self.con, Day(*day), source))
        self.con.execute("DROP VIEW staged")
        for name in self._parts:
            self.con.execute(f"DROP TABLE {name}")
        self._parts.clear()
        self._staged = 0

    def forget(self) -> None:
        """Leave nothing on the connection but the meaning of replies: the next trial begins as the first."""
        clear(self.con)
        for name in self._parts:
            self.con.execute(f"DROP TABLE {name}")
        self._parts.clear()
        self.con.execute("TRUNCATE seen; TRUNCATE input_files; TRUNCATE earlier")

    def flush_seen(self) -> None:
        """Forget the keys of a finished format: another source never repeats them."""
        self.con.execute("TRUNCATE seen")
        self._loaded.clear()


def _where(part: Slice, raw: pa.Table, number: int, line: int) -> dict[str, object]:
    """Byte offset and text of a row of this slice; a row carried over from the last slice is put together again."""
    for at, block in part.blocks:
        ends = block.first_line + block.data.count(b"\n")
        if at == number and block.first_line <= line <= ends:
            offset, text = row_text(block, line, quoted=not isinstance(part.format.shape, Lines))
            return {"byte_offset": offset, "text": text[:TEXT_LIMIT]}
    mask = pc.and_(pc.equal(raw["file_no"], number), pc.equal(raw["line"], line))
    row = raw.filter(mask).drop_columns(["file_no", "line"]).slice(0, 1).to_pylist()
    cells = [str(value) for value in row[0].values() if value is not None] if row else []
    return {"byte_offset": None, "text": ",".join(cells)[:TEXT_LIMIT]}
