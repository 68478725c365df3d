"""Hourly failure series by code family, connector and destination, with the attempts that stand against them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEAST_FAILURES: Final = 5
"""A series with fewer can hold no incident, so its hours are not laid out."""


class Series(NamedTuple):
    """`frame` as contracts.SERIES; `keys` says what each series_id stands for.

    keys: series_id, scope (`pair`; `connector`: over all its destinations; `destination`: over all connectors), tenant,
    status_code (the transient code of a pair of twins; NULL if the failures carry none), cause (only where the code is
    NULL), connector, destination (NULL where the scope runs over them), failures, domains (recipient domains).
    """

    frame: pl.DataFrame
    keys: pa.Table


FOLD: Final = """
    CREATE OR REPLACE TEMP TABLE code_family AS
    SELECT
        status_code,
        min(family) AS family
    FROM (
        SELECT status_code, expired_twin AS family
        FROM status_codes
        WHERE status_code LIKE '5.%' AND expired_twin LIKE '4.%'
        UNION ALL
        SELECT expired_twin AS status_code, status_code AS family
        FROM status_codes
        WHERE status_code LIKE '4.%' AND expired_twin LIKE '5.%'
    ) AS twins
    GROUP BY status_code
"""
PLACES: Final = """
    CREATE OR REPLACE TEMP TABLE places AS
    SELECT
        CAST(row_number() OVER (ORDER BY tenant, connector, destination) AS INTEGER) AS place,
        tenant,
        connector,
        destination
    FROM (
        SELECT DISTINCT tenant, connector, destination
        FROM failures
        WHERE ($since IS NULL OR event_time >= $since) AND ($until IS NULL OR event_time < $until)
    ) AS failing
"""
# Only what counting needs, ids as hashes: the view behind it sorts out what several exports saw, so it is read once.
TRIES: Final = """
    CREATE OR REPLACE TEMP TABLE tries AS
    SELECT
        p.place,
        a.event_time,
        a.source,
        a.outcome,
        a.outcome IN ('deferred', 'failed', 'expired', 'rejected') AS failing,
        CASE
            WHEN a.outcome IN ('deferred', 'failed', 'expired', 'rejected') THEN coalesce(f.family, a.status_code)
        END AS code,
        a.cause,
        hash(message_key(a.network_message_id, a.message_id, a.server, a.queue_id, a.file_id, a.line)) AS message,
        hash(lower(a.recipient)) AS who,
        a.recipient_domain,
        a.direction,
        CASE WHEN a.outcome IN ('deferred', 'failed', 'expired', 'rejected') THEN a.remote_ip END AS remote_ip
    FROM attempts AS a
    INNER JOIN places AS p
        ON a.tenant = p.tenant
        AND a.connector IS NOT DISTINCT FROM p.connector
        AND a.destination IS NOT DISTINCT FROM p.destination
    LEFT JOIN code_family AS f
        ON a.status_code = f.status_code
    WHERE ($since IS NULL OR a.event_time >= $since) AND ($until IS NULL OR a.event_time < $until)
"""
# A message trace names no connector. Where a pair's own rows know only failures, what was delivered to the same
# domains is the one thing its failures can be held against.
LENT: Final = """
    CREATE OR REPLACE TEMP TABLE lent AS
    WITH bare AS (
        SELECT place, list(DISTINCT recipient_domain) FILTER (WHERE failing) AS domains
        FROM tries
        GROUP BY place
        HAVING NOT bool_or(outcome = 'delivered') AND bool_or(settled_by_id(source))
    ),
    wanted AS (
        SELECT b.place, p.tenant, unnest(b.domains) AS recipient_domain
        FROM bare AS b
        INNER JOIN places AS p ON b.place = p.place
    )
    SELECT
        w.place,
        date_trunc('hour', a.event_time) AS hour,
        count(*) AS attempts
    FROM attempts AS a
    INNER JOIN wanted AS w
        ON a.tenant = w.tenant AND a.recipient_domain = w.recipient_domain
    WHERE settled_by_id(a.source) AND a.connector IS NULL AND a.outcome = 'delivered'
        AND ($since IS NULL OR a.event_time >= $since) AND ($until IS NULL OR a.event_time < $until)
    GROUP BY w.place, date_trunc('hour', a.event_time)
