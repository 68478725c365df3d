"""The Delta tables of a lake: open one, see what its log names, read it, add to it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

import pyarrow as pa

from mailtrend import contracts
from mailtrend.errors import LakeError

if TYPE_CHECKING:
    from deltalake import DeltaTable

SCHEMAS: Final[Mapping[str, pa.Schema]] = {
    "files": contracts.FILES,
    "rejects": contracts.REJECTS,
    "connectors": contracts.CONNECTORS,
    "accepted_domains": contracts.ACCEPTED_DOMAINS,
    "remote_domains": contracts.REMOTE_DOMAINS,
    "changes": contracts.CHANGES,
    "incidents": contracts.INCIDENTS,
    "incidents_before": contracts.INCIDENTS,
    "failing_places": contracts.FAILING_PLACES,
    "verdicts": contracts.VERDICTS,
    "acknowledged": contracts.ACKNOWLEDGED,
}
"""Every table but `events`, by name."""
ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    "files": ("ingested_at", "path", "file_id"),
    "rejects": ("file_id", "line", "byte_offset"),
    "connectors": ("tenant", "name", "direction"),
    "accepted_domains": ("tenant", "domain"),
    "remote_domains": ("tenant", "domain"),
    "changes": ("tenant", "time", "kind", "subject"),
    "incidents": ("started_at", "incident_id"),
    "incidents_before": ("started_at", "incident_id"),
    "failing_places": ("tenant", "connector", "destination", "direction", "recipient_domain"),
    "acknowledged": ("incident_id", "rule"),
    "verdicts": ("status_code", "reply_code", "cause", "owner_kind", "direction_inbound"),
}
"""The order of rows, so that the same lake reads the same however often its files were rewritten."""
TABLES: Final = ("events", *SCHEMAS)
COMPUTED: Final = ("incidents", "incidents_before", "failing_places", "verdicts", "acknowledged")
"""Tables that are worked out from the others: they change without the lake becoming another version."""
CONFIGURATION: Final = {"delta.checkpointInterval": "20"}
"""A log is read from its last checkpoint on: with the default of 100, opening a lake takes ten times as long."""


class Named(NamedTuple):
    """One Parquet file that the log of a table names."""

    path: Path
    size: int
    rows: int
    stats: Mapping[str, Any]
    """`min.COLUMN`, `max.COLUMN`, `partition.COLUMN`, None where the log does not say."""


def open_table(root: Path, name: str) -> DeltaTable | None:
    """The table `name` as its log stands now, None if nothing was ever written. Raises LakeError on a broken log."""
    if not (root / name / "_delta_log").is_dir():
        return None
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError, TableNotFoundError

    try:
        return DeltaTable(root / name)
    except TableNotFoundError:
        return None
    except (DeltaError, OSError, ValueError) as error:
        raise LakeError(
            f"the log of the table '{name}' cannot be read ({error})",
            where=str(root / name / "_delta_log"),
            mend="restore the lake from a copy, or ingest the files again into a new lake with --lake DIR",
        ) from error


def version(root: Path, name: str) -> int:
    """The Delta version of `name`, 0 where it does not exist."""
    table = open_table(root, name)
    return 0 if table is None else int(table.version())


def transaction(root: Path, name: str, mark: str) -> int | None:
    """The number that the last commit marked `mark` left in the log of `name`, None if there was none."""
    table = open_table(root, name)
    found = None if table is None else table.transaction_version(mark)
    return None if found is None else int(found)


def named(root: Path, name: str) -> list[Named]:
    """The Parquet files that make up `name` now, by path; read from the log alone."""
    table = open_table(root, name)
    if table is None:
        return []
    actions = pa.table(table.get_add_actions(flatten=True)).sort_by("path").to_pylist()
    return [
        Named(root / name / unquote(action["path"]), action["size_bytes"], action.get("num_records") or 0, action)
        for action in actions
    ]


def untracked(root: Path, name: str) -> list[Path]:
    """Files in the folder of `name` that its log does not name and did not name before, by path."""
    folder = root / name
    on_disk = {
        (Path(parent) / file).relative_to(folder).as_posix()
        for parent, _, files in os.walk(folder)
        if Path(parent).name != "_delta_log"
        for file in files
    }
    table = open_table(root, name)
    if table is not None and on_disk:
        on_disk -= {unquote(path) for path in pa.table(table.get_add_actions(flatten=True))["path"].to_pylist()}
        # Superseded files stay for those who still read an older list; a dry vacuum is how Delta tells them.
        before = table.vacuum(retention_hours=0, dry_run=True, enforce_retention_duration=False) if on_disk else []
        on_disk -= {unquote(path) for path in before}
    return [folder / path for path in sorted(on_disk)]


def read(root: Path, name: str, columns: list[str] | None = None) -> pa.Table:
    """The rows of `name` (any table but `events`), typed as its contract says and in the order of `ORDER`.

    With `columns` only those are read. Raises LakeError where a file is missing or broken.
    """
    import pyarrow.dataset as ds

    schema = SCHEMAS[name]
    paths = [str(file.path) for file in named(root, name)]
    try:
        rows = (
            ds.dataset(paths, schema=schema, format="parquet").to_table(columns=columns)
            if paths
            else schema.empty_table()
        )
    except (OSError, pa.ArrowException) as error:
        raise LakeError(
            f"the table '{name}' cannot be read ({error})", where=str(root / name), mend="run `mailtrend lake check`"
        ) from error
    rows = rows.select(columns) if columns else rows
    return ordered(name, rows)


def ordered(name: str, rows: pa.Table) -> pa.Table:
    """`rows` of the table `name` in the order of `ORDER`, as far as they have its columns."""
    return rows.sort_by([(column, "ascending") for column in ORDER[name] if column in rows.column_names])


def write(
    root: Path, name: str, rows: pa.Table, *, overwrite: bool, mark: str, number: int = 1,
    also: Mapping[str, int] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Append `rows` to the table `name`, or put them in the place of all it holds.

    The commit is marked, so that `transaction(root, name, mark)` gives `number` from then on; `also` are further marks.
    """
    from deltalake import Transaction, write_deltalake
    from deltalake.exceptions import DeltaError
    from deltalake.transaction import CommitProperties

    made = open_table(root, name)
    target, settings = (root / name, CONFIGURATION) if made is None else (made, None)
    marks = {mark: number, **also}
    marked = CommitProperties(app_transactions=[Transaction(key, value) for key, value in marks.items()])
    try:
        if overwrite:
            # Where all rows are new, so may be their columns: a later version of the program knows more of them.
            write_deltalake(
                target,
                rows,
                mode="overwrite",
                schema_mode="overwrite",
                configuration=settings,
                commit_properties=marked,
            )
        else:
            added = rows if made is None else _bare(rows)
            write_deltalake(target, added, mode="append", configuration=settings, commit_properties=marked)
    except (DeltaError, OSError) as error:
        raise LakeError(
            f"the table '{name}' cannot be written ({error})",
            where=str(root / name),
            mend="see that the disk has room and the folder is writable, then run the command again",
        ) from error


def _bare(rows: pa.Table) -> pa.Table:
    """Without what the columns mean: the table says that already, and another wording would not be taken."""
    return rows.cast(pa.schema([field.remove_metadata() for field in rows.schema]))
