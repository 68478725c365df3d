"""How each shape of file is cut into rows: a CSV with a header, an Exchange log with `#Fields`, plain lines."""

from __future__ import annotations

import csv
import io
import re
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.errors import InputError
from mailtrend.formats.base import FieldsLog, Lines, Table
from mailtrend.ingest.blocks import Block
from mailtrend.ingest.rows import Parsed, parse_csv, parse_lines

DELIMITERS = ",;\t"


class Cutter(Protocol):
    """Cuts the blocks of one file, in order."""

    columns: tuple[str, ...]
    """Names of the columns that the format's SQL reads."""

    def cut(self, block: Block) -> Parsed:
        """Rows of one block. Raises InputError where the header does not fit the format."""


def cutter_of(shape: Table | FieldsLog | Lines, label: str) -> Cutter:
    """A cutter for one file of this shape."""
    if isinstance(shape, Table):
        return TableCutter(label, shape)
    if isinstance(shape, FieldsLog):
        return FieldsCutter(label, shape)
    return LinesCutter()


def complete(table: pa.Table, columns: tuple[str, ...]) -> pa.Table:
    """`table` with every column of the format, in its order; a column the file lacks is NULL."""
    nothing = pa.nulls(table.num_rows, pa.string())
    arrays = [table[name] if name in table.column_names else nothing for name in columns]
    return pa.table([*arrays, table["line"]], names=[*columns, "line"])


class LinesCutter:
    """Free text, one row a line."""

    columns: tuple[str, ...] = ("text",)

    def cut(self, block: Block) -> Parsed:
        """One row a line."""
        return parse_lines(block)


class TableCutter:
    """A CSV with a header, read once from the first block."""

    def __init__(self, label: str, shape: Table) -> None:
        self.columns = shape.columns
        self._label, self._shape = label, shape
        self._names: list[str] = []
        self._delimiter = ","

    def cut(self, block: Block) -> Parsed:
        """The block's records; the first block begins with the header."""
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


class FieldsCutter:
    """An Exchange log: `#` lines are headers wherever they stand; `#Fields` may change the columns on the way."""

    def __init__(self, label: str, shape: FieldsLog) -> None:
        self.columns = shape.columns
        self._label = label
        self._names = list(shape.columns)

    def cut(self, block: Block) -> Parsed:
        """Rows of the block, cut by the columns that hold there."""
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
        tables = [complete(part.table, self.columns) for part in parts]
        empty = pa.table(
            {name: pa.array([], pa.string()) for name in self.columns} | {"line": pa.array([], pa.int64())}
        )
        return Parsed(pa.concat_tables([empty, *tables]), [reject for part in parts for reject in part.rejects])

    def _named(self, header: str) -> list[str]:
        names = [name.strip().lower().replace("-", "_") for name in header.split(":", 1)[1].split(",")]
        return [name if name in self.columns else f"_{at}" for at, name in enumerate(names)]
