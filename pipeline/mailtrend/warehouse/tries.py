"""The delivery attempts at places where mail fails, once each, as temporary tables that series and facts read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

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
# What was tried where, hour by hour, also where nothing ever failed: how widespread a fault is shows only against that.
PLACE_HOURS: Final = """
    CREATE OR REPLACE TEMP TABLE place_hours AS
    SELECT
        tenant,
        connector,
        destination,
        date_trunc('hour', event_time) AS hour,
        count(*) AS attempts,
        count(*) FILTER (WHERE outcome = 'delivered') AS delivered,
        count(*) FILTER (WHERE outcome IN ('deferred', 'failed', 'expired', 'rejected')) AS failures
    FROM attempts
    WHERE ($since IS NULL OR event_time >= $since) AND ($until IS NULL OR event_time < $until)
    GROUP BY tenant, connector, destination, date_trunc('hour', event_time)
"""
PLACES: Final = """
    CREATE OR REPLACE TEMP TABLE places AS
    SELECT
        CAST(row_number() OVER (ORDER BY tenant, connector, destination) AS INTEGER) AS place,
        tenant,
        connector,
        destination
    FROM place_hours
    GROUP BY tenant, connector, destination
    HAVING sum(failures) > 0
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
        a.remote_ip
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
WANTED: Final = """
    CREATE OR REPLACE TEMP TABLE wanted AS
    WITH bare AS (
        SELECT place, list(DISTINCT recipient_domain) FILTER (WHERE failing) AS domains
        FROM tries
        GROUP BY place
        HAVING NOT bool_or(outcome = 'delivered') AND bool_or(settled_by_id(source))
    )
    SELECT b.place, p.tenant, unnest(b.domains) AS recipient_domain
    FROM bare AS b
    INNER JOIN places AS p ON b.place = p.place
"""
LENT: Final = """
    CREATE OR REPLACE TEMP TABLE lent AS
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
NOT_LENT: Final = """
    CREATE OR REPLACE TEMP TABLE lent AS
    SELECT place, CAST(NULL AS TIMESTAMP) AS hour, 0 AS attempts
    FROM wanted
"""


def gather(con: DuckDBPyConnection, since: datetime | None, until: datetime | None) -> None:
    """Leave the temporary tables `code_family`, `place_hours`, `places`, `tries` and `lent` on the connection.

    since, until: UTC without zone; None for all there is. `tries.code` is the code family of a failing attempt;
    `tries.message` and `tries.who` are hashes of the message's key and of its recipient.
    """
    span = {"since": since, "until": until}
    con.execute(FOLD)
    con.execute(PLACE_HOURS, span)
    con.execute(PLACES)
    con.execute(TRIES, span)
    con.execute(WANTED)
    # Reading the view again is what costs here, so not for nothing.
    wanted = con.execute("SELECT count(*) FROM wanted").fetchall()[0][0]
    con.execute(LENT if wanted else NOT_LENT, span if wanted else {})
