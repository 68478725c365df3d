"""Which hours each series has: those that the sources cover which tell its failures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOTED: Final = 0.1
"""A source that tells fewer of a series' failures is not the one that tells them."""

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


def lay_grid(con: DuckDBPyConnection, since: datetime | None, until: datetime | None) -> None:
    """Leave the temporary tables `told` (sources by series) and `grid` (series_id, ground, hour).

    con: holds `fails`, `covered` and the tables of grounds.add_up. since, until: UTC without zone, None for all.
    """
    con.execute(TOLD, {"noted": NOTED})
    con.execute(GRID, {"since": since, "until": until})
