"""The hours of each series: which are covered, what was tried in them, and what failed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from mailtrend.warehouse.covering import cover
from mailtrend.warehouse.failing import FAILS, HOURLY, count_failing
from mailtrend.warehouse.grid import lay_grid
from mailtrend.warehouse.grounds import add_up

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HOURS: Final = """
    WITH begun AS (
        SELECT place, fault, message, min(hour) AS hour
        FROM fails
        GROUP BY place, fault, message
    ),
    counted AS (
        SELECT place, fault, hour, NULL AS remote_ip, 0 AS failures, count(*) AS fresh
        FROM begun
        GROUP BY place, fault, hour
        UNION ALL
        SELECT place, fault, hour, NULL AS remote_ip, count(*) AS failures, 0 AS fresh
        FROM fails
        GROUP BY place, fault, hour
    ),
    at_address AS (
        SELECT f.place, f.fault, f.remote_ip, f.message, min(f.hour) AS hour
        FROM fails AS f
        SEMI JOIN addressed AS a ON f.place = a.place AND f.remote_ip = a.remote_ip
        GROUP BY f.place, f.fault, f.remote_ip, f.message
    ),
    addressed_hours AS (
        SELECT place, fault, hour, remote_ip, 0 AS failures, count(*) AS fresh
        FROM at_address
        GROUP BY place, fault, hour, remote_ip
        UNION ALL
        SELECT f.place, f.fault, f.hour, f.remote_ip, count(*) AS failures, 0 AS fresh
        FROM fails AS f
        SEMI JOIN addressed AS a ON f.place = a.place AND f.remote_ip = a.remote_ip
        GROUP BY f.place, f.fault, f.hour, f.remote_ip
    ),
    failed AS (
        SELECT m.series_id, c.hour, sum(c.failures) AS failures, sum(c.fresh) AS fresh
        FROM counted AS c
        INNER JOIN series_places AS m ON c.place = m.place AND c.fault = m.fault
        WHERE m.remote_ip IS NULL
        GROUP BY m.series_id, c.hour
        UNION ALL
        SELECT m.series_id, c.hour, sum(c.failures) AS failures, sum(c.fresh) AS fresh
        FROM addressed_hours AS c
        INNER JOIN series_places AS m ON c.place = m.place AND c.fault = m.fault AND c.remote_ip = m.remote_ip
        GROUP BY m.series_id, c.hour
    )
    SELECT
        g.series_id,
        g.hour AS ts,
        CAST(coalesce(t.attempts, 0) AS BIGINT) AS attempts,
        CAST(coalesce(f.failures, 0) AS BIGINT) AS failures,
        coalesce(m.number, 0) AS messages,
        coalesce(r.number, 0) AS recipients,
        CAST(coalesce(f.fresh, 0) AS BIGINT) AS fresh
    FROM grid AS g
    LEFT JOIN tried AS t ON g.ground = t.ground AND g.hour = t.hour
    LEFT JOIN failed AS f ON g.series_id = f.series_id AND g.hour = f.hour
    LEFT JOIN failing_messages AS m ON g.series_id = m.series_id AND g.hour = m.hour
    LEFT JOIN failing_recipients AS r ON g.series_id = r.series_id AND g.hour = r.hour
    ORDER BY g.series_id, g.hour
"""


def laid_out(con: DuckDBPyConnection, since: datetime | None, until: datetime | None) -> pa.Table:
    """Rows of contracts.SERIES, ordered by series and hour, from the temporary tables of `series`."""
    cover(con)
    con.execute(FAILS)
    add_up(con)
    lay_grid(con, since, until)
    count_failing(con)
    table = con.sql(HOURS).to_arrow_table()
    con.execute(HOURLY)
    for name in (
        "tried",
        "told",
        "grid",
        "grounds",
        "ground_places",
        "covered",
        "failing_messages",
        "failing_recipients",
    ):
        con.execute(f"DROP TABLE {name}")
    # What carries over from one finding to another is asked by message; the rest of so many rows is only in the way.
    for name in ("who", "source", "waiting"):
        con.execute(f"ALTER TABLE fails DROP COLUMN {name}")
    return table
