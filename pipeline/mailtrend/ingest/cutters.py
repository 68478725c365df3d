"""How each shape of file is cut into rows: a CSV with a header, an Exchange log with `#Fields`, plain lines."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.formats.base import FieldsLog, Lines, Table
from mailtrend.ingest.blocks import Block
from mailtrend.ingest.fields import FieldsCutter
from mailtrend.ingest.parts import without_marks
from mailtrend.ingest.rows import Parsed, parse_lines
from mailtrend.ingest.tables import TableCutter

HEADERS: Final = {"fields": "#fields:", "dated": "#date:"}
"""Column → the header that it repeats, lower-cased."""


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
    return LinesCutter(headers=shape.headers)


class LinesCutter:
    """Free text, one row a line. Where `#` lines are headers they are no rows, and tell what those below them are."""

    def __init__(self, *, headers: bool = False) -> None:
        self.columns: tuple[str, ...] = ("text", *HEADERS) if headers else ("text",)
        self._headers = headers
        self._said: dict[str, str | None] = dict.fromkeys(HEADERS)

    def cut(self, block: Block) -> Parsed:
        """One row a line."""
        if not self._headers:
            return parse_lines(block)
        return Parsed(self._below_headers(parse_lines(without_marks(block)).table), [])

    def _below_headers(self, table: pa.Table) -> pa.Table:
        """The rows, each with what was in force there. Headers are few: files have one, and one more per restart."""
        marks = pc.starts_with(table["text"], "#").to_numpy()
        stretch = np.cumsum(marks)[~marks]
        said = [dict(self._said)]
        for line in table["text"].filter(pa.array(marks)).to_pylist():
            self._listen(line)
            said.append(dict(self._said))
        rows = table.filter(pa.array(~marks))
        for name in HEADERS:
            values = pa.array([each[name] for each in said], pa.string())
            rows = rows.append_column(name, values.take(pa.array(stretch)))
        return rows

    def _listen(self, line: str) -> None:
        for name, word in HEADERS.items():
            if line[: len(word)].lower() == word:
                self._said[name] = line[len(word) :].strip()
