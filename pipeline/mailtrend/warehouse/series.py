"""Hourly failure series by code family and place, at five scopes, with the attempts that stand against them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl
import pyarrow as pa

from mailtrend.warehouse.hours import laid_out
from mailtrend.warehouse.tries import FOLD, gather

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["FOLD", "Series", "series"]

LEAST_FAILURES: Final = 5
"""A series with fewer can hold no incident, so its hours are not laid out."""
LEAST_SHARE: Final = 0.3
"""An address with a smaller share of its place's failures with a code is not the one that fails."""


class Series(NamedTuple):
    """`frame` as contracts.SERIES; `keys` says what each series_id stands for.

    keys: series_id, scope (`pair`; `connector`: over all its destinations; `destination`: over all connectors;
    `remote_ip`: one address of several, over all destinations of a connector that it serves; `all`: the whole tenant),
    tenant, status_code (the transient code of a pair of twins; NULL if the failures carry none), cause (only where the
    code is NULL), connector, destination (NULL where the scope runs over several), remote_ip (that scope alone), place
    (a pair's number in the temporary table `places`), failures, domains (recipient domains).
    """

    frame: pl.DataFrame
    keys: pa.Table


# Failures of one code at one address of a place, where other addresses were tried there too.
ADDRESSED: Final = """
    CREATE OR REPLACE TEMP TABLE addressed AS
    WITH known AS (
        SELECT place, remote_ip, count(*) FILTER (WHERE outcome = 'delivered') AS delivered
        FROM tries
        WHERE remote_ip IS NOT NULL
        GROUP BY place, remote_ip
    ),
    several AS (
        SELECT place, bool_or(delivered > 0) AS by_address
        FROM known
        GROUP BY place
        HAVING count(*) > 1
    ),
    counted AS (
        SELECT t.place, t.code, CASE WHEN t.code IS NULL THEN t.cause END AS cause, t.remote_ip, count(*) AS failures
        FROM tries AS t
        INNER JOIN several AS s ON t.place = s.place
        WHERE t.failing
        GROUP BY ALL
    ),
    shared AS (
        SELECT counted.*, sum(failures) OVER (PARTITION BY place, code, cause) AS together
        FROM counted
    )
    SELECT h.place, h.code, h.cause, h.remote_ip, h.failures, s.by_address
    FROM shared AS h
    INNER JOIN several AS s ON h.place = s.place
    WHERE h.remote_ip IS NOT NULL AND h.failures >= $share * h.together
"""
KEYS: Final = """
    CREATE OR REPLACE TEMP TABLE series_keys AS
    WITH counted AS (
        SELECT place, code, CASE WHEN code IS NULL THEN cause END AS cause, recipient_domain, count(*) AS failures
        FROM tries
        WHERE failing
        GROUP BY ALL
    ),
    scoped AS (
        SELECT s.scope, p.tenant, c.code AS status_code, c.cause,
            CASE WHEN s.scope IN ('pair', 'connector') THEN p.connector END AS connector,
            CASE WHEN s.scope IN ('pair', 'destination') THEN p.destination END AS destination,
            NULL AS remote_ip,
            p.place, p.connector AS own_connector, p.destination AS own_destination,
            c.recipient_domain, c.failures
        FROM counted AS c
        INNER JOIN places AS p ON c.place = p.place
        CROSS JOIN (VALUES ('pair'), ('connector'), ('destination'), ('all')) AS s (scope)
        UNION ALL
        SELECT 'remote_ip', p.tenant, a.code, a.cause, p.connector, NULL, a.remote_ip,
            p.place, p.connector, p.destination, NULL, a.failures
        FROM addressed AS a
        INNER JOIN places AS p ON a.place = p.place
    )
    SELECT
        printf(
            's%06d',
            row_number() OVER (ORDER BY tenant, scope, status_code, cause, connector, destination, remote_ip)
        ) AS series_id,
        scope, tenant, status_code, cause, connector,
        CASE WHEN scope = 'remote_ip' AND count(DISTINCT place) = 1 THEN min(own_destination) ELSE destination END
            AS destination,
        remote_ip,
        CASE WHEN scope = 'pair' THEN min(place) END AS place,
        CAST(sum(failures) AS BIGINT) AS failures,
        list_sort(list(DISTINCT recipient_domain) FILTER (WHERE recipient_domain IS NOT NULL)) AS domains
    FROM scoped
    GROUP BY scope, tenant, status_code, cause, connector, destination, remote_ip
    HAVING sum(failures) >= $least
        AND (scope IN ('pair', 'remote_ip') OR count(DISTINCT place) > 1)
        AND (scope <> 'connector' OR connector IS NOT NULL)
        AND (scope <> 'destination' OR destination IS NOT NULL)
        -- Over all of one connector, `all` would say what the connector says.
        AND (scope <> 'all' OR count(DISTINCT coalesce(own_connector, '')) > 1 OR bool_and(own_connector IS NULL))
"""
FAULTS: Final = """
    CREATE OR REPLACE TEMP TABLE faults AS
    SELECT CAST(row_number() OVER (ORDER BY status_code, cause) AS INTEGER) AS fault, status_code AS code, cause
    FROM (SELECT DISTINCT status_code, cause FROM series_keys) AS known
"""
MEMBERS: Final = """
    CREATE OR REPLACE TEMP TABLE series_places AS
    SELECT k.series_id, k.scope, k.status_code, k.cause, p.place, p.tenant, f.fault,
        k.remote_ip, false AS by_address
    FROM series_keys AS k
    INNER JOIN faults AS f
        ON k.status_code IS NOT DISTINCT FROM f.code AND k.cause IS NOT DISTINCT FROM f.cause
    INNER JOIN places AS p
        ON k.tenant = p.tenant
        AND (k.scope IN ('destination', 'all') OR k.connector IS NOT DISTINCT FROM p.connector)
        AND (k.scope IN ('connector', 'all') OR k.destination IS NOT DISTINCT FROM p.destination)
    WHERE k.scope <> 'remote_ip'
    UNION ALL
    SELECT k.series_id, k.scope, k.status_code, k.cause, p.place, p.tenant, f.fault,
        k.remote_ip, a.by_address
    FROM series_keys AS k
    INNER JOIN faults AS f
        ON k.status_code IS NOT DISTINCT FROM f.code AND k.cause IS NOT DISTINCT FROM f.cause
    INNER JOIN places AS p
        ON k.tenant = p.tenant AND k.connector IS NOT DISTINCT FROM p.connector
    INNER JOIN addressed AS a
        ON a.place = p.place
        AND a.remote_ip = k.remote_ip
        AND a.code IS NOT DISTINCT FROM k.status_code
        AND a.cause IS NOT DISTINCT FROM k.cause
    WHERE k.scope = 'remote_ip'
"""


def series(con: DuckDBPyConnection, since: datetime | None = None, until: datetime | None = None) -> Series:
    """The failure series of a lake's catalogue between `since` and `until` (UTC; None: all there is).

    The 5.x code in which a fault ends when mail expires counts to the 4.x code it began as. Hours that no file of the
    sources that tell a series' failures covers have no row; covered hours in which nothing was tried have one of
    zeroes. Leaves temporary tables on the connection, which `incident_facts` reads.
    """
    gather(con, since, until)
    con.execute(ADDRESSED, {"share": LEAST_SHARE})
    con.execute(KEYS, {"least": LEAST_FAILURES})
    con.execute(FAULTS)
    con.execute(MEMBERS)
    table = laid_out(con, since, until)
    keys = con.sql("SELECT * FROM series_keys ORDER BY series_id").to_arrow_table()
    return Series(pl.DataFrame(pl.from_arrow(table)), keys)
