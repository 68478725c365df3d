"""Files of one format are cut into slices of bounded size, read ahead in a thread while the last slice is parsed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from queue import Queue

import numpy as np
import pyarrow as pa

from mailtrend.errors import InputError
from mailtrend.formats.base import FileFacts, Format, Options
from mailtrend.formats.neighbours import UndecidedError
from mailtrend.ingest.blocks import Block
from mailtrend.ingest.reading import FileReader, Piece
from mailtrend.ingest.rows import Ragged
from mailtrend.ingest.turns import Folders, Numbered, in_turn

SLICE = 48 << 20
"""Bytes of input parsed at a time."""
MOST_PIECES = 400
"""Pieces of a slice (many small files): keeps the parts of one Arrow table few."""


@dataclass
class Slice:
    """Raw rows of one or more files that share a format and its parameters."""

    format: Format
    params: Mapping[str, str]
    tables: list[pa.Table] = field(default_factory=list)
    blocks: list[tuple[int, Block]] = field(default_factory=list)
    ragged: list[tuple[int, Ragged, int]] = field(default_factory=list)
    """File number, reject, byte offset."""
    rows: dict[int, int] = field(default_factory=dict)
    finished: list[tuple[int, FileReader]] = field(default_factory=list)
    """Files whose last row is in this slice."""
    size: int = 0
    last: bool = False
    """No more rows of this format and these parameters come after it."""

    def add(self, number: int, piece: Piece) -> None:
        """Take in one piece of the file `number`."""
        count = piece.table.num_rows
        self.tables.append(piece.table.append_column("file_no", pa.array(np.full(count, number, dtype=np.int32))))
        self.blocks.append((number, piece.block))
        self.rows[number] = self.rows.get(number, 0) + count + len(piece.rejects)
        self.size += len(piece.block.data)
        if piece.rejects:
            starts = _line_starts(piece.block)
            for reject in piece.rejects:
                self.ragged.append(
                    (number, reject, piece.block.offset + int(starts[reject.line - piece.block.first_line]))
                )

    @property
    def full(self) -> bool:
        """Is it time to parse?"""
        return self.size >= SLICE or len(self.tables) >= MOST_PIECES


def _line_starts(block: Block) -> np.ndarray:
    ends = np.flatnonzero(np.frombuffer(block.data, dtype=np.uint8) == ord("\n"))
    return np.concatenate(([0], ends + 1))


@dataclass(frozen=True)
class Refused:
    """A file that could not be read as what it is."""

    number: int
    error: InputError


def cut(
    files: Iterable[Numbered], options: Options, on_bytes: Callable[[Numbered, int], None]
) -> Iterator[Slice | Refused]:
    """Slices of `files` (which come grouped by format), in order."""
    current: Slice | None = None
    later: list[Numbered] = []
    folders = Folders()
    for file, last_chance in in_turn(files, later):
        reader = FileReader(file.source, file.format, options.encoding)
        try:
            for at, piece in enumerate(reader.pieces()):
                if at == 0:
                    facts = folders.facts(file, options, last_chance=last_chance)
                    params, looked_at = _params(file, piece.table, facts)
                    reader.warnings += file.format.remarks(looked_at, facts)
                    if current and (current.format is not file.format or current.params != params):
                        current.last = True
                        yield current
                        current = None
                current = current or Slice(file.format, params)
                current.add(file.number, piece)
                on_bytes(file, len(piece.block.data))
                if current.full:
                    yield current
                    current = Slice(file.format, params)
        except InputError as error:
            if isinstance(error, UndecidedError) and not last_chance:
                later.append(file)
            else:
                yield Refused(file.number, error)
            continue
        reader.warnings += folders.remarks(file)
        if current is None:
            current = Slice(file.format, {})
        current.finished.append((file.number, reader))
    if current:
        current.last = True
        yield current


def _params(file: Numbered, rows: pa.Table, facts: FileFacts) -> tuple[Mapping[str, str], pa.Table]:
    """What the format needs to know of this file, and the rows that told it: its first block, else from all over it."""
    try:
        return file.format.prepare(rows, facts), rows
    except InputError:
        again = FileReader(file.source, file.format, facts.options.encoding)
        sample = again.sample(again.pieces())
        return file.format.prepare(sample, facts), sample


def ahead(slices: Iterator[Slice | Refused]) -> Iterator[Slice | Refused]:
    """The same, with the next slice being read while the caller works on this one; never more than these two."""
    queue: Queue[Slice | Refused | BaseException | None] = Queue()
    wanted = threading.Semaphore(1)
    stop = threading.Event()

    def read() -> None:
        try:
            while wanted.acquire() and not stop.is_set() and (item := next(slices, None)) is not None:
                queue.put(item)
            queue.put(None)
        except BaseException as error:  # handed to the caller's thread, which raises it
            queue.put(error)

    thread = threading.Thread(target=read, name="mailtrend-reader", daemon=True)
    thread.start()
    try:
        while (item := queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            wanted.release()
            yield item
    finally:
        stop.set()
        wanted.release()
        thread.join()
