"""A connection to a lake's catalogue: read-only, and locked to the lake."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mailtrend.errors import LakeError
from mailtrend.sql import quoted
from mailtrend.warehouse.catalogue import CATALOGUE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY: Final = "60%"
"""Of the machine's memory. DuckDB would take 80 %, and ours is not the only work on it; what is more, it spills."""


def connect(lake_root: Path, *, locked: bool = True) -> DuckDBPyConnection:
    """Open the catalogue of the lake at `lake_root`, read-only.

    With `locked` nothing outside the lake can be read, nothing can be written but temporary tables, and no setting can
    be changed any more. Each call sees the catalogue as published last, also while older connections of the same
    process are open. Use the connection itself: a `cursor()` of it does not have the lake's views in its search path.

    Raises LakeError where there is no catalogue, or it is none.
    """
    import duckdb

    path = lake_root.absolute() / CATALOGUE
    if not path.is_file():
        raise LakeError("no catalogue is here", where=str(path), mend="run `mailtrend ingest` first, or check --lake")
    con = duckdb.connect(":memory:")
    try:
        for statement in _set_up(path, locked=locked):
            con.execute(statement)
    except duckdb.Error as error:
        con.close()
        raise LakeError(
            f"the catalogue cannot be opened ({str(error).splitlines()[0]})",
            where=str(path),
            mend="remove it and run the command again: it is built anew from the Parquet files",
        ) from error
    return con


def _set_up(path: Path, *, locked: bool) -> list[str]:
    """What makes a fresh connection ours. It is a database in memory that the catalogue is attached to.

    Opening the file itself would give every connection of one process the same instance: an old one keeps the old
    catalogue alive for all, and its lock would refuse these settings to the next.
    """
    # Beside the system's other temporary files, for the lake may be read-only; DuckDB makes and removes it as needed.
    spill = Path(tempfile.gettempdir()) / f"mailtrend-{os.getpid()}"
    statements = [
        f"ATTACH {quoted(str(path))} AS mailtrend (READ_ONLY)",
        "USE mailtrend",
        "SET TimeZone = 'UTC'",
        f"SET memory_limit = '{MEMORY}'",
        f"SET temp_directory = {quoted(str(spill))}",
        # Files of a lake never change, so what is read of how each is laid out stays right.
        "SET parquet_metadata_cache = true",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
    ]
    if locked:
        statements += [
            f"SET allowed_directories = [{quoted(str(path.parent))}]",
            "SET enable_external_access = false",
            "SET lock_configuration = true",
        ]
    return statements
