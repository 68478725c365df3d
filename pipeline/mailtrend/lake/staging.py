"""Write-ahead: what goes into the small tables is staged before the commit and carried over after it, exactly once.

    event files written → tables staged → staged.json → ONE Delta commit of `events` → tables applied → staging removed

A process may die anywhere on this line. Before the commit nothing has happened, and what lies about is removed;
after it everything has happened, and what is still staged is applied. Each table's own log remembers the ingest it
took in, so that applying again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa

from mailtrend.errors import LakeError
from mailtrend.lake import disk, tables

FOLDER: Final = "_staging"
MANIFEST: Final = "staged.json"
APPENDED: Final = ("files", "rejects")
"""Tables that grow; the others are small, staged whole and written whole."""
MANY_FILES: Final = 32
SMALL: Final = 16 * 2**20
"""A growing table of many files is rewritten as one while it is smaller than this many bytes."""


def folder(root: Path, ingest_id: str) -> Path:
    """Where one ingest keeps what is not committed yet; its being there says that an ingest is under way."""
    return root / FOLDER / ingest_id


def pending(root: Path) -> list[str]:
    """The ids of ingests that are under way, or were interrupted."""
    home = root / FOLDER
    return sorted(entry.name for entry in home.iterdir() if entry.is_dir()) if home.is_dir() else []


def begin(root: Path, ingest_id: str) -> None:
    """Say that an ingest is under way, before its first file: were it to die, the next writer would tidy up."""
    folder(root, ingest_id).mkdir(parents=True, exist_ok=True)


def stage(root: Path, ingest_id: str, rows: Mapping[str, pa.Table]) -> None:
    """Put each table's rows on disk, the manifest last: what it lists is complete."""
    import pyarrow.parquet as pq

    begin(root, ingest_id)
    home = folder(root, ingest_id)
    for name, table in rows.items():
        pq.write_table(table, home / f"{name}.parquet", compression="zstd")
        disk.make_durable(home / f"{name}.parquet")
    disk.write_text(home / MANIFEST, json.dumps({"tables": list(rows)}) + "\n")


def committed(root: Path, ingest_id: str) -> bool:
    """Does the log of `events` hold this ingest?"""
    return tables.transaction(root, "events", ingest_id) is not None


def apply(root: Path, ingest_id: str) -> None:
    """Carry over what a committed ingest has staged; a table that took it in before is left alone."""
    manifest = folder(root, ingest_id) / MANIFEST
    if not manifest.exists():
        return  # Staging comes before the commit, so somebody has applied it and begun to clear up.
    for name in json.loads(manifest.read_text(encoding="utf-8"))["tables"]:
        if tables.transaction(root, name, ingest_id) is None:
            _take_in(root, name, ingest_id)


def clear(root: Path, ingest_id: str) -> None:
    """Remove the staging folder of an ingest that was applied or undone; a part of it does no harm."""
    disk.remove_folder(folder(root, ingest_id))


def recover(root: Path) -> list[str]:
    """Finish or undo what interrupted ingests left; the caller holds the lock. Gives a sentence for each thing done."""
    done = []
    left = pending(root)
    for ingest_id in left:
        if committed(root, ingest_id):
            apply(root, ingest_id)
            done.append(f"finished an interrupted ingest ({ingest_id[:8]}): its events were committed already")
    if left:
        done += sweep(root)
    for ingest_id in left:  # Last, so that a death in here leads back to here.
        clear(root, ingest_id)
    return done


def sweep(root: Path) -> list[str]:
    """Remove files that no commit ever named; says how many. The caller holds the lock."""
    orphans = [path for name in tables.TABLES for path in tables.untracked(root, name)]
    for path in orphans:
        disk.remove_file(path)
    for home in {path.parent for path in orphans if path.parent.parent != root}:
        if not any(home.iterdir()):
            home.rmdir()
    count = "1 file" if len(orphans) == 1 else f"{len(orphans)} files"
    return [f"removed what an interrupted ingest wrote and never committed ({count})"] if orphans else []


def _take_in(root: Path, name: str, ingest_id: str) -> None:
    import pyarrow.parquet as pq

    path = folder(root, ingest_id) / f"{name}.parquet"
    try:
        with pq.ParquetFile(path) as staged:  # Closed at once: Windows would not let it be removed.
            rows = staged.read().cast(tables.SCHEMAS[name])
    except (OSError, pa.ArrowException) as error:
        raise LakeError(
            f"an interrupted ingest cannot be finished ({error})",
            where=str(path),
            mend="restore the lake from a copy, or ingest the files again into a new lake with --lake DIR",
        ) from error
    whole = name not in APPENDED
    if not whole and _is_scattered(root, name):
        rows, whole = pa.concat_tables([tables.read(root, name), rows]), True
    tables.write(root, name, rows, overwrite=whole, mark=ingest_id)


def _is_scattered(root: Path, name: str) -> bool:
    found = tables.named(root, name)
    return len(found) >= MANY_FILES and sum(file.size for file in found) < SMALL
