"""A slice of raw rows becomes events: the format's SQL, the meaning of replies, one schema, duplicates marked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from string import Template

import duckdb
import pyarrow as pa

from mailtrend import contracts
from mailtrend.formats import shared_sql
from mailtrend.formats.base import Format
from mailtrend.ingest.events import FAILING, NEVER_GIVEN, REPLY, fresh_columns, fresh_sql, reply_columns
from mailtrend.ingest.replies import Replies

KEPT = frozenset({"seen", "input_files", "earlier", "replies"})
"""Temporary tables that outlive a slice."""
STAGED = "staged_"
MOST_THREADS = 4
"""Each thread that writes Parquet holds a row group of its own: more would not fit the memory that is set."""
NOTHING_HELD = "CREATE TEMP TABLE held (file_no INTEGER, line BIGINT);\n"


def open_connection(scratch: str, memory_mb: int = 512) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB with bounded memory, everything in UTC, and the macros that formats use."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET preserve_insertion_order = false")
    con.execute("SET enable_progress_bar = false")
    con.execute(f"SET memory_limit = '{memory_mb}MB'")
    con.execute("SET temp_directory = ?", [scratch])
    con.execute(f"SET threads = {min(MOST_THREADS, os.cpu_count() or 1)}")
    con.execute(shared_sql())
    con.execute("CREATE TEMP TABLE seen (key UBIGINT)")
    con.execute("CREATE TEMP TABLE input_files (file_no INTEGER, file_id VARCHAR, tenant VARCHAR)")
    con.execute(
        "CREATE TEMP TABLE earlier (server VARCHAR, queue_id VARCHAR, event_time TIMESTAMP, sender VARCHAR, "
        "size_bytes BIGINT, message_id VARCHAR, remote_host VARCHAR, remote_ip VARCHAR)"
    )
    return con


def parse_slice(
    con: duckdb.DuckDBPyConnection,
    fmt: Format,
    params: Mapping[str, str],
    raw: pa.Table,
    replies: Replies,
    *,
    last: bool,
) -> list[str]:
    """Run the format over `raw`; leaves `parsed_rows` and `fresh`; gives the columns of events that it stores.

    Unless this is the `last` slice, rows whose unit may go on are left out, and stand in `held`.
    """
    clear(con)
    con.register("raw", raw)
    hold = NOTHING_HELD if last or not fmt.carry_sql else f"{fmt.carry_sql}{_not_everything(raw.num_rows)}"
    con.execute(Template(fmt.sql).substitute(params, hold=hold))
    given = set(con.sql("FROM parsed_events LIMIT 0").columns)
    if odd := given - (set(contracts.EVENTS.names) - NEVER_GIVEN) - {"file_no", "unit"}:
        raise RuntimeError(f"format {fmt.name} gives unknown columns {sorted(odd)}")
    if fmt.grain == "row":
        con.execute("CREATE TEMP TABLE told_rows AS SELECT file_no, line, disposition, reason FROM parsed_rows")
    if given & set(REPLY):
        keys = ", ".join(f"{value} AS {name}" for name, value in reply_columns(given).items())
        con.execute(
            f"CREATE TEMP TABLE texts AS SELECT DISTINCT {keys} FROM parsed_events AS e WHERE outcome IN ({FAILING})"
        )
        replies.answer()
    con.execute(fresh_sql(fmt, given))
    return fresh_columns(fmt, given)


def _not_everything(rows: int) -> str:
    """A slice that would be held as a whole is parsed as it is, or it would grow without end."""
    return f"DELETE FROM held WHERE (SELECT count(*) FROM held) >= {rows};\n"


def held_rows(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The raw rows that the last slice left for the next one."""
    return con.sql("SELECT * FROM raw SEMI JOIN held USING (file_no, line) ORDER BY file_no, line").to_arrow_table()


def clear(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what the last slice left; a format may have made views or tables of its results."""
    for name, kind in con.execute(
        "SELECT table_name, 'TABLE' FROM duckdb_tables() WHERE temporary UNION ALL "
        "SELECT view_name, 'VIEW' FROM duckdb_views() WHERE temporary AND NOT internal ORDER BY 2 DESC, 1"
    ).fetchall():
        if name not in KEPT and not name.startswith(STAGED):
            con.execute(f'DROP {kind} IF EXISTS "{name}"')


def mark_duplicates(con: duckdb.DuckDBPyConnection) -> int:
    """Make temp table `repeats(place)`: rowids of `fresh` in `seen` or further up in `fresh`; gives their number."""
    con.execute("DROP TABLE IF EXISTS repeats")
    con.execute(
        """
        CREATE TEMP TABLE repeats AS
        WITH twice AS (SELECT key FROM fresh GROUP BY key HAVING count(*) > 1),
             numbered AS (
                 SELECT f.rowid AS place, row_number() OVER (PARTITION BY f.key ORDER BY f.file_no, f.line) AS nth
                 FROM fresh AS f SEMI JOIN twice USING (key)
             )
        SELECT place FROM numbered WHERE nth > 1
        UNION
        SELECT f.rowid AS place FROM fresh AS f SEMI JOIN seen USING (key)
        """
    )
    return int(con.execute("SELECT count(*) FROM repeats").fetchall()[0][0])
