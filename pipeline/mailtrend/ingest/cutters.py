"""How each shape of file is cut into rows: a CSV with a header, an Exchange log with `#Fields`, plain lines."""

from __future__ import annotations

from typing import Protocol

from mailtrend.formats.base import FieldsLog, Lines, Table
from mailtrend.ingest.blocks import Block
from mailtrend.ingest.fields import FieldsCutter
from mailtrend.ingest.rows import Parsed, parse_lines
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
