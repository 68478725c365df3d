"""Paths in, lake out: one ingest from the first look at the files to the commit."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailtrend.errors import MailtrendError
from mailtrend.ingest.law import Tally
from mailtrend.ingest.plan import Planned, Request, plan_files, without_twins
from mailtrend.ingest.work import FileResult, Progress, Work
from mailtrend.lake import Lake, Writer


@dataclass(frozen=True)
class IngestResult:
    """What became of the whole request: files read, and files refused with their reason."""

    files: tuple[FileResult, ...]
    refused: tuple[MailtrendError, ...]
    recovered: tuple[str, ...]
    """What an interrupted ingest had left, and what became of it."""
    version: int

    @property
    def rejects(self) -> int:
        """Rows that could not be read, over all files."""
        return sum(result.tally.rejects for result in self.files)


def ingest(root: Path, request: Request, now: datetime, progress: Progress | None = None) -> IngestResult:
    """Read `request.paths` into the lake at `root` with one atomic commit; what is there already is not added again.

    The lake is made where there is none and something can be read. Files that cannot be read are in `refused`.
    Raises LakeError where another writer holds the lake.
    """
    refused: list[MailtrendError] = []
    with tempfile.TemporaryDirectory(prefix="mailtrend-", ignore_cleanup_errors=True) as scratch:
        planned = list(plan_files(request, Path(scratch), refused))
        if not planned:
            return IngestResult((), tuple(refused), (), 0)
        lake = Lake.create(root)
        with lake.writing() as writer:
            files = _read(lake, writer, request, planned, now, progress or Progress(), refused)
            return IngestResult(tuple(files), tuple(refused), writer.recovered, lake.version)


def _read(
    lake: Lake, writer: Writer, request: Request, planned: list[Planned], now: datetime,
    progress: Progress, refused: list[MailtrendError],
) -> list[FileResult]:  # fmt: skip
    ledger = {row["file_id"]: row for row in lake.table("files").to_pylist()}
    done = [_already(plan, ledger[plan.file_id]) for plan in planned if plan.file_id in ledger]
    fresh, twins = without_twins([plan for plan in planned if plan.file_id not in ledger])
    progress.found(len(fresh), sum(plan.source.size for plan in fresh))
    work = Work(lake, writer, request, progress)
    read = work.read_logs([plan for plan in fresh if plan.known.format], refused)
    read += work.read_contexts([plan for plan in fresh if plan.known.context], refused)
    by_id = {result.file_id: result for result in read}
    done += [_already(plan, _ledger_row(by_id[plan.file_id])) for plan in twins if plan.file_id in by_id]
    if read:
        work.commit(read, {plan.file_id: plan.sha256 for plan in fresh}, now)
    return [*read, *done]


def _already(plan: Planned, row: dict[str, object]) -> FileResult:
    rows = int(str(row["rows"]))
    rejects = int(str(row["rejects"]))
    context = int(str(row["context"]))
    tally = Tally(rows=rows, context=context, duplicates=rows - rejects - context, rejects=rejects)
    return FileResult(plan.source.label, plan.known.name, plan.file_id, tally, int(str(row["lines"])), already=True)


def _ledger_row(result: FileResult) -> dict[str, object]:
    tally = result.tally
    return {"rows": tally.rows, "rejects": tally.rejects, "context": tally.context, "lines": result.lines}
