"""A slice of raw rows becomes events: the format's SQL, the meaning of replies, one schema, duplicates marked."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mailtrend import contracts, knowledge
from mailtrend.formats import shared_sql
from mailtrend.formats.base import Format

KEY = """hash(
    event_time, event, outcome, network_message_id,
    CASE WHEN network_message_id IS NULL AND queue_id IS NULL THEN message_id END,
    queue_id, lower(recipient), response, server)"""
"""What makes two events of one source and tenant the same event. Joined-in columns (sender, size) stay out of it: one
export may know them and the other not."""
SQL_TYPES = {
    pa.string(): "VARCHAR", pa.int16(): "SMALLINT", pa.int64(): "BIGINT", pa.float64(): "DOUBLE",
    contracts.UTC_TIME: "TIMESTAMP",
}  # fmt: skip
KEPT = frozenset({"seen", "input_files", "earlier"})
"""Temporary tables that outlive a slice."""
STAGED = "staged_"
FAILING = ", ".join(f"'{outcome}'" for outcome in contracts.FAILING)
GIVEN_BY_INGEST = (
    "tenant",
    "source",
    "file_id",
    "sender_domain",
    "recipient_domain",
    "cause",
    "destination",
    "outcome",
)
FROM_TEXT = ("reply_code", "status_code")
ONLY_FROM_TEXT = ("remote_reply_code", "remote_status_code", "remote_host", "remote_ip")


def open_connection(scratch: str, memory_mb: int = 640) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB with bounded memory, everything in UTC, and the macros that formats and knowledge use."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET preserve_insertion_order = false")
    con.execute("SET enable_progress_bar = false")
    con.execute(f"SET memory_limit = '{memory_mb}MB'")
    con.execute("SET temp_directory = ?", [scratch])
    con.execute(shared_sql())
    knowledge.prepare(con)
    con.execute("CREATE TEMP TABLE seen (key UBIGINT)")
    con.execute("CREATE TEMP TABLE input_files (file_no INTEGER, file_id VARCHAR, tenant VARCHAR)")
    con.execute(
        "CREATE TEMP TABLE earlier (server VARCHAR, queue_id VARCHAR, event_time TIMESTAMP, sender VARCHAR, "
        "size_bytes BIGINT, message_id VARCHAR, remote_host VARCHAR, remote_ip VARCHAR)"
    )
    return con


def held_back(con: duckdb.DuckDBPyConnection, fmt: Format, raw: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Split `raw` into rows to parse now and rows whose unit may go on in the next slice."""
    con.register("raw", raw)
    held = con.sql(fmt.carry_sql).to_arrow_table()
    con.unregister("raw")
    if not 0 < held.num_rows < raw.num_rows:
        return raw, raw.slice(0, 0)
    mask = pa.array(np.isin(_place(raw), _place(held)))
    return raw.filter(pc.invert(mask)), raw.filter(mask)


def _place(rows: pa.Table) -> np.ndarray:
    place: np.ndarray = rows["file_no"].to_numpy().astype(np.int64) << 40 | rows["line"].to_numpy().astype(np.int64)
    return place


def parse_slice(con: duckdb.DuckDBPyConnection, fmt: Format, params: Mapping[str, str], raw: pa.Table) -> None:
    """Run the format over `raw`; leaves temp tables `parsed_rows` and `fresh` (EVENTS + file_no, unit, key)."""
    clear(con)
    con.register("raw", raw)
    con.execute(Template(fmt.sql).substitute(params))
    given = set(con.sql("FROM parsed_events LIMIT 0").columns)
    if odd := given - set(contracts.EVENTS.names) - {"file_no", "unit"}:
        raise RuntimeError(f"format {fmt.name} gives unknown columns {sorted(odd)}")
    key_columns = {name: _column(name, given) for name in ("response", "reply_code", "status_code")}
    keys = ", ".join(f"{value} AS {name}" for name, value in key_columns.items())
    con.execute(
        f"CREATE TEMP TABLE texts AS SELECT DISTINCT {keys} FROM parsed_events AS e WHERE outcome IN ({FAILING})"
    )
    knowledge.extract(con, "texts", "replies")
    con.execute(_fresh_sql(fmt, given))


def clear(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what the last slice left; a format may have made views or tables of its results."""
    for name, kind in con.execute(
        "SELECT table_name, 'TABLE' FROM duckdb_tables() WHERE temporary UNION ALL "
        "SELECT view_name, 'VIEW' FROM duckdb_views() WHERE temporary AND NOT internal ORDER BY 2 DESC, 1"
    ).fetchall():
        if name not in KEPT and not name.startswith(STAGED):
            con.execute(f'DROP {kind} IF EXISTS "{name}"')


def _column(name: str, given: set[str]) -> str:
    kind = SQL_TYPES[contracts.EVENTS.field(name).type]
    return f"CAST(e.{name} AS {kind})" if name in given else f"CAST(NULL AS {kind})"


def _fresh_sql(fmt: Format, given: set[str]) -> str:
    plain = {name: _column(name, given) for name in contracts.EVENTS.names if name not in GIVEN_BY_INGEST}
    failing = dict(plain)
    for name in FROM_TEXT:
        failing[name] = f"coalesce({plain[name]}, r.out_{name})"
    for name in ONLY_FROM_TEXT:
        failing[name] = f"coalesce({plain[name]}, r.{name})"
    match = " AND ".join(
        f"r.{name} IS NOT DISTINCT FROM {plain[name]}" for name in ("response", "reply_code", "status_code")
    )
    return f"""
    CREATE TEMP TABLE fresh AS
    WITH both_kinds AS (
        {_select(plain, given, "e.outcome", "CAST(NULL AS VARCHAR)")}
        FROM parsed_events AS e
        WHERE e.outcome NOT IN ({FAILING})
        UNION ALL
        {
        _select(
            failing,
            given,
            "CASE WHEN e.outcome = 'failed' AND r.expired THEN 'expired' ELSE e.outcome END",
            "coalesce(r.cause, 'unclassified')",
        )
    }
        FROM parsed_events AS e
        LEFT JOIN replies AS r ON {match}
        WHERE e.outcome IN ({FAILING})
    )
    SELECT b.* EXCLUDE (given_destination),
           lower(coalesce(b.given_destination, b.remote_host, b.recipient_domain)) AS destination,
           f.file_id, f.tenant, '{fmt.name}' AS source,
           {KEY} AS key
    FROM both_kinds AS b
    JOIN input_files AS f USING (file_no)
    """


def _select(columns: Mapping[str, str], given: set[str], outcome: str, cause: str) -> str:
    domain = "CASE WHEN contains({0}, '@') THEN lower(split_part({0}, '@', -1)) END"
    parts = [f"{value} AS {name}" for name, value in columns.items()]
    parts += [
        f"{outcome} AS outcome",
        f"{cause} AS cause",
        f"{_column('destination', given)} AS given_destination",
        f"{domain.format(columns['sender'])} AS sender_domain",
        f"{domain.format(columns['recipient'])} AS recipient_domain",
        "e.file_no AS file_no",
        f"{'e.unit' if 'unit' in given else 'CAST(NULL AS UBIGINT)'} AS unit",
    ]
    return "SELECT " + ", ".join(parts)


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
