"""Is the lake whole? Every file its logs name is there and sound, nothing else lies about, and the ledger adds up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.errors import LakeError
from mailtrend.lake import staging, tables


def problems(root: Path) -> list[str]:
    """One sentence for each thing that is wrong, each beginning with where; an empty list is a whole lake."""
    found = [problem for name in tables.TABLES for problem in _table(root, name)]
    left = staging.pending(root)
    found += [
        f"{staging.FOLDER}/{name}: left by an interrupted ingest; the next writer finishes or undoes it"
        for name in left
    ]
    if not found:  # A ledger that lacks a file cannot add up: that has been said above.
        found += _ledger(root)
    return found


def _table(root: Path, name: str) -> Iterator[str]:
    try:
        named = tables.named(root, name)
        orphans = tables.untracked(root, name)
    except LakeError as error:
        yield f"{name}: {error.what}"
        return
    for file in named:
        problem = _file(file)
        if problem:
            yield f"{file.path.relative_to(root).as_posix()}: {problem}"
    for path in orphans:
        yield f"{path.relative_to(root).as_posix()}: no commit names this file"


def _file(file: tables.Named) -> str:
    import pyarrow.parquet as pq

    try:
        size = file.path.stat().st_size
        if size != file.size:
            return f"{size} bytes long, {file.size} when it was committed"
        rows = pq.read_metadata(file.path).num_rows
    except FileNotFoundError:
        return "missing, though the log names it"
    except (OSError, pa.ArrowException) as error:
        return f"cannot be read as Parquet ({error})"
    return "" if rows == file.rows else f"holds {rows} rows, {file.rows} when it was committed"


def _ledger(root: Path) -> Iterator[str]:
    files = tables.read(root, "files")
    counted = pc.sum(files["events"], min_count=0).as_py()
    held = sum(file.rows for file in tables.named(root, "events"))
    if counted != held:
        yield f"files: counts {counted} events, but the table 'events' holds {held}"
    twice = files.num_rows - pc.count_distinct(files["file_id"]).as_py()
    if twice:
        yield f"files: {twice} rows repeat a file_id"
    sums = pc.add(pc.add(files["used"], files["context"]), pc.add(files["duplicates"], files["rejects"]))
    for file_id in files.filter(pc.not_equal(sums, files["rows"]))["file_id"].to_pylist():
        yield f"files: of file {file_id}, used + context + duplicates + rejects is not its number of rows"
