"""The counts of each case: what was tried, what failed, what got through, in its time and outside of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIGURES: Final = """
    WITH begun AS (
        SELECT number, min(event_time) AS first_failure,
            -- What gets through after the last failure of an incident that is over came after it, not in it.
            CASE WHEN min(last) < min(as_of) THEN max(event_time) ELSE TIMESTAMP '9999-12-31' END AS over_by
        FROM case_tries
        WHERE during AND here
        GROUP BY number
    ),
    failing AS (
        SELECT DISTINCT number, who
        FROM case_tries
        WHERE during AND here
    )
    SELECT
        t.number,
        count(*) FILTER (WHERE t.during) AS attempts,
        count(*) FILTER (WHERE t.during AND t.here) AS failures,
        count(DISTINCT t.message) FILTER (WHERE t.during AND t.here) AS messages,
        count(DISTINCT t.who) FILTER (WHERE t.during AND t.here) AS recipients,
        min(t.event_time) FILTER (WHERE t.during AND t.here) AS first_failure,
        max(t.event_time) FILTER (WHERE t.during AND t.here) AS last_failure,
        count(*) FILTER (WHERE NOT t.during) AS other_attempts,
        count(*) FILTER (WHERE NOT t.during AND t.here) AS other_failures,
        count(*) FILTER (
            WHERE t.outcome = 'delivered' AND t.event_time > b.first_failure AND t.event_time < b.over_by
        ) AS successes_since,
        count(*) FILTER (WHERE t.outcome = 'delivered' AND t.event_time <= b.first_failure) AS successes_before,
        count(DISTINCT t.who) FILTER (
            WHERE t.outcome = 'delivered' AND f.who IS NOT NULL
                AND t.event_time > b.first_failure AND t.event_time < b.over_by
        ) AS recipients_succeeding,
        max(t.event_time) FILTER (WHERE t.outcome = 'delivered') AS last_success,
        count(*) FILTER (WHERE t.during AND t.here AND (t.outcome = 'rejected' OR t.direction = 'inbound')) AS inbound
    FROM case_tries AS t
    LEFT JOIN begun AS b ON t.number = b.number
    LEFT JOIN failing AS f ON t.number = f.number AND t.who = f.who
    GROUP BY t.number
    ORDER BY t.number
"""
# Places where nothing ever failed are not among the tries, but what was tried there stands against a roll-up too.
UNHARMED: Final = """
    WITH begun AS (
        SELECT number, date_trunc('hour', min(event_time)) AS first_hour,
            CASE WHEN min(last) < min(as_of) THEN date_trunc('hour', max(event_time)) ELSE min(last) END AS over_by
        FROM case_tries
        WHERE during AND here
        GROUP BY number
    ),
    unharmed AS (
        SELECT h.*
        FROM place_hours AS h
        ANTI JOIN places AS p
            ON h.tenant = p.tenant
            AND h.connector IS NOT DISTINCT FROM p.connector
            AND h.destination IS NOT DISTINCT FROM p.destination
    )
    SELECT
        c.number,
        coalesce(sum(h.attempts) FILTER (WHERE h.hour >= c.first AND h.hour < c.last), 0) AS attempts,
        coalesce(sum(h.attempts) FILTER (WHERE h.hour < c.first OR h.hour >= c.last), 0) AS other_attempts,
        coalesce(sum(h.delivered) FILTER (WHERE h.hour > b.first_hour AND h.hour < b.over_by), 0) AS successes_since,
        coalesce(sum(h.delivered) FILTER (WHERE h.hour < b.first_hour), 0) AS successes_before
    FROM cases AS c
    INNER JOIN unharmed AS h
        ON c.tenant = h.tenant
        AND (c.scope IN ('destination', 'all') OR c.connector IS NOT DISTINCT FROM h.connector)
        AND (c.scope IN ('connector', 'all') OR c.destination IS NOT DISTINCT FROM h.destination)
    LEFT JOIN begun AS b ON c.number = b.number
    WHERE c.scope IN ('connector', 'destination', 'all')
    GROUP BY c.number
    ORDER BY c.number
"""
# One address serves destinations where nothing ever failed, too. The view is read again only for such a case.
ADDRESSES: Final = """
    SELECT
        c.number,
        count(*) FILTER (WHERE a.event_time >= c.first AND a.event_time < c.last) AS attempts,
        count(*) FILTER (WHERE a.event_time < c.first OR a.event_time >= c.last) AS other_attempts
    FROM attempts AS a
    INNER JOIN cases AS c
        ON a.tenant = c.tenant
        AND a.connector IS NOT DISTINCT FROM c.connector
        AND (NOT c.by_address OR a.remote_ip = c.remote_ip)
    WHERE c.scope = 'remote_ip'
    GROUP BY c.number
"""


def figures(con: DuckDBPyConnection) -> dict[int, dict[str, Any]]:
    """Counts of Facts by number of the case. con: holds the temporary tables of casing.lay_out and of the series."""
    found = {row.pop("number"): row for row in _rows(con, FIGURES)}
    for row in _rows(con, UNHARMED):
        counted = found.get(row.pop("number"))
        if counted is not None:
            counted.update({name: counted[name] + int(value) for name, value in row.items()})
    if con.execute("SELECT count(*) FROM cases WHERE scope = 'remote_ip'").fetchall()[0][0]:
        for row in _rows(con, ADDRESSES):
            found.setdefault(row.pop("number"), {}).update(row)
    return found


def _rows(con: DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = con.sql(query).to_arrow_table().to_pylist()
    return rows
