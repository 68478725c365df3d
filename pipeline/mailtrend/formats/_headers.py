"""The header of a CSV: its column names, by which an export is known, however they are spelled."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

from mailtrend.formats.base import Head, Table

DELIMITERS: Final = ",;\t"
SEPARATOR_LINE: Final = "sep="
"""A first line by which spreadsheets are told the delimiter."""


@cache
def plain(name: str) -> str:
    """A column name without case, blanks, quotes and marks: `Recipient_Status` is `recipientstatus`."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char.isalnum() or unicodedata.category(char) == "Mn")


def delimiter_of(line: str) -> str:
    """What parts the cells of a header line."""
    return max(DELIMITERS, key=line.count)


def cells_of(line: str, delimiter: str | None = None) -> list[str]:
    """The cells of a header line."""
    return next(csv.reader(io.StringIO(line.strip()), delimiter=delimiter or delimiter_of(line)), [])


def is_preamble(line: str) -> bool:
    """Is this a line that may stand above the header: blank, `#TYPE …`, `sep=;`?"""
    bare = line.strip().strip('"')
    return not bare or bare.startswith("#TYPE") or bare.lower().startswith(SEPARATOR_LINE)


def names_of(cells: Sequence[str], shape: Table) -> list[str]:
    """Our name of each column, empty where `shape` has none."""
    known = _known(shape)
    return [known.get(plain(cell), "") for cell in cells]


def columns_of(head: Head, shape: Table) -> frozenset[str]:
    """Names of the columns that the header of `head` holds: ours where `shape` knows them, and as it spells them."""
    first = next((line for line in head.lines if not is_preamble(line)), "")
    cells = cells_of(first, shape.delimiter)
    spelled = {cell.strip().strip('"').lower() for cell in cells}
    return frozenset({*filter(None, names_of(cells, shape)), *spelled})


def _known(shape: Table) -> dict[str, str]:
    return {plain(spelling): name for spelling, name in shape.aliases.items()}
