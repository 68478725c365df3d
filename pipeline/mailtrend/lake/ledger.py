"""What an ingest adds to the small tables: nothing of a file the lake knows, and the newest export of each thing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.lake import tables

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "connectors": ("tenant", "name", "direction"),
    "accepted_domains": ("tenant", "domain"),
    "remote_domains": ("tenant", "domain"),
    "changes": ("tenant", "time", "kind", "subject"),
}
"""What makes two rows of a context table the same thing: the later row takes the place of the earlier."""
CASELESS: Final = ("name", "domain")
"""Exchange does not tell names by their case."""
UNTOLD: Final = {"direction": "outbound"}
"""What a key column means that is NULL: a lake that knew outbound connectors alone did not name the direction."""


def conform(name: str, rows: pa.Table) -> pa.Table:
    """`rows` in the column order and types of the contract. Raises RuntimeError where they do not fit: a bug."""
    schema = tables.SCHEMAS[name]
    if sorted(rows.column_names) != sorted(schema.names):
        difference = sorted(set(rows.column_names) ^ set(schema.names))
        raise RuntimeError(f"rows for '{name}' do not have its columns: {', '.join(difference)}")
    return rows.select(schema.names).cast(schema)


def additions(root: Path, files: pa.Table, rejects: pa.Table, context: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """What of this is new to the lake, by table; tables that gain nothing are left out.

    A file counts once: rows of `files` whose file_id the lake holds, or an earlier row here has, are left out, and so
    is everything that stems from a file the lake holds. `files` and `rejects` are given as the rows to append, context
    tables whole, old rows and new.
    """
    known = tables.read(root, "files", ["file_id"])["file_id"]
    fresh = _first_of_each(_unknown(conform("files", files), known))
    bad = _unknown(conform("rejects", rejects), known)
    if not pc.all(pc.is_in(bad["file_id"], value_set=fresh["file_id"]), min_count=0).as_py():
        raise RuntimeError("rejects of a file that `files` does not name")
    merged = {name: _merged(root, name, _unknown(conform(name, rows), known)) for name, rows in context.items()}
    gained = {name: rows for name, rows in merged.items() if not rows.equals(tables.read(root, name))}
    return {name: rows for name, rows in {"files": fresh, "rejects": bad, **gained}.items() if rows.num_rows}


def _unknown(rows: pa.Table, known: pa.ChunkedArray) -> pa.Table:
    """Without the rows of files the lake holds; a row of no file (from mailtrend.toml) stays."""
    return rows.filter(pc.invert(pc.is_in(rows["file_id"], value_set=known.drop_null())))


def _first_of_each(files: pa.Table) -> pa.Table:
    seen: dict[str, int] = {}
    for index, file_id in enumerate(files["file_id"].to_pylist()):
        seen.setdefault(file_id, index)
    return files.take(pa.array(seen.values(), pa.int64()))


def _merged(root: Path, name: str, new: pa.Table) -> pa.Table:
    """The context table as it stands after `new`, in the order it is read in."""
    rows = pa.concat_tables([tables.read(root, name), new]).combine_chunks()
    columns = [_key(rows, column) for column in KEYS[name]]
    last = {key: index for index, key in enumerate(zip(*columns, strict=True))}
    return tables.ordered(name, rows.take(pa.array(last.values(), pa.int64())))


def _key(rows: pa.Table, column: str) -> list[object]:
    values = pc.fill_null(rows[column], UNTOLD[column]) if column in UNTOLD else rows[column]
    return list((pc.utf8_lower(values) if column in CASELESS else values).to_pylist())
