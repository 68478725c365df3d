"""What became of the mail of each case: delivered late and how late, lost, still at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# As in queries/incident-figures.sql: the two have to say the same. What names no recipient is a session, not a message.
FAILING: Final = """
    CREATE OR REPLACE TEMP TABLE case_mail AS
    SELECT t.number, c.tenant, t.message, t.who, min(t.event_time) AS first
    FROM case_tries AS t
    INNER JOIN cases AS c ON t.number = c.number
    WHERE t.during AND t.here AND t.who IS DISTINCT FROM hash(CAST(NULL AS VARCHAR))
    GROUP BY t.number, c.tenant, t.message, t.who
"""
TOLD: Final = """
    CREATE OR REPLACE TEMP TABLE case_fates AS
    WITH known AS (
        SELECT tenant, hash(coalesce(network_message_id, message_id)) AS message, hash(lower(recipient)) AS who,
            outcome, first_seen, last_event, expires_at, delay_seconds
        FROM messages
        WHERE coalesce(network_message_id, message_id) IS NOT NULL
    )
    SELECT f.number, f.message, f.who,
        arg_max(k.outcome, k.first_seen) AS outcome,
        arg_max(k.last_event, k.first_seen) AS last_event,
        max(k.expires_at) AS expires_at,
        max(k.delay_seconds) AS delay_seconds
    FROM case_mail AS f
    INNER JOIN known AS k
        ON f.tenant = k.tenant AND f.message = k.message AND f.who = k.who
        AND f.first >= k.first_seen AND f.first <= k.last_event
    GROUP BY f.number, f.message, f.who
"""
LEFT: Final = """
    CREATE OR REPLACE TEMP TABLE case_unnamed AS
    SELECT f.*
    FROM case_mail AS f
    ANTI JOIN case_fates AS k ON f.number = k.number AND f.message = k.message AND f.who = k.who
"""
# A message without an id of its own may be delivered at another place than it failed at, so all attempts are asked.
FOLLOWED: Final = """
    INSERT INTO case_fates
    WITH named AS (
        SELECT tenant, event_time, outcome, delay_seconds,
            hash(message_key(network_message_id, message_id, server, queue_id, file_id, line)) AS message,
            hash(lower(recipient)) AS who
        FROM attempts
        WHERE recipient IS NOT NULL
            AND event_time >= (SELECT min(first) FROM case_unnamed)
            AND event_time <= (SELECT max(first) FROM case_unnamed) + INTERVAL 6 DAY
    )
    SELECT f.number, f.message, f.who,
        arg_max(a.outcome, epoch_us(a.event_time) * 2 + CASE WHEN a.outcome = 'deferred' THEN 0 ELSE 1 END) AS outcome,
        max(a.event_time) AS last_event,
        NULL AS expires_at,
        greatest(
            max(a.delay_seconds) FILTER (WHERE a.outcome = 'delivered'),
            CAST(
                epoch(max(a.event_time) FILTER (WHERE a.outcome = 'delivered') - min(a.event_time)) AS DOUBLE
            )
        ) AS delay_seconds
    FROM case_unnamed AS f
    INNER JOIN named AS a
        ON f.tenant = a.tenant AND f.message = a.message AND f.who = a.who
        AND a.event_time >= f.first AND a.event_time <= f.first + INTERVAL 6 DAY
    GROUP BY f.number, f.message, f.who
"""
FATES: Final = """
    WITH fates AS (
        SELECT f.number, f.outcome, f.expires_at, f.delay_seconds,
            f.outcome IN ('deferred', 'pending')
            AND coalesce(f.expires_at, f.last_event + INTERVAL 5 DAY) > c.as_of AS waits
        FROM case_fates AS f
        INNER JOIN cases AS c ON f.number = c.number
    )
    SELECT
        number,
        count(*) FILTER (WHERE outcome = 'delivered') AS delivered_late,
        count(*) FILTER (WHERE outcome IN ('failed', 'expired', 'rejected')) AS lost,
        count(*) FILTER (WHERE waits) AS at_risk,
        min(expires_at) FILTER (WHERE waits) AS next_expiry,
        quantile_disc(delay_seconds, 0.5) FILTER (WHERE outcome = 'delivered') AS late_p50_seconds,
        quantile_disc(delay_seconds, 0.9) FILTER (WHERE outcome = 'delivered') AS late_p90_seconds,
        max(delay_seconds) FILTER (WHERE outcome = 'delivered') AS late_max_seconds
    FROM fates
    GROUP BY number
    ORDER BY number
"""


def fates(con: DuckDBPyConnection) -> dict[int, dict[str, Any]]:
    """Figures of contracts.INCIDENTS by number of the case: delivered_late, lost, at_risk, next_expiry, late_*.

    con: holds the temporary tables of casing.lay_out.
    """
    for statement in (FAILING, TOLD, LEFT):
        con.execute(statement)
    unnamed = con.execute("SELECT count(*) FROM case_unnamed").fetchall()[0][0]
    if unnamed:
        con.execute(FOLLOWED)
    rows = con.sql(FATES).to_arrow_table().to_pylist()
    for name in ("case_mail", "case_fates", "case_unnamed"):
        con.execute(f"DROP TABLE {name}")
    return {row.pop("number"): row for row in rows}
