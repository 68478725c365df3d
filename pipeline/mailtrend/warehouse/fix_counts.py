"""The SQL of `mailtrend verify` that counts messages: what was tried since a change, what failed, and what is usual."""

from __future__ import annotations

from typing import Final

# One row a message and recipient (and place) that was tried since the change has spread. Old: it was tried before that.
_TRIED: Final = """
    CREATE OR REPLACE TEMP TABLE {name} AS
    WITH known AS (
        SELECT
            *,
            {place} AS place,
            coalesce(min(event_time) OVER (PARTITION BY message, who) < $judged_from, false) AS old
        FROM fix_rows
    )
    SELECT
        message,
        who,
        place,
        old,
        max(event_time) AS last_try,
        bool_or(outcome = 'delivered') AS delivered,
        arg_max(CASE WHEN failing THEN fault ELSE '' END, event_time) AS last_fault
    FROM known
    WHERE event_time >= $judged_from AND NOT late{only}
    GROUP BY message, who, place, old
"""
# A new message met every fault that an attempt of it met; one that waited, only that of its last attempt.
_MET: Final = """
    CREATE OR REPLACE TEMP TABLE {name} AS
    SELECT
        t.place,
        t.old,
        r.fault,
        min(r.event_time) AS first,
        max(r.event_time) AS last,
        mode(r.cause) AS cause
    FROM fix_rows AS r
    INNER JOIN {tried} AS t
        ON r.message = t.message
        AND r.who IS NOT DISTINCT FROM t.who
        AND {place} IS NOT DISTINCT FROM t.place
    WHERE r.event_time >= $judged_from AND NOT r.late AND r.failing AND (NOT t.old OR r.fault = t.last_fault)
    GROUP BY t.message, t.who, t.place, t.old, r.fault
"""
TRIED: Final = (
    _TRIED.format(name="fix_tried", place="''", only=""),
    _MET.format(name="fix_met", tried="fix_tried", place="''"),
    _TRIED.format(name="fix_tried_at", place="destination", only=" AND NOT lent"),
    _MET.format(name="fix_met_at", tried="fix_tried_at", place="r.destination"),
)
REACH: Final = """
    SELECT
        min(event_time) FILTER (WHERE source IN (SELECT source FROM fix_tries WHERE NOT lent)) AS first,
        max(event_time) FILTER (WHERE source IN (SELECT source FROM fix_tries WHERE NOT lent)) AS last,
        max(event_time) FILTER (WHERE settled_by_id(source)) AS wide
    FROM events
    WHERE tenant = $tenant
"""
COUNTS: Final = """
    SELECT
        count(*) FILTER (WHERE event_time >= $judged_from AND NOT late) AS tries,
        count(*) FILTER (WHERE event_time >= $judged_from AND NOT late AND failing AND fault = $fault) AS failed_tries,
        coalesce(bool_or(lent AND event_time >= $judged_from), false) AS lent,
        count(DISTINCT (message, who)) FILTER (
            WHERE event_time >= $since AND event_time < $judged_from AND NOT late
        ) AS between,
        count(DISTINCT (message, who)) FILTER (
            WHERE event_time >= $since AND event_time < $judged_from AND NOT late AND failing AND fault = $fault
        ) AS failures_between,
        count(*) FILTER (WHERE late AND (fault = $fault OR unsaid)) AS returned_late
    FROM fix_rows
"""
SEEN: Final = """
    SELECT
        count(*) AS attempts,
        count(*) FILTER (WHERE NOT old) AS fresh,
        count(*) FILTER (WHERE delivered) AS delivered
    FROM fix_tried
"""
# The last time that the fault was there before the change: a day without it is the end of an earlier one.
EPISODE: Final = """
    WITH failing AS (
        SELECT event_time, message, who, lag(event_time) OVER (ORDER BY event_time) AS previous
        FROM fix_rows
        WHERE failing AND fault = $fault AND event_time < $since
    )
    SELECT min(event_time) AS first, count(DISTINCT (message, who)) AS messages
    FROM failing
    WHERE event_time >= (
        SELECT max(event_time)
        FROM failing
        WHERE previous IS NULL OR event_time - previous > INTERVAL 24 HOUR
    )
"""
BEFORE: Final = """
    SELECT
        fault,
        count(DISTINCT (message, who)) AS messages
    FROM fix_rows
    WHERE event_time >= $begin AND event_time < $since AND failing
    GROUP BY fault
    UNION ALL
    SELECT
        NULL AS fault,
        count(DISTINCT (message, who)) AS messages
    FROM fix_rows
    WHERE event_time >= $begin AND event_time < $since
"""
SINCE: Final = """
    WITH faults AS (
        SELECT fault, count(*) AS failures, min(first) AS first, max(last) AS last, mode(cause) AS cause,
            count(*) FILTER (WHERE NOT old) AS fresh_failures
        FROM fix_met
        GROUP BY fault
    )
    SELECT f.fault, f.cause, f.failures, count(t.message) AS since_last, f.first, f.last, f.fresh_failures
    FROM faults AS f
    LEFT JOIN fix_tried AS t ON t.last_try > f.last
    GROUP BY f.fault, f.cause, f.failures, f.first, f.last, f.fresh_failures
    ORDER BY f.failures DESC, f.fault
"""
PLACES: Final = """
    WITH earlier AS (
        SELECT destination,
            count(DISTINCT (message, who)) FILTER (WHERE failing AND fault = $fault)
            / count(DISTINCT (message, who)) AS share
        FROM fix_rows
        WHERE event_time >= $begin AND event_time < $since
        GROUP BY destination
    ),
    met AS (
        SELECT place, count(*) AS failures, min(first) AS first, max(last) AS last,
            count(*) FILTER (WHERE NOT old) AS fresh_failures
        FROM fix_met_at
        WHERE fault = $fault
        GROUP BY place
    )
    SELECT
        coalesce(m.place, 'an unknown destination') AS destination,
        count(*) AS attempts,
        any_value(m.failures) AS failures,
        count(*) FILTER (WHERE t.last_try > m.last) AS since_last,
        any_value(m.first) AS first,
        any_value(m.last) AS last,
        any_value(e.share) AS before,
        count(*) FILTER (WHERE NOT t.old) AS fresh,
        any_value(m.fresh_failures) AS fresh_failures
    FROM met AS m
    INNER JOIN fix_tried_at AS t ON t.place IS NOT DISTINCT FROM m.place
    LEFT JOIN earlier AS e ON e.destination IS NOT DISTINCT FROM m.place
    GROUP BY m.place
    ORDER BY failures DESC, destination
"""
# New messages in each hour that data of the connector's sources cover: four weeks before the change, and since.
HOURS: Final = """
    WITH covered AS (
        SELECT DISTINCT date_trunc('hour', event_time) AS hour
        FROM events
        WHERE tenant = $tenant
            AND source IN (SELECT source FROM fix_tries WHERE NOT lent)
            AND event_time >= $since - INTERVAL 28 DAY
    ),
    begun AS (
        SELECT date_trunc('hour', first) AS hour, count(*) AS messages
        FROM (SELECT min(event_time) AS first FROM fix_rows GROUP BY message, who) AS mails
        GROUP BY date_trunc('hour', first)
    )
    SELECT c.hour, coalesce(b.messages, 0) AS messages
    FROM covered AS c
    LEFT JOIN begun AS b ON c.hour = b.hour
    ORDER BY c.hour
"""
