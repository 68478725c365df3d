"""The catalogue of a lake without any rows: every view, macro and comment, to be filled with what a lake holds.

Making them takes most of the time of publishing, and is the same for all lakes with the same sources and book.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from mailtrend import contracts
from mailtrend.sql import quoted
from mailtrend.warehouse import library, relations

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

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
WORKED_OUT: Final = ("repeats",)
"""Views that every question reads and that take long: tables, filled when the catalogue is published."""
MOST: Final = 8
"""Blank files that a process keeps, of a megabyte or two each."""
_MADE: Final[dict[str, bytes]] = {}


def put(path: Path, key: str, macros: str, codes: pa.Table) -> None:
    """Write a blank catalogue to `path`, which must not exist.

    macros: SQL of the small macros. codes: rows of contracts.STATUS_CODES. key: tells them apart, and is for one
    process only. Raises duckdb.Error or OSError where the file cannot be written.
    """
    if key in _MADE:
        path.write_bytes(_MADE[key])
        return
    _make(path, macros, codes)
    while len(_MADE) >= MOST:
        del _MADE[next(iter(_MADE))]
    _MADE[key] = path.read_bytes()


def _make(path: Path, macros: str, codes: pa.Table) -> None:
    import duckdb

    with duckdb.connect(":memory:") as con:
        con.execute(f"ATTACH {quoted(str(path))} AS catalogue (STORAGE_VERSION '{STORAGE}')")
        con.execute("USE catalogue")
        con.execute("BEGIN")
        con.execute(macros)
        con.register("known_codes", codes)
        rows = {name: relations.stand_in(schema) for name, schema in SCHEMAS.items()} | {"status_codes": "known_codes"}
        for view in library.views():
            made = f"CREATE TABLE {view.name} AS {view.body}" if view.name in WORKED_OUT else view.sql
            con.execute(made.replace("$rows", rows[view.name]) if "$rows" in made else made)
            explain(con, view)
        for query in library.queries().values():
            con.execute(query.sql)
            con.execute(f"COMMENT ON MACRO TABLE {query.macro} IS {quoted(query.question)}")
        con.execute("COMMIT")
        con.execute("USE memory")
        con.execute("DETACH catalogue")


def explain(con: DuckDBPyConnection, view: library.View) -> None:
    """COMMENT ON a view and its columns, so that any DuckDB client can say what they mean."""
    kind = "TABLE" if view.name in ("status_codes", *WORKED_OUT) else "VIEW"
    statements = [f"COMMENT ON {kind} {view.name} IS {quoted(view.header.caption)}"]
    statements += [
        f"COMMENT ON COLUMN {view.name}.{column} IS {quoted(meaning)}" for column, meaning in meanings(view).items()
    ]
    con.execute(";\n".join(statements))


def meanings(view: library.View) -> dict[str, str]:
    """What each column of a view means: from its contract, and from its header for what is not in one."""
    schema = SCHEMAS.get(view.name)
    return {**(contracts.comments(schema) if schema else {}), **view.header.columns}
