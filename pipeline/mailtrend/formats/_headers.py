"""The header of a CSV: its column names, by which an export is known."""

from __future__ import annotations

import csv
import io

from mailtrend.formats.base import Head, Table

_DELIMITERS = ",;\t"


def columns_of(head: Head, shape: Table) -> frozenset[str]:
    """Names of the columns that the first line of `head` holds, ours where `shape` knows them, else lower-cased."""
    first = next((line for line in head.lines if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    cells = next(csv.reader(io.StringIO(first), delimiter=delimiter), [])
    names = (cell.strip().strip('"').lower() for cell in cells)
    return frozenset(shape.aliases.get(name, name) for name in names)
