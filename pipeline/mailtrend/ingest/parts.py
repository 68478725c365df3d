"""A block is cut at its headers into stretches, and their rows are put together, whatever columns each had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa

from mailtrend.ingest.blocks import Block
from mailtrend.ingest.rows import Parsed

MARK: Final = "\ufeff".encode("utf-8")
"""A byte order mark in the middle: there files were put together byte by byte."""


def complete(table: pa.Table, columns: tuple[str, ...]) -> pa.Table:
    """`table` with every column of the format, in its order; a column the file lacks is NULL."""
    nothing = pa.nulls(table.num_rows, pa.string())
    arrays = [table[name] if name in table.column_names else nothing for name in columns]
    return pa.table([*arrays, table["line"]], names=[*columns, "line"])


def joined(parts: Sequence[Parsed], columns: tuple[str, ...]) -> Parsed:
    """The rows of several stretches of one block, in order."""
    empty = pa.table({name: pa.array([], pa.string()) for name in columns} | {"line": pa.array([], pa.int64())})
    tables = [complete(part.table, columns) for part in parts]
    return Parsed(pa.concat_tables([empty, *tables]), [reject for part in parts for reject in part.rejects])


def without_marks(block: Block) -> Block:
    """The block without byte order marks at the beginnings of its lines."""
    if MARK not in block.data:
        return block
    plain = block.data.replace(b"\n" + MARK, b"\n").removeprefix(MARK)
    return Block(plain, block.first_line, block.offset, block.suspect)


def stretches(block: Block, headers: Sequence[tuple[int, int]]) -> Iterator[Block | str]:
    """What stands between headers, as blocks, and the headers (begin and end of each), as text, in turn."""
    at, line = 0, block.first_line
    for start, stop in [*headers, (len(block.data), len(block.data))]:
        if part := block.data[at:start]:
            yield Block(part, line, block.offset + at, part.count(b'"') % 2 == 1)
        if start < stop:
            yield block.data[start:stop].decode("utf-8")
        line += block.data.count(b"\n", at, stop)
        at = stop
