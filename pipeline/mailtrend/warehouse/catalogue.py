"""The lake's DuckDB file: views over its Parquet files, a few small tables, every query as a macro, all explained."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from mailtrend import contracts
from mailtrend.errors import LakeError
from mailtrend.lake import Lake, replace_file, tables
from mailtrend.sql import quoted
from mailtrend.warehouse import library, relations

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from mailtrend.knowledge import Book

CATALOGUE: Final = "mailtrend.duckdb"
STORAGE: Final = "v1.0.0"
"""DuckDB 1.0 and everything after it can open the file; the default of 2.0 could be read by 2.0 alone."""
SCHEMAS: Final[Mapping[str, pa.Schema]] = {
    "events": contracts.EVENTS,
    "attempts": contracts.EVENTS,
    "failures": contracts.EVENTS,
    "files": contracts.FILES,
    "rejects": contracts.REJECTS,
    "connectors": contracts.CONNECTORS,
    "accepted_domains": contracts.ACCEPTED_DOMAINS,
    "remote_domains": contracts.REMOTE_DOMAINS,
    "changes": contracts.CHANGES,
    "incidents": contracts.INCIDENTS,
    "failing_places": contracts.FAILING_PLACES,
    "verdicts": contracts.VERDICTS,
    "owned_failures": contracts.EVENTS,
    "status_codes": contracts.STATUS_CODES,
}
"""Where the meaning of columns is written down; columns of other views are explained in their headers."""
LAKE_TABLES: Final = (
    "files", "rejects", "connectors", "accepted_domains", "remote_domains", "changes",
    *(name for name in tables.COMPUTED if name in SCHEMAS),
)  # fmt: skip

WORKED_OUT: Final = ("repeats",)
"""Views that every question reads and that take long: tables, filled when the catalogue is published."""


def build(lake: Lake, path: Path, book: Book | None = None) -> None:
    """Write a new DuckDB file at `path`, which must not exist, with everything the lake holds now.

    Views name the Parquet files by absolute path: build again after every commit, and after moving the lake. `book`
    says what status codes mean, the shipped one unless given. Raises LakeError where the file cannot be written or a
    Parquet file is missing.
    """
    import duckdb

    con = duckdb.connect(":memory:")
    try:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"ATTACH {quoted(str(path))} AS catalogue (STORAGE_VERSION '{STORAGE}')")
        con.execute("USE catalogue")
        con.execute("BEGIN")
        _fill(con, lake, book)
        con.execute("COMMIT")
        con.execute("USE memory")
        con.execute("DETACH catalogue")
    except duckdb.Error as error:
        raise LakeError(
            f"its catalogue cannot be built ({str(error).splitlines()[0]})",
            where=str(lake.root),
            mend="run `mailtrend lake check`; see that the disk has room and the folder is writable",
        ) from error
    finally:
        con.close()


def publish(lake: Lake, book: Book | None = None) -> Path:
    """Build the catalogue beside the old one and put it in its place; who reads the old one goes on doing so.

    Returns its path. Raises LakeError as `build` does, or where the old one cannot be replaced.
    """
    target = lake.root / CATALOGUE
    beside = lake.root / f"{CATALOGUE}.{uuid.uuid4().hex}.tmp"
    try:
        build(lake, beside, book)
        replace_file(beside, target)
    except PermissionError as error:
        raise LakeError(
            "another program holds the catalogue open", where=str(target), mend="close it, then run the command again"
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return target


def stamp(lake: Lake, book: Book | None = None) -> str:
    """What a catalogue depends on beside the rows of small tables: the lake's place and version, our SQL, the book."""
    from mailtrend import knowledge

    parts = [str(lake.root), str(lake.version), library.macros(_sources(lake))]
    parts += [view.sql for view in library.views()]
    parts.append(str(knowledge.status_codes(book).to_pylist()))
    parts += [query.sql for query in library.queries().values()]
    return hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()


def fits(lake: Lake, book: Book | None = None) -> bool:
    """Was the lake's catalogue built by this program and book, for this version of the lake, in this place?"""
    import duckdb

    path = lake.root / CATALOGUE
    if not path.is_file():
        return False
    try:
        with duckdb.connect(":memory:") as con:
            con.execute(f"ATTACH {quoted(str(path))} AS catalogue (READ_ONLY)")
            found = con.execute("SELECT stamp FROM catalogue.built_from").fetchall()
    except duckdb.Error:
        return False
    return bool(found == [(stamp(lake, book),)])


def _sources(lake: Lake) -> set[str]:
    """Names of all sources with rows in the lake, those of formats that this program does not know too."""
    found = {file.source for file in lake.event_files()}
    # A file that was put together from several sources does not name them, but the ledger does.
    told = lake.table("files")["source"].unique().to_pylist() if None in found else []
    return {name for name in {*found, *told} - set(contracts.CONTEXT_SOURCES) if name}


def _fill(con: DuckDBPyConnection, lake: Lake, book: Book | None) -> None:
    from mailtrend import knowledge

    con.execute(library.macros(_sources(lake)))
    con.register("known_codes", knowledge.status_codes(book))
    rows = {name: _relation(lake.table_files(name), name) for name in LAKE_TABLES}
    rows["status_codes"] = "known_codes"
    # What reads `events` is bound when it is made: with a stand-in, no Parquet file is opened each time.
    rows["events"] = relations.stand_in(contracts.EVENTS)
    for view in library.views():
        made = f"CREATE TABLE {view.name} AS {view.body}" if view.name in WORKED_OUT else view.sql
        con.execute(made.replace("$rows", rows.get(view.name, "")))
    for query in library.queries().values():
        con.execute(query.sql)
        con.execute(f"COMMENT ON MACRO TABLE {query.macro} IS {quoted(query.question)}")
    paths = [file.path for file in lake.event_files()]
    events = next(view for view in library.views() if view.name == "events")
    con.execute("DROP VIEW events")
    con.execute(events.sql.replace("$rows", relations.relation(paths, contracts.EVENTS)))
    for view in library.views():
        if view.name in WORKED_OUT and paths:
            con.execute(f"INSERT INTO {view.name} {view.body}")
    con.execute("CREATE TABLE built_from AS SELECT CAST($stamp AS VARCHAR) AS stamp", {"stamp": stamp(lake, book)})
    _explain(con)


def _relation(paths: list[Path], name: str) -> str:
    made = relations.grown if name in (*contracts.CONTEXT_SOURCES, *tables.COMPUTED) else relations.relation
    return made(paths, SCHEMAS[name])


def _explain(con: DuckDBPyConnection) -> None:
    """COMMENT ON every view and column, so that any DuckDB client can say what they mean."""
    statements = []
    for view in library.views():
        kind = "TABLE" if view.name in ("status_codes", *WORKED_OUT) else "VIEW"
        statements.append(f"COMMENT ON {kind} {view.name} IS {quoted(view.header.caption)}")
        statements += [
            f"COMMENT ON COLUMN {view.name}.{column} IS {quoted(meaning)}" for column, meaning in meanings(view).items()
        ]
    con.execute(";\n".join(statements))


def meanings(view: library.View) -> dict[str, str]:
    """What each column of a view means: from its contract, and from its header for what is not in one."""
    schema = SCHEMAS.get(view.name)
    return {**(contracts.comments(schema) if schema else {}), **view.header.columns}
