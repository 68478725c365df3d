"""The one who may write: hands out event files, and makes them and their ledger part of the lake in one step."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.lake import disk, events, ledger, staging, tables
from mailtrend.lake.records import WrittenFile

COMPUTED_AT: Final = "computed_at"
"""Mark in the log of `incidents` and their like: the version of the lake they were computed at."""
COMPUTED_WITH: Final = "computed_with"
"""Mark in the log of `incidents`: a digest of the user's rules that they were computed with."""


class Writer:
    """Made by `Lake.writing()`, and alone while that holds the lock."""

    def __init__(self, root: Path, recovered: Sequence[str]) -> None:
        """Be ready for a first ingest into the lake at `root`."""
        self._root = root
        self.recovered = tuple(recovered)
        """What was finished or undone of an interrupted ingest on entry, a sentence each."""
        self._scratch: list[Path] = []
        self._begin()

    def _begin(self) -> None:
        self._id = uuid.uuid4().hex
        self._handed: list[Path] = []
        self._committing: set[Path] = set()

    def new_event_file(self, day: date) -> Path:
        """Where to write one Parquet file with events of this UTC day, columns as `contracts.EVENTS`.

        The folder exists, the file does not. It becomes part of the lake through `commit`; otherwise it is removed.
        """
        staging.begin(self._root, self._id)
        home = events.folder(self._root, day)
        home.mkdir(parents=True, exist_ok=True)
        path = home / f"{self._id}-{len(self._handed):04d}.parquet"
        self._handed.append(path)
        return path

    def commit(
        self,
        written: Sequence[WrittenFile],
        files: pa.Table,
        rejects: pa.Table,
        context: Mapping[str, pa.Table],
    ) -> int:
        """Make all of this part of the lake in one step, and return the lake's version after it.

        `written` names closed files from `new_event_file`; `files`, `rejects` and `context` (connectors,
        accepted_domains, changes) are rows of their contracts. The first telling of a file counts: what stems from a
        file_id the lake holds is left out of every table, and where all files are such, so are their events. Of a
        connector, accepted domain or change the newest counts. Where nothing is new, nothing is committed and the
        version stays. May be called again, for a next ingest.

        Raises LakeError when the disk refuses, RuntimeError when what is handed over does not fit together: a bug.
        """
        added = ledger.additions(self._root, files, rejects, context)
        if files.num_rows and "files" not in added:
            written = ()
        self._check(written, added)
        if written or added:
            staging.stage(self._root, self._id, added)
            self._committing = {file.path for file in written}
            events.commit(self._root, written, self._id)
        self.close()
        return tables.version(self._root, "events")

    def replace(
        self, name: str, rows: pa.Table, computed_at: int | None = None, computed_with: int | None = None
    ) -> None:
        """Put `rows` in the place of all rows of any table but events, files and rejects.

        Those of `tables.COMPUTED` (incidents and their like) are computed from the lake and leave its version as it
        is; `computed_at` is the version they were computed at, the present one unless told, `computed_with` a digest
        of the user's rules. Of the others (connectors, accepted_domains, changes), what differs is data: it gives a
        new version.
        Raises RuntimeError for `files` and `rejects`: only a commit may write those.
        """
        if name in staging.APPENDED:
            raise RuntimeError(f"'{name}' is written by a commit alone")
        fitting = ledger.conform(name, rows)
        if name in tables.COMPUTED:
            staging.begin(self._root, self._id)
            number = tables.version(self._root, "events") if computed_at is None else computed_at
            also = {} if computed_with is None else {COMPUTED_WITH: computed_with}
            tables.write(self._root, name, fitting, overwrite=True, mark=COMPUTED_AT, number=number, also=also)
        elif not tables.ordered(name, fitting).equals(tables.read(self._root, name)):
            staging.stage(self._root, self._id, {name: fitting})
            events.commit(self._root, (), self._id)
        self.close()

    def scratch(self) -> Path:
        """A new empty folder on the lake's own disk, for what does not fit into memory.

        It is removed when the writer leaves, or by the next writer if this one dies.
        """
        folder = staging.folder(self._root, uuid.uuid4().hex)
        folder.mkdir(parents=True)
        self._scratch.append(folder)
        return folder

    def leave(self) -> None:
        """Close, and remove the scratch folders."""
        self.close()
        for folder in self._scratch:
            disk.remove_folder(folder)

    def close(self) -> None:
        """Finish what was committed, remove what was begun and not committed."""
        if staging.folder(self._root, self._id).is_dir():
            committed = staging.committed(self._root, self._id)
            if committed:
                staging.apply(self._root, self._id)
            for path in set(self._handed) - (self._committing if committed else set()):
                disk.remove_file(path)
            staging.clear(self._root, self._id)
        self._begin()

    def _check(self, written: Sequence[WrittenFile], added: Mapping[str, pa.Table]) -> None:
        """Refuse what cannot be right before it is part of the lake: afterwards nobody can take it apart."""
        strangers = {file.path for file in written}.difference(self._handed)
        if strangers:
            raise RuntimeError(f"event files that this writer did not hand out: {sorted(map(str, strangers))}")
        held = sum(file.rows for file in written)
        counted = pc.sum(added["files"]["events"], min_count=0).as_py() if "files" in added else 0
        if counted != held:
            raise RuntimeError(f"files new to the lake count {counted} events, the event files hold {held}")
        if written:
            events.check_schema(written[0].path)


@contextmanager
def writing(root: Path, timeout: float) -> Iterator[Writer]:
    """The body of `Lake.writing`."""
    with disk.locked(root, timeout):
        writer = Writer(root, staging.recover(root))
        try:
            yield writer
        finally:
            writer.leave()
