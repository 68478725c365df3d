"""Rows of several stretches of a file put together, whatever columns each had."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from mailtrend.ingest.rows import Parsed


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
