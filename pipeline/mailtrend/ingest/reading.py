"""One file of a known format becomes a stream of pieces: Arrow tables of raw rows, with what had to be rejected."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.errors import InputError
from mailtrend.formats.base import FieldsLog, Format, Lines, Table
from mailtrend.ingest.blocks import BLOCK, Block, blocks
from mailtrend.ingest.decoding import LOOK, Decoded, encoding_of
from mailtrend.ingest.opening import Input
from mailtrend.ingest.rows import Parsed, Ragged, parse_csv, parse_lines

FIELDS = re.compile(r"^#Fields:\s*(.+)$", re.MULTILINE | re.IGNORECASE)
DELIMITERS = ",;\t"
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
    lines: int = field(init=False, default=0)
    warnings: list[str] = field(init=False, default_factory=list)

    def pieces(self, size: int = BLOCK) -> Iterator[Piece]:
        """The file's rows, in order. Raises InputError where the header does not fit the format."""
        with self.source.open() as stream:
            decoded = Decoded(stream)
            cutter = self._cutter()
            for block in blocks(decoded, quoted=not isinstance(self.format.shape, Lines), size=size):
                parsed = cutter.cut(block)
                self.lines = block.first_line - 1 + block.lines
                yield Piece(_complete(parsed.table, cutter.columns), parsed.rejects, block)
            if decoded.ended_early:
                self.warnings.append(f"the packed file breaks off early ({decoded.ended_early}); read up to there")
            if decoded.broken_lines:
                self.warnings.append(f"{decoded.broken_lines:,} lines are not UTF-8 and were read as Windows-1252")

    def sample(self, pieces: Iterable[Piece]) -> pa.Table:
        """Rows from all over the file, in its order: what tells dates apart that the first block leaves open.

        A plain file is looked at in `PROBES` places; one that is packed or of another encoding has to be read through.
        """
        if self.source.member is None and not isinstance(self.format.shape, Lines):
            with self.source.open() as stream:
                plain = isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO)
                if plain and encoding_of(stream.read(LOOK)) == "utf-8":
                    return self._probed(stream)
        parts = [part for piece in pieces for part in (piece.table.slice(0, ROWS), piece.table.slice(ROWS)[-ROWS:])]
        return pa.concat_tables(parts)

    def _probed(self, stream: IO[bytes]) -> pa.Table:
        size = stream.seek(0, io.SEEK_END)
        cutter = self._cutter()
        stream.seek(0)
        parts = [_complete(cutter.cut(_whole_lines(stream.read(PROBE), first=True)).table, cutter.columns)]
        for place in range(1, PROBES + 1):
            stream.seek(max(0, size * place // PROBES - PROBE))
            parts.append(_complete(cutter.cut(_whole_lines(stream.read(PROBE), first=False)).table, cutter.columns))
        return pa.concat_tables(parts)

    def _cutter(self) -> _LinesCutter | _TableCutter | _FieldsCutter:
        shape = self.format.shape
        if isinstance(shape, Table):
            return _TableCutter(self.source.label, shape)
        if isinstance(shape, FieldsLog):
            return _FieldsCutter(self.source.label, shape)
        return _LinesCutter()


def _whole_lines(data: bytes, *, first: bool) -> Block:
    """A probe without the lines that it cuts through; a broken quote in it costs rows of the sample and no more."""
    start = 0 if first else data.find(b"\n") + 1
    text = data[start : data.rfind(b"\n") + 1].decode("utf-8", errors="replace").removeprefix("\ufeff")
    return Block(text.encode("utf-8"), 1, 0, suspect=True)


def _complete(table: pa.Table, columns: tuple[str, ...]) -> pa.Table:
    """`table` with every column of the format, in its order; a column the file lacks is NULL."""
    nothing = pa.nulls(table.num_rows, pa.string())
    arrays = [table[name] if name in table.column_names else nothing for name in columns]
    return pa.table([*arrays, table["line"]], names=[*columns, "line"])


class _LinesCutter:
    """Free text, one row a line."""

    columns: tuple[str, ...] = ("text",)

    def cut(self, block: Block) -> Parsed:
        return parse_lines(block)


class _TableCutter:
    """A CSV with a header, read once from the first block."""

    def __init__(self, label: str, shape: Table) -> None:
        self.columns = shape.columns
        self._label, self._shape = label, shape
        self._names: list[str] = []
        self._delimiter = ","

    def cut(self, block: Block) -> Parsed:
        if not self._names:
            block = self._after_header(block)
        wanted = [name for name in self._names if name in self.columns]
        return parse_csv(block, self._names, wanted, self._delimiter)

    def _after_header(self, block: Block) -> Block:
        skipped, lines = 0, 0
        while True:
            end = block.data.find(b"\n", skipped) + 1 or len(block.data)
            line = block.data[skipped:end].decode("utf-8").strip()
            skipped, lines = end, lines + 1
            if (line and not line.startswith("#TYPE")) or skipped >= len(block.data):
                break
        self._delimiter = max(DELIMITERS, key=line.count)
        self._names = self._named(next(csv.reader(io.StringIO(line), delimiter=self._delimiter), []))
        rest = block.data[skipped:]
        return Block(
            rest, block.first_line + lines, block.offset + skipped, block.suspect and rest.count(b'"') % 2 == 1
        )

    def _named(self, header: list[str]) -> list[str]:
        names: list[str] = []
        for at, cell in enumerate(header):
            name = self._shape.aliases.get(cell.strip().strip('"').lower(), "")
            names.append(name if name in self.columns and name not in names else f"_{at}")
        missing = [name for name in self._shape.required if name not in names]
        if missing:
            have = ", ".join(cell.strip() for cell in header[:8])
            raise InputError(
                f"has no column {', '.join(missing)} (its columns: {have})", where=f"{self._label}:1",
                mend="export it again with all columns, or leave it out",
            )  # fmt: skip
        return names


class _FieldsCutter:
    """An Exchange log: `#` lines are headers wherever they stand; `#Fields` may change the columns on the way."""

    def __init__(self, label: str, shape: FieldsLog) -> None:
        self.columns = shape.columns
        self._label = label
        self._names = list(shape.columns)

    def cut(self, block: Block) -> Parsed:
        if b"#" in block.data and b"#Fields" in block.data:  # the first look is much the faster, and mostly enough
            return self._cut_at_headers(block)
        return self._rows(block)

    def _rows(self, block: Block) -> Parsed:
        parsed = parse_csv(block, self._names, [name for name in self._names if name in self.columns], ",")
        table = parsed.table
        if b"#" in block.data and table.num_rows:
            table = table.filter(pc.invert(pc.starts_with(table[0], "#")))
        return Parsed(table, [reject for reject in parsed.rejects if not reject.text.startswith("#")])

    def _cut_at_headers(self, block: Block) -> Parsed:
        """Each stretch below a `#Fields` line is parsed with the columns that it names."""
        parts: list[Parsed] = []
        at, line = 0, block.first_line
        text = block.data
        starts = [found.start() for found in re.finditer(rb"^#Fields:[^\n]*\n?", text, re.MULTILINE)]
        for stop in [*starts, len(text)]:
            stretch = text[at:stop]
            if stretch:
                parts.append(self._rows(Block(stretch, line, block.offset + at, stretch.count(b'"') % 2 == 1)))
            line += stretch.count(b"\n")
            if stop < len(text):
                end = text.find(b"\n", stop) + 1 or len(text)
                self._names = self._named(text[stop:end].decode("utf-8"))
                line += text.count(b"\n", stop, end)
                at = end
        tables = [_complete(part.table, self.columns) for part in parts]
        empty = pa.table(
            {name: pa.array([], pa.string()) for name in self.columns} | {"line": pa.array([], pa.int64())}
        )
        return Parsed(pa.concat_tables([empty, *tables]), [reject for part in parts for reject in part.rejects])

    def _named(self, header: str) -> list[str]:
        names = [name.strip().lower().replace("-", "_") for name in header.split(":", 1)[1].split(",")]
        return [name if name in self.columns else f"_{at}" for at, name in enumerate(names)]


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