"""
KEYS: Final = """
    CREATE OR REPLACE TEMP TABLE series_keys AS
    WITH scoped AS (
        SELECT s.scope, p.tenant, t.code AS status_code,
            CASE WHEN t.code IS NULL THEN t.cause END AS cause,
            CASE WHEN s.scope <> 'destination' THEN p.connector END AS connector,
            CASE WHEN s.scope <> 'connector' THEN p.destination END AS destination,
            p.place, p.connector AS own_connector, t.recipient_domain
        FROM tries AS t
        INNER JOIN places AS p ON t.place = p.place
        CROSS JOIN (VALUES ('pair'), ('connector'), ('destination')) AS s (scope)
        WHERE t.failing
    )
    SELECT
        printf(
            's%06d', row_number() OVER (ORDER BY tenant, scope, status_code, cause, connector, destination)
        ) AS series_id,
        scope, tenant, status_code, cause, connector, destination,
        count(*) AS failures,
        list_sort(list(DISTINCT recipient_domain) FILTER (WHERE recipient_domain IS NOT NULL)) AS domains
    FROM scoped
    GROUP BY scope, tenant, status_code, cause, connector, destination
    HAVING count(*) >= $least
        AND (scope = 'pair' OR count(DISTINCT place) > 1)
        AND (scope <> 'connector' OR connector IS NOT NULL)
        AND (scope <> 'destination' OR destination IS NOT NULL)
"""
MEMBERS: Final = """
    CREATE OR REPLACE TEMP TABLE series_places AS
    SELECT k.series_id, k.scope, k.status_code, k.cause, p.place, p.tenant
    FROM series_keys AS k
    INNER JOIN places AS p
        ON k.tenant = p.tenant
        AND (k.scope = 'destination' OR k.connector IS NOT DISTINCT FROM p.connector)
        AND (k.scope = 'connector' OR k.destination IS NOT DISTINCT FROM p.destination)
"""
HOURS: Final = """
    WITH spans AS (
        SELECT tenant, source, date_trunc('hour', first_event) AS first, date_trunc('hour', last_event) AS last
        FROM files
        WHERE first_event IS NOT NULL AND last_event IS NOT NULL
    ),
    covered AS (
        SELECT DISTINCT tenant, source, unnest(generate_series(first, last, INTERVAL 1 HOUR)) AS hour
        FROM spans
    ),
    busy AS (
        SELECT place, date_trunc('hour', event_time) AS hour, count(*) AS attempts
        FROM tries
        GROUP BY place, date_trunc('hour', event_time)
        UNION ALL
        SELECT place, hour, attempts
        FROM lent
    ),
    tried AS (
        SELECT m.series_id, b.hour, sum(b.attempts) AS attempts
        FROM busy AS b
        INNER JOIN series_places AS m ON b.place = m.place
        GROUP BY m.series_id, b.hour
    ),
    failed AS (
        SELECT m.series_id, date_trunc('hour', t.event_time) AS hour, count(*) AS failures,
            count(DISTINCT t.message) AS messages, count(DISTINCT t.who) AS recipients
        FROM tries AS t
        INNER JOIN series_places AS m
            ON t.place = m.place
            AND t.code IS NOT DISTINCT FROM m.status_code
            AND (m.status_code IS NOT NULL OR t.cause IS NOT DISTINCT FROM m.cause)
        WHERE t.failing
        GROUP BY m.series_id, date_trunc('hour', t.event_time)
    ),
    sources AS (
        SELECT DISTINCT m.series_id, m.tenant, t.source
        FROM tries AS t
        INNER JOIN series_places AS m ON t.place = m.place
    ),
    grid AS (
        SELECT s.series_id, c.hour
        FROM sources AS s
        INNER JOIN covered AS c ON s.tenant = c.tenant AND s.source = c.source
        WHERE ($since IS NULL OR c.hour >= $since) AND ($until IS NULL OR c.hour < $until)
        UNION
        SELECT series_id, hour
        FROM tried
    )
    SELECT
        g.series_id,
        g.hour AS ts,
        CAST(coalesce(t.attempts, 0) AS BIGINT) AS attempts,
        CAST(coalesce(f.failures, 0) AS BIGINT) AS failures,
        CAST(coalesce(f.messages, 0) AS BIGINT) AS messages,
        CAST(coalesce(f.recipients, 0) AS BIGINT) AS recipients
    FROM grid AS g
    LEFT JOIN tried AS t ON g.series_id = t.series_id AND g.hour = t.hour
    LEFT JOIN failed AS f ON g.series_id = f.series_id AND g.hour = f.hour
    ORDER BY g.series_id, g.hour
"""


def series(con: DuckDBPyConnection, since: datetime | None = None, until: datetime | None = None) -> Series:
    """The failure series of a lake's catalogue between `since` and `until` (UTC; None: all there is).

    The 5.x code in which a fault ends when mail expires counts to the 4.x code it began as. Hours that no file of the
    series' sources covers have no row; covered hours in which nothing was tried have one of zeroes. Leaves temporary
    tables on the connection, which `incident_facts` reads.
    """
    span = {"since": since, "until": until}
    con.execute(FOLD)
    for statement in (PLACES, TRIES, LENT):
        con.execute(statement, span)
    con.execute(KEYS, {"least": LEAST_FAILURES})
    con.execute(MEMBERS)
    table = con.sql(HOURS, params=span).to_arrow_table()
    keys = con.sql("SELECT * FROM series_keys ORDER BY series_id").to_arrow_table()
    return Series(pl.DataFrame(pl.from_arrow(table)), keys)
