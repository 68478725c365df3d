"""The rows of a lake as SQL: an explicit list of Parquet files, or a typed stand-in where there is none yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from mailtrend.sql import quoted

TYPES: Final = {
    pa.timestamp("us"): "TIMESTAMP",
    pa.string(): "VARCHAR",
    pa.int16(): "SMALLINT",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.list_(pa.string()): "VARCHAR[]",
}
"""DuckDB's name of each type that the contracts use."""


def relation(paths: Sequence[Path], schema: pa.Schema) -> str:
    """What stands after FROM. A view cannot hold a bound value, so the paths are written out, quoted.

    Never a glob: beside the files of a table lie those that a later commit has superseded. All files of a table have
    the same columns, so only the first has to be opened to know them.
    """
    if not paths:
        return stand_in(schema)
    files = ", ".join(quoted(str(path)) for path in paths)
    return f"read_parquet([{files}], hive_partitioning = false, union_by_name = false)"


def grown(paths: Sequence[Path], schema: pa.Schema) -> str:
    """The same for a small table that gets further columns from time to time: what an older file lacks is NULL."""
    if not paths:
        return stand_in(schema)
    files = ", ".join(quoted(str(path)) for path in paths)
    rows = f"SELECT * FROM read_parquet([{files}], hive_partitioning = false, union_by_name = true)"
    return f"(FROM {stand_in(schema)} UNION ALL BY NAME {rows})"


def stand_in(schema: pa.Schema) -> str:
    """No rows, with the columns and types of `schema`."""
    columns = ", ".join(f"CAST(NULL AS {TYPES[field.type]}) AS {field.name}" for field in schema)
    return f"(SELECT {columns} WHERE false)"
