"""What series stand on: the places of each, and what was tried there hour by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

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


def add_up(con: DuckDBPyConnection) -> None:
    """Leave the temporary tables `grounds`, `ground_places` and `tried` (ground, hour, attempts).

    con: holds the tables of `series`: tries, lent, places, place_hours, addressed, series_keys, series_places.
    """
    for statement in (GROUNDS, GROUND_PLACES, TRIED):
        con.execute(statement)
