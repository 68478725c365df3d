"""The hours of each series: which are covered, what was tried in them, and what failed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import pyarrow as pa

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DARK: Final = 18
"""So many hours without any event of a source are a hole in its exports. Fewer may be a quiet night."""
COMPLETE: Final = 0.5
"""A source that tells of fewer of the messages of its days was asked for some messages only, so it covers no time."""
NOTED: Final = 0.1
"""A source that tells fewer of a series' failures is not the one that tells them."""

# Sources that see the same mail by id may each hold a part of it: details are fetched message by message.
WHOLE: Final = """
    CREATE OR REPLACE TEMP TABLE whole_sources AS
    WITH crowded AS (
        SELECT tenant
        FROM files
        WHERE first_event IS NOT NULL AND settled_by_id(source)
        GROUP BY tenant
        HAVING count(DISTINCT source) > 1
    ),
    daily AS (
        SELECT e.tenant, e.source, date_trunc('day', e.event_time) AS day,
            approx_count_distinct(coalesce(e.network_message_id, e.message_id)) AS messages
        FROM events AS e
        SEMI JOIN crowded ON e.tenant = crowded.tenant
        WHERE settled_by_id(e.source)
        GROUP BY e.tenant, e.source, date_trunc('day', e.event_time)
    ),
    most AS (
        SELECT tenant, day, max(messages) AS messages
        FROM daily
        GROUP BY tenant, day
    ),
    parts AS (
        SELECT d.tenant, d.source, sum(d.messages) / sum(m.messages) AS share
        FROM daily AS d
        INNER JOIN most AS m ON d.tenant = m.tenant AND d.day = m.day
        GROUP BY d.tenant, d.source
    )
    SELECT f.tenant, f.source, coalesce(p.share >= $complete, true) AS whole
    FROM (SELECT DISTINCT tenant, source FROM files WHERE first_event IS NOT NULL) AS f
    LEFT JOIN parts AS p ON f.tenant = p.tenant AND f.source = p.source
"""
COVERED: Final = """
    CREATE OR REPLACE TEMP TABLE covered AS
    WITH spanned AS (
        SELECT DISTINCT tenant, source,
            unnest(generate_series(
                date_trunc('hour', first_event), date_trunc('hour', last_event), INTERVAL 1 HOUR
            )) AS hour
        FROM files
        WHERE first_event IS NOT NULL AND last_event IS NOT NULL
    ),
    lit AS (
        SELECT DISTINCT tenant, source, date_trunc('hour', event_time) AS hour
        FROM events
    ),
    empty AS (
        SELECT s.tenant, s.source, s.hour,
            s.hour - INTERVAL 1 HOUR * row_number() OVER (PARTITION BY s.tenant, s.source ORDER BY s.hour) AS run
        FROM spanned AS s
        INNER JOIN whole_sources AS w ON s.tenant = w.tenant AND s.source = w.source AND w.whole
        ANTI JOIN lit ON s.tenant = lit.tenant AND s.source = lit.source AND s.hour = lit.hour
    ),
    holes AS (
        SELECT tenant, source, min(hour) AS first, max(hour) AS last
        FROM empty
        GROUP BY tenant, source, run
        HAVING count(*) >= $dark
    )
    SELECT s.tenant, s.source, s.hour
    FROM spanned AS s
    LEFT JOIN holes AS h
        ON s.tenant = h.tenant AND s.source = h.source AND s.hour BETWEEN h.first AND h.last
    WHERE h.first IS NULL
"""
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
# Series of several codes stand on the same ground, so attempts are added up once. Which places an address fails at
# differs from code to code.
GROUNDS: Final = """
    CREATE OR REPLACE TEMP TABLE grounds AS
    SELECT k.series_id, k.tenant, k.scope, k.connector, k.destination,
        dense_rank() OVER (
            ORDER BY k.tenant, k.scope, k.connector, k.destination,
                CASE WHEN k.remote_ip IS NOT NULL THEN k.series_id END
        ) AS ground
    FROM series_keys AS k
"""
GROUND_PLACES: Final = """
    CREATE OR REPLACE TEMP TABLE ground_places AS
    SELECT DISTINCT g.ground, g.tenant, g.scope, m.place, CASE WHEN m.by_address THEN m.remote_ip END AS remote_ip
    FROM grounds AS g
    INNER JOIN series_places AS m ON g.series_id = m.series_id
"""
# Places where nothing ever failed stand against a roll-up too. What is lent is in `all` already, at its own place.
TRIED: Final = """
    CREATE OR REPLACE TEMP TABLE tried AS
    WITH busy AS (
        SELECT place, date_trunc('hour', event_time) AS hour, count(*) AS attempts
        FROM tries
        GROUP BY place, date_trunc('hour', event_time)
    ),
    busy_addresses AS (
        SELECT t.place, t.remote_ip, date_trunc('hour', t.event_time) AS hour, count(*) AS attempts
        FROM tries AS t
        SEMI JOIN addressed AS a ON t.place = a.place AND t.remote_ip = a.remote_ip
        GROUP BY t.place, t.remote_ip, date_trunc('hour', t.event_time)
    ),
    unharmed AS (
        SELECT h.tenant, h.connector, h.destination, h.hour, h.attempts
        FROM place_hours AS h
        ANTI JOIN places AS p
            ON h.tenant = p.tenant
            AND h.connector IS NOT DISTINCT FROM p.connector
            AND h.destination IS NOT DISTINCT FROM p.destination
    ),
    wide AS (
        SELECT DISTINCT ground, tenant, scope, connector, destination
        FROM grounds
        WHERE scope IN ('connector', 'destination', 'all')
    ),
    parts AS (
        SELECT g.ground, b.hour, b.attempts
        FROM busy AS b
        INNER JOIN ground_places AS g ON b.place = g.place
        WHERE g.remote_ip IS NULL
        UNION ALL
        SELECT g.ground, b.hour, b.attempts
        FROM busy_addresses AS b
        INNER JOIN ground_places AS g ON b.place = g.place AND b.remote_ip = g.remote_ip
        UNION ALL
        SELECT g.ground, b.hour, b.attempts
        FROM lent AS b
        INNER JOIN ground_places AS g ON b.place = g.place
        WHERE g.remote_ip IS NULL AND g.scope <> 'all'
        UNION ALL
        SELECT w.ground, u.hour, u.attempts
        FROM unharmed AS u
        INNER JOIN wide AS w
            ON u.tenant = w.tenant
            AND (w.scope IN ('destination', 'all') OR u.connector IS NOT DISTINCT FROM w.connector)
            AND (w.scope IN ('connector', 'all') OR u.destination IS NOT DISTINCT FROM w.destination)
    )
    SELECT ground, hour, CAST(sum(attempts) AS BIGINT) AS attempts
    FROM parts
    GROUP BY ground, hour
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
    con.execute(WHOLE, {"complete": COMPLETE})
    con.execute(COVERED, {"dark": DARK})
    for statement in (FAILS, GROUNDS, GROUND_PLACES, TRIED):
        con.execute(statement)
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
