"""The files of one ingest are read format by format, written out day by day, and committed at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from mailtrend import contracts
from mailtrend.errors import MailtrendError
from mailtrend.formats.base import Format
from mailtrend.ingest.context import read_context
from mailtrend.ingest.decoding import whole_text
from mailtrend.ingest.events import COLUMNS, FAILING
from mailtrend.ingest.law import Tally
from mailtrend.ingest.parsing import open_connection
from mailtrend.ingest.plan import Planned, Request
from mailtrend.ingest.replies import Replies
from mailtrend.ingest.slices import Refused, ahead, cut
from mailtrend.ingest.stage import Day, Stage
from mailtrend.ingest.turns import Numbered
from mailtrend.lake import Lake, Writer, WrittenFile

ONE_DAY = timedelta(days=1)
SORTED_WHOLE = 50_000
"""Events of a day up to which they are sorted as a whole."""
CLUSTERED = "ORDER BY outcome, destination, event_time"
PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, WRITE_BLOOM_FILTER false"
"""Version 2 encodings are a tenth smaller and cheaper to write; ids, which one looks for, would get no bloom filter."""


@dataclass(frozen=True)
class FileResult:
    """What became of one file. `already` says that its content was in the lake before."""

    label: str
    source: str
    file_id: str
    tally: Tally
    lines: int
    already: bool = False


class Progress:
    """Told what happens while it happens; this one keeps silent."""

    def found(self, files: int, total_bytes: int) -> None:
        """So much is to be read."""

    def read(self, label: str, size: int) -> None:
        """`size` more decoded bytes of the file `label` were read."""

    def finished(self, result: FileResult) -> None:
        """All of a file is read and counted."""


class Work:
    """The parts of one ingest that share the lake, the writer and the connection."""

    def __init__(self, lake: Lake, writer: Writer, request: Request, progress: Progress) -> None:
        self._lake, self._writer, self._request, self._progress = lake, writer, request, progress
        self._written: list[WrittenFile] = []
        self._rejects: list[pa.Table] = []
        self._contexts: dict[str, list[pa.Table]] = {}

    def read_logs(self, plans: list[Planned], refused: list[MailtrendError]) -> list[FileResult]:
        """Parse all log files, format by format; events are written to day files, not yet committed."""
        if not plans:
            return []
        con = open_connection(str(self._writer.scratch()))
        try:
            stage = Stage(con, self._request.tenant, self._known, self._sink, Replies(con, self._request.book))
            return list(self._through(stage, plans, refused))
        finally:
            con.close()

    def _through(self, stage: Stage, plans: list[Planned], refused: list[MailtrendError]) -> Iterator[FileResult]:
        ids = {number: plan.file_id for number, plan in enumerate(plans)}
        files = (Numbered(number, plan.source, _format(plan)) for number, plan in enumerate(plans))
        on_bytes: Callable[[Numbered, int], None] = lambda file, size: self._progress.read(file.source.label, size)  # noqa: E731
        lines: dict[int, int] = {}
        out: set[int] = set()
        last_format: Format | None = None
        for part in ahead(cut(files, self._request.options, on_bytes)):
            if isinstance(part, Refused):
                refused.append(part.error)
                out.add(part.number)
                continue
            if last_format is not None and part.format is not last_format:
                stage.flush_seen()
            last_format = part.format
            stage.take(part, ids)
            for number, reader in part.finished:
                lines[number] = reader.lines
                stage.tallies.setdefault(number, Tally()).warnings.extend(reader.warnings)
        self._rejects += stage.rejects
        for number, plan in enumerate(plans):
            if number in out:
                continue
            tally = stage.tallies.setdefault(number, Tally())
            tally.check(plan.source.label)
            made = plan.source.modified.replace(tzinfo=None)
            tally.warnings += _format(plan).suspicions(tally.rows, tally.last_event, made)
            result = FileResult(plan.source.label, plan.known.name, plan.file_id, tally, lines.get(number, 0))
            self._progress.finished(result)
            yield result

    def _known(self, source: str, tenant: str, first: datetime, last: datetime) -> list[Path]:
        there = [file.path for file in self._lake.event_files(source=source, tenant=tenant, first=first, last=last)]
        return there + [file.path for file in self._written if file.source == source]

    def _sink(self, con: duckdb.DuckDBPyConnection, day: Day, source: str) -> list[Path]:
        """Write one day, failures together and by destination: what questions ask for lies side by side.

        A big day becomes two files, so that its many delivered rows need not be sorted.
        """
        failing = f"outcome IN ({FAILING})"
        if day.rows <= SORTED_WHOLE or day.failing == day.rows:
            return [self._write(con, day, source, "true", CLUSTERED)]
        halves = [(failing, CLUSTERED)] if day.failing else []
        return [self._write(con, day, source, where, by) for where, by in [*halves, (f"NOT {failing}", "")]]

    def _write(self, con: duckdb.DuckDBPyConnection, day: Day, source: str, where: str, by: str) -> Path:
        path: Path = self._writer.new_event_file(day.day)
        target = str(path).replace("'", "''")
        rows = con.execute(
            f"""
            COPY (
                SELECT {COLUMNS} FROM staged
                WHERE event_time >= TIMESTAMP '{day.day}' AND event_time < TIMESTAMP '{day.day + ONE_DAY}' AND {where}
                {by}
            ) TO '{target}' ({PARQUET})
            """
        ).fetchall()[0][0]
        tenant = self._request.tenant
        self._written.append(WrittenFile(path, day.day, int(rows), source, tenant, day.first, day.last))
        return path

    def read_contexts(self, plans: list[Planned], refused: list[MailtrendError]) -> list[FileResult]:
        """Connectors, domains and changes: small files, read whole."""
        results = []
        for plan in plans:
            name, label = str(plan.known.context), plan.source.label
            try:
                text = whole_text(plan.source, self._request.options.encoding)
                rows = read_context(name, text, tenant=self._request.tenant, file_id=plan.file_id, label=label)
            except MailtrendError as error:
                refused.append(error)
                continue
            self._contexts.setdefault(name, []).append(rows.table)
            self._rejects.append(_context_rejects(plan, rows.rejects))
            tally = Tally(rows=rows.rows, used=rows.table.num_rows, rejects=len(rows.rejects), warnings=rows.warnings)
            tally.check(label)
            result = FileResult(label, name, plan.file_id, tally, text.count("\n") + (not text.endswith("\n")))
            self._progress.finished(result)
            results.append(result)
        return results

    def commit(self, results: Iterable[FileResult], hashes: dict[str, str], now: datetime) -> None:
        """The one atomic point of the ingest."""
        rows = [_files_row(result, hashes[result.file_id], self._request.tenant, now) for result in results]
        rejects = [table for table in self._rejects if table.num_rows]
        contexts = {name: pa.concat_tables(tables) for name, tables in self._contexts.items()}
        self._writer.commit(
            self._written,
            pa.Table.from_pylist(rows, schema=contracts.FILES),
            pa.concat_tables([contracts.REJECTS.empty_table(), *rejects]),
            contexts,
        )


def _format(plan: Planned) -> Format:
    if plan.known.format is None:
        raise RuntimeError(f"{plan.source.label} is no log")
    return plan.known.format


def _context_rejects(plan: Planned, rejects: list[tuple[int, str, str]]) -> pa.Table:
    rows = [
        {"file_id": plan.file_id, "line": line, "source": plan.known.name, "reason": reason, "text": text}
        for line, reason, text in rejects
    ]
    return pa.Table.from_pylist(rows, schema=contracts.REJECTS)


def _files_row(result: FileResult, sha256: str, tenant: str, now: datetime) -> dict[str, object]:
    tally = result.tally
    return {
        "file_id": result.file_id, "path": result.label, "sha256": sha256, "source": result.source, "tenant": tenant,
        "lines": result.lines, "rows": tally.rows, "used": tally.used, "context": tally.context,
        "duplicates": tally.duplicates, "rejects": tally.rejects, "events": tally.events,
        "first_event": tally.first_event, "last_event": tally.last_event, "ingested_at": now.replace(tzinfo=None),
        "warnings": tally.warnings,
    }  # fmt: skip
