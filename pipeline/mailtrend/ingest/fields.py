"""An Exchange log is cut into rows: `#Fields` names the columns, or a header line, or the number of its cells does."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import Final

import pyarrow.compute as pc

from mailtrend.formats.base import FieldsLog
from mailtrend.ingest.blocks import Block
from mailtrend.ingest.parts import joined, stretches, without_marks
from mailtrend.ingest.rows import Parsed, parse_csv

HEADER: Final = re.compile(rb'^(?:#Fields:|"?date-time"?,)[^\n]*\n?', re.MULTILINE)
"""A log that went through a spreadsheet or Import-Csv has its column names in a line without `#Fields:`."""
LOOK: Final = 256 << 10
"""Bytes of a stretch without a header that are looked at for the number of cells."""
FIRST_ROWS: Final = 20
"""Of these the first that has a known number of cells decides: the very first may be cut or damaged."""


class FieldsCutter:
    """An Exchange log: `#` lines are headers wherever they stand; `#Fields` may change the columns on the way."""

    def __init__(self, label: str, shape: FieldsLog) -> None:
        self.columns = shape.columns
        self._label, self._shape = label, shape
        self._names = list(shape.columns)
        self._named = False

    def cut(self, block: Block) -> Parsed:
        """Rows of the block, cut by the columns that hold there."""
        block = without_marks(block)
        # The first looks are much the faster, and mostly enough.
        if (b"#" in block.data and b"#Fields" in block.data) or b"date-time" in block.data:
            return self._cut_at_headers(block)
        return self._rows(block)

    def _rows(self, block: Block) -> Parsed:
        if not self._named and self._shape.widths:
            self._name_by_width(block.data)
        parsed = parse_csv(block, self._names, [name for name in self._names if name in self.columns], ",")
        table = parsed.table
        if b"#" in block.data and table.num_rows:
            table = table.filter(pc.invert(pc.starts_with(table[0], "#")))
        return Parsed(table, [reject for reject in parsed.rejects if not reject.text.startswith("#")])

    def _cut_at_headers(self, block: Block) -> Parsed:
        """Each stretch below a header is parsed with the columns that it names."""
        parts: list[Parsed] = []
        for part in stretches(block, [found.span() for found in HEADER.finditer(block.data)]):
            if isinstance(part, Block):
                parts.append(self._rows(part))
            else:
                self._name(part.removeprefix("#Fields:").split(","))
        return joined(parts, self.columns)

    def _name(self, header: list[str]) -> None:
        names = [name.strip().strip('"').lower().replace("-", "_") for name in header]
        self._names = self._readable(names)
        self._named = True

    def _readable(self, names: list[str]) -> list[str]:
        """The columns that are read under their names, each once, all others under numbers."""
        return [name if name in self.columns and name not in names[:at] else f"_{at}" for at, name in enumerate(names)]

    def _name_by_width(self, data: bytes) -> None:
        """Columns of a stretch without a header: the number of its cells tells which version wrote it."""
        start = data[:LOOK].decode("utf-8", errors="replace")
        lines = [line for line in start.split("\n") if line.strip() and not line.startswith("#")]
        reader = csv.reader(io.StringIO("\n".join(lines), newline=""))
        try:
            widths = [len(cells) for cells in islice(reader, FIRST_ROWS)]
        except csv.Error:  # a quote that never closes: the row after it may tell
            widths = [line.count(",") + 1 for line in lines[:FIRST_ROWS]]
        known = [width for width in widths if width in self._shape.widths]
        if known:
            self._names = self._readable(list(self._shape.widths[known[0]]))
            self._named = True
