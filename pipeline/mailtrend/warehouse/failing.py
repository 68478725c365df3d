"""What failed, attempt by attempt and hour by hour, and how many messages and recipients that were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

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


def count_failing(con: DuckDBPyConnection) -> None:
    """Leave the temporary tables `failing_messages` and `failing_recipients` (series_id, hour, number).

    con: holds `fails` and the tables of `series`.
    """
    for name, column in (("failing_messages", "message"), ("failing_recipients", "who")):
        con.execute(COUNTED.format(name=name, column=column))
