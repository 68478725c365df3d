"""Questions to a connected lake: a query by name, or one SELECT of the user's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from mailtrend.errors import UsageError, nearest
from mailtrend.warehouse import library
from mailtrend.warehouse.library import Query

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def ask(con: DuckDBPyConnection, query: Query | str, params: Mapping[str, object] | None = None) -> pa.Table:
    """The answer to one query.

    `query` is one of `queries()`, or the name of a shipped one; `params` are values by parameter name (text will do),
    and what is left out has its default. Values are bound, never pasted.

    Raises UsageError for an unknown query or parameter, with the nearest known one, and for a value that does not fit.
    """
    known = library.queries()
    asked = query if isinstance(query, Query) else known.get(query) or _unknown("query", str(query), known, "ask")
    given = dict(params or {})
    for name in given:
        if name not in asked.parameters:
            _unknown("parameter", name, asked.parameters, f"ask {asked.name}")
    if asked.own:
        load(con, asked)
    arguments = ", ".join(f"{name} := ${name}" for name in given)
    return _table(con, f"SELECT * FROM {asked.macro}({arguments})", given, f"ask {asked.name}")


def adhoc(con: DuckDBPyConnection, sql: str) -> pa.Table:
    """The answer to one SELECT (or WITH, FROM, VALUES, PIVOT, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN) over the lake.

    Raises UsageError for anything else, and with DuckDB's own words where it refuses.
    """
    import duckdb

    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise _refusal(error, "sql") from error
    if len(statements) != 1:
        raise UsageError(
            f"{len(statements)} statements, where one is wanted", where="sql", mend="ask one question at a time"
        )
    readers = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI)
    if statements[0].type not in readers:
        word = statements[0].type.name
        raise UsageError(
            f"{word} is refused: the lake is only read here", where="sql", mend="write a SELECT; -o FILE saves its rows"
        )
    return _table(con, sql, {}, "sql")


def load(con: DuckDBPyConnection, query: Query) -> None:
    """Make a query of the user's own known on this connection, as a temporary macro.

    Raises UsageError where DuckDB refuses it, or its header and the macro disagree.
    """
    import duckdb

    where = f"{query.name}.sql"
    text = library.STATEMENT.sub(f"CREATE OR REPLACE TEMP MACRO {query.macro}(", query.sql, count=1)
    try:
        if len(duckdb.extract_statements(text)) != 1:
            raise UsageError("holds more than one statement", where=where, mend=f"leave only the macro {query.macro}")
        con.execute(text)
        found = con.execute(
            "SELECT parameters FROM duckdb_functions() WHERE function_name = $macro AND function_type = 'table_macro'",
            {"macro": query.macro},
        ).fetchall()
        columns = con.sql(f"DESCRIBE FROM {query.macro}()").to_arrow_table()["column_name"].to_pylist()
    except duckdb.Error as error:
        raise _refusal(error, where) from error
    parameters = found[0][0] if found else []
    for kind, has, told in (("parameter", parameters, query.parameters), ("column", columns, query.columns)):
        for name in sorted(set(has) ^ set(told)):
            fault = "has no line in the header" if name in has else "is explained in the header but not there"
            raise UsageError(f"{kind} '{name}' {fault}", where=where, mend="keep header and macro alike")


def _table(con: DuckDBPyConnection, sql: str, params: Mapping[str, object], where: str) -> pa.Table:
    import duckdb

    try:
        return con.sql(sql, params=dict(params)).to_arrow_table()
    except duckdb.Error as error:
        raise _refusal(error, where) from error


def _refusal(error: Exception, where: str) -> UsageError:
    """DuckDB's own words: the first paragraph says what, the rest quotes the statement."""
    said = str(error).strip()
    what = " ".join(said.split("\n\n")[0].split())
    if "disabled by configuration" in said:
        return UsageError(what, where=where, mend="only files inside the lake can be read; ingest the others first")
    if "read-only mode" in said:
        return UsageError(what, where=where, mend="the lake is only read here: write a SELECT")
    if re.search(r"(?:Table|Macro|Function|Column).*(?:not exist|not found)", said):
        return UsageError(what, where=where, mend="`mailtrend sql 'SHOW TABLES'` names the views; DESCRIBE a column")
    return UsageError(what, where=where, mend="correct the statement or the value, and ask again")


def _unknown(kind: str, name: str, known: Mapping[str, object], where: str) -> Query:
    mend = nearest(name, known, f"known: {', '.join(known)}" if known else f"it takes no {kind}")
    raise UsageError(f"no {kind} '{name}'", where=where, mend=mend)
