"""The hours of each series: which are covered, what was tried in them, and what failed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from mailtrend.warehouse.covering import cover
from mailtrend.warehouse.grounds import add_up

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOTED: Final = 0.1
"""A source that tells fewer of a series' failures is not the one that tells them."""

FAILS: Final = """
    CREATE OR REPLACE TEMP TABLE fails AS
    SELECT t.place, f.fault, date_trunc('hour', t.event_time) AS hour, t.message, t.who, t.remote_ip, t.source,
        t.outcome = 'deferred' AS waiting
    FROM tries AS t
    INNER JOIN faults AS f
        ON t.code IS NOT DISTINCT FROM f.code
        AND CASE WHEN t.code IS NULL THEN t.cause END IS NOT DISTINCT FROM f.cause
    WHERE t.failing
"""
# What is asked of every finding (how widespread, who failed before) is answered from this and `fails`.
HOURLY: Final = """
    CREATE OR REPLACE TEMP TABLE fails_hourly AS
    SELECT place, fault, remote_ip, hour, count(*) AS failures, count(*) FILTER (WHERE waiting) AS waiting
    FROM fails
    GROUP BY place, fault, remote_ip, hour
"""
# Where the sources that tell a series' failures end, nothing more can be said of it, whatever others still deliver.
TOLD: Final = """
    CREATE OR REPLACE TEMP TABLE told AS
    WITH counted AS (
        SELECT place, fault, source, count(*) AS failures
        FROM fails
        GROUP BY place, fault, source
    ),
    summed AS (
        SELECT m.series_id, m.tenant, c.source, sum(c.failures) AS failures
        FROM counted AS c
        INNER JOIN series_places AS m ON c.place = m.place AND c.fault = m.fault
        GROUP BY m.series_id, m.tenant, c.source
    ),
    shared AS (
        SELECT summed.*, sum(failures) OVER (PARTITION BY series_id) AS together
        FROM summed
    ),
    telling AS (
        SELECT s.series_id, s.tenant, list(s.source ORDER BY s.source) AS sources
        FROM shared AS s
        INNER JOIN whole_sources AS w ON s.tenant = w.tenant AND s.source = w.source AND w.whole
        WHERE s.failures >= $noted * s.together
        GROUP BY s.series_id, s.tenant
    )
    SELECT series_id, tenant, sources
    FROM telling
"""
GRID: Final = """
    CREATE OR REPLACE TEMP TABLE grid AS
    WITH seeing AS (
        SELECT DISTINCT g.ground, g.tenant, p.source
        FROM (SELECT DISTINCT place, source FROM tries) AS p
        INNER JOIN ground_places AS g ON p.place = g.place
    ),
    hours AS (
        SELECT s.ground, c.hour
        FROM seeing AS s
        INNER JOIN covered AS c ON s.tenant = c.tenant AND s.source = c.source
        UNION
        SELECT ground, hour
        FROM tried
    ),
    kinds AS (
        SELECT DISTINCT tenant, sources
        FROM told
    ),
    reached AS (
        SELECT DISTINCT k.tenant, k.sources, c.hour
        FROM (SELECT tenant, sources, unnest(sources) AS source FROM kinds) AS k
        INNER JOIN covered AS c ON k.tenant = c.tenant AND k.source = c.source
    ),
    begins AS (
        SELECT tenant, sources, min(hour) AS hour
        FROM reached
        GROUP BY tenant, sources
    ),
    wanted AS (
        SELECT g.series_id, h.ground, h.hour, t.tenant, t.sources
        FROM grounds AS g
        INNER JOIN hours AS h ON g.ground = h.ground
        LEFT JOIN told AS t ON g.series_id = t.series_id
        WHERE ($since IS NULL OR h.hour >= $since) AND ($until IS NULL OR h.hour < $until)
    )
    SELECT w.series_id, w.ground, w.hour
    FROM wanted AS w
    LEFT JOIN begins AS b ON w.tenant = b.tenant AND w.sources = b.sources
    LEFT JOIN reached AS r ON w.tenant = r.tenant AND w.sources = r.sources AND w.hour = r.hour
    WHERE b.hour IS NULL OR w.hour < b.hour OR r.hour IS NOT NULL
"""
# Nearly every message fails at one place an hour, so its hours add up; the few that do not are counted scope by scope.
COUNTED: Final = """
    CREATE OR REPLACE TEMP TABLE {name} AS
    WITH grouped AS (
        SELECT fault, hour, {column}, min(place) AS place, max(place) <> min(place) AS moving
        FROM fails
        GROUP BY fault, hour, {column}
    ),
    still AS (
        SELECT place, fault, hour, count({column}) AS number
        FROM grouped
        WHERE NOT moving
        GROUP BY place, fault, hour
    ),
    roaming AS (
        SELECT DISTINCT f.place, f.fault, f.hour, f.{column}
        FROM fails AS f
        SEMI JOIN (SELECT * FROM grouped WHERE moving) AS g
            ON f.fault = g.fault AND f.hour = g.hour AND f.{column} = g.{column}
    ),
    together AS (
        SELECT m.series_id, s.hour, sum(s.number) AS number
        FROM still AS s
        INNER JOIN series_places AS m ON s.place = m.place AND s.fault = m.fault
        WHERE m.remote_ip IS NULL
        GROUP BY m.series_id, s.hour
        UNION ALL
        SELECT m.series_id, r.hour, count(DISTINCT r.{column}) AS number
        FROM roaming AS r
        INNER JOIN series_places AS m ON r.place = m.place AND r.fault = m.fault
        WHERE m.remote_ip IS NULL
        GROUP BY m.series_id, r.hour
        UNION ALL
        SELECT m.series_id, f.hour, count(DISTINCT f.{column}) AS number
        FROM fails AS f
        INNER JOIN series_places AS m ON f.place = m.place AND f.fault = m.fault AND f.remote_ip = m.remote_ip
        GROUP BY m.series_id, f.hour
    )
    SELECT series_id, hour, CAST(sum(number) AS BIGINT) AS number
    FROM together
    GROUP BY series_id, hour
"""
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
    con.execute(TOLD, {"noted": NOTED})
    con.execute(GRID, {"since": since, "until": until})
    for name, column in (("failing_messages", "message"), ("failing_recipients", "who")):
        con.execute(COUNTED.format(name=name, column=column))
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
    return table
