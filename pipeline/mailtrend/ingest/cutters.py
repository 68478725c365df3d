"""How each shape of file is cut into rows: a CSV with a header, an Exchange log with `#Fields`, plain lines."""

from __future__ import annotations

import re
from typing import Protocol

import pyarrow.compute as pc

from mailtrend.formats.base import FieldsLog, Lines, Table
from mailtrend.ingest.blocks import Block
from mailtrend.ingest.parts import joined
from mailtrend.ingest.rows import Parsed, parse_csv, parse_lines
from mailtrend.ingest.tables import TableCutter


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


class LinesCutter:
    """Free text, one row a line."""

    columns: tuple[str, ...] = ("text",)

    def cut(self, block: Block) -> Parsed:
        """One row a line."""
        return parse_lines(block)


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
        return joined(parts, self.columns)

    def _named(self, header: str) -> list[str]:
        names = [name.strip().lower().replace("-", "_") for name in header.split(":", 1)[1].split(",")]
        return [name if name in self.columns else f"_{at}" for at, name in enumerate(names)]
