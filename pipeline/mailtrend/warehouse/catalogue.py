"""The lake's DuckDB file: views over its Parquet files, a few small tables, every query as a macro, all explained."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from mailtrend import contracts
from mailtrend.errors import LakeError
from mailtrend.lake import Lake, replace_file, tables
from mailtrend.sql import quoted
from mailtrend.warehouse import blank, library, relations

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from mailtrend.knowledge import Book

CATALOGUE: Final = "mailtrend.duckdb"
LAKE_TABLES: Final = (
    "files", "rejects", "connectors", "accepted_domains", "remote_domains", "changes",
    *(name for name in tables.COMPUTED if name in blank.SCHEMAS),
)  # fmt: skip


def build(lake: Lake, path: Path, book: Book | None = None) -> None:
    """Write a new DuckDB file at `path`, which must not exist, with everything the lake holds now.

    Views name the Parquet files by absolute path: build again after every commit, and after moving the lake. `book`
    says what status codes mean, the shipped one unless given. Raises LakeError where the file cannot be written or a
    Parquet file is missing.
    """
    import duckdb

    from mailtrend import knowledge

    macros, codes = library.macros(_sources(lake)), knowledge.status_codes(book)
    made_from = _program(macros, codes)
    con = duckdb.connect(":memory:")
    try:
        blank.put(path, made_from, macros, codes)
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"ATTACH {quoted(str(path))} AS catalogue")
        con.execute("USE catalogue")
        con.execute("BEGIN")
        _fill(con, lake, _stamp(lake, made_from))
        con.execute("COMMIT")
        con.execute("USE memory")
        con.execute("DETACH catalogue")
    except (duckdb.Error, OSError) as error:
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

    return _stamp(lake, _program(library.macros(_sources(lake)), knowledge.status_codes(book)))


def _stamp(lake: Lake, made_from: str) -> str:
    return _digest(str(lake.root), str(lake.version), made_from)


def _program(macros: str, codes: pa.Table) -> str:
    """What all lakes with the same sources and book share."""
    texts = [view.sql for view in library.views()] + [query.sql for query in library.queries().values()]
    return _digest(macros, str(codes.to_pylist()), *texts)


def _digest(*parts: str) -> str:
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


def _fill(con: DuckDBPyConnection, lake: Lake, made_from: str) -> None:
    """Put what the lake holds in the place of the stand-ins; what reads a view stays bound to its columns."""
    files = {name: lake.table_files(name) for name in LAKE_TABLES}
    files["events"] = [file.path for file in lake.event_files()]
    for view in library.views():
        if files.get(view.name):
            con.execute(f"DROP VIEW {view.name}")
            con.execute(view.sql.replace("$rows", _relation(files[view.name], view.name)))
            blank.explain(con, view)
        elif view.name in blank.WORKED_OUT and files["events"]:
            con.execute(f"INSERT INTO {view.name} {view.body}")
    con.execute("CREATE TABLE built_from AS SELECT CAST($stamp AS VARCHAR) AS stamp", {"stamp": made_from})


def _relation(paths: list[Path], name: str) -> str:
    made = relations.grown if name in (*contracts.CONTEXT_SOURCES, *tables.COMPUTED) else relations.relation
    return made(paths, blank.SCHEMAS[name])
