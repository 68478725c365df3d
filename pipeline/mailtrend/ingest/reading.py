"""One file of a known format becomes a stream of pieces: Arrow tables of raw rows, with what had to be rejected."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

import numpy as np
import pyarrow as pa

from mailtrend.formats.base import FieldsLog, Format, Lines, Records, Table
from mailtrend.ingest.blocks import BLOCK, Block, blocks
from mailtrend.ingest.cutters import Cutter, cutter_of
from mailtrend.ingest.decoding import LOOK, Decoded, encoding_of
from mailtrend.ingest.json_records import Pages, json_pieces
from mailtrend.ingest.opening import Input
from mailtrend.ingest.parts import complete
from mailtrend.ingest.rows import Ragged

PROBE = 64 << 10
PROBES = 16
"""A file whose first block leaves something open is looked at in so many places, so many bytes each."""
ROWS = 200
"""Rows from the beginning and end of each block, where a file has to be read through for that."""


@dataclass(frozen=True)
class Piece:
    """Rows of one block. `table` holds the format's columns (all text, missing ones NULL) and `line`."""

    table: pa.Table
    rejects: list[Ragged]
    block: Block


@dataclass
class FileReader:
    """Reads one file; after the last piece it knows its physical lines and what had to be mended."""

    source: Input
    format: Format
    encoding: str | None = None
    """As the user said; None where the bytes tell."""
    lines: int = field(init=False, default=0)
    warnings: list[str] = field(init=False, default_factory=list)

    def pieces(self, size: int = BLOCK) -> Iterator[Piece]:
        """The file's rows, in order. Raises InputError where the header does not fit the format."""
        with self.source.open() as stream:
            decoded = Decoded(stream, self.encoding)
            for piece in self._cut(decoded, size):
                self.lines = piece.block.first_line - 1 + piece.block.lines
                yield piece
            if decoded.ended_early:
                self.warnings.append(f"the packed file breaks off early ({decoded.ended_early}); read up to there")
            if decoded.remark:
                self.warnings.append(decoded.remark)

    def _cut(self, decoded: Decoded, size: int) -> Iterator[Piece]:
        shape = self.format.shape
        if isinstance(shape, Records):
            pages = Pages()
            for block, parsed in json_pieces(decoded, pages, size):
                yield Piece(parsed.table, parsed.rejects, block)
            self.warnings += [pages.remark] if pages.remark else []
            return
        cutter = cutter_of(shape, self.source.label)
        for block in blocks(decoded, quoted=not isinstance(shape, Lines), size=size):
            parsed = cutter.cut(block)
            yield Piece(complete(parsed.table, cutter.columns), parsed.rejects, block)

    def sample(self, pieces: Iterable[Piece]) -> pa.Table:
        """Rows from all over the file, in its order: what tells dates apart that the first block leaves open.

        A plain file is looked at in `PROBES` places; one that is packed or of another encoding has to be read through.
        """
        shape = self.format.shape
        if self.source.member is None and not self.encoding and isinstance(shape, Table | FieldsLog):
            with self.source.open() as stream:
                plain = isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO)
                if plain and encoding_of(stream.read(LOOK)) == "utf-8":
                    return self._probed(stream, cutter_of(shape, self.source.label))
        parts = [part for piece in pieces for part in (piece.table.slice(0, ROWS), piece.table.slice(ROWS)[-ROWS:])]
        return pa.concat_tables(parts)

    def _probed(self, stream: IO[bytes], cutter: Cutter) -> pa.Table:
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        parts = [complete(cutter.cut(_whole_lines(stream.read(PROBE), first=True)).table, cutter.columns)]
        for place in range(1, PROBES + 1):
            stream.seek(max(0, size * place // PROBES - PROBE))
            parts.append(complete(cutter.cut(_whole_lines(stream.read(PROBE), first=False)).table, cutter.columns))
        return pa.concat_tables(parts)


def _whole_lines(data: bytes, *, first: bool) -> Block:
    """A probe without the lines that it cuts through; a broken quote in it costs rows of the sample and no more."""
    start = 0 if first else data.find(b"\n") + 1
    text = data[start : data.rfind(b"\n") + 1].decode("utf-8", errors="replace").removeprefix("\ufeff")
    return Block(text.encode("utf-8"), 1, 0, suspect=True)


def row_text(block: Block, line: int, *, quoted: bool) -> tuple[int, str]:
    """Byte offset (in the decoded file) and text of the row that begins at physical `line` of `block`."""
    ends = np.flatnonzero(np.frombuffer(block.data, dtype=np.uint8) == ord("\n"))
    index = line - block.first_line
    start = 0 if index == 0 else int(ends[index - 1]) + 1
    at, stop = index, len(block.data)
    while at < len(ends):
        stop = int(ends[at])
        if not quoted or block.data.count(b'"', start, stop) % 2 == 0:
            break
        at += 1
    return block.offset + start, block.data[start:stop].decode("utf-8").rstrip("\r\n")
