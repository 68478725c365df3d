"""The SQL behind diagnose/behind.py: the cases, and who gets mail at their places."""

from __future__ import annotations

from typing import Final

CASES: Final = """
    CREATE OR REPLACE TEMP TABLE behind_cases AS
    SELECT
        unnest($number) AS number,
        -- Which of them a row is of interest to is told by one number with a bit for each.
        unnest(CAST($bit AS BIGINT[])) AS bit,
        unnest($tenant) AS tenant,
        unnest(CAST($begun AS TIMESTAMP[])) AS begun,
        unnest(CAST($until AS TIMESTAMP[])) AS until,
        -- Recipients refused as unknown: what Exchange Online delivered at that place says nothing of a server.
        unnest($unknown) AS unknown,
        unnest(CAST($addresses AS VARCHAR[][])) AS addresses
"""
LIVING: Final = """
    CREATE OR REPLACE TEMP TABLE behind_people AS
    WITH tried AS (
        SELECT
            t.number,
            t.who,
            count(*) FILTER (WHERE t.during AND t.here) AS failures,
            count(*) FILTER (WHERE t.failing AND t.cause = 'recipient_unknown' AND t.event_time < b.begun) AS unknown,
            max(t.event_time) FILTER (
                WHERE t.outcome = 'delivered' AND t.event_time <= b.begun AND NOT b.unknown
            ) AS before,
            max(t.event_time) FILTER (
                WHERE t.outcome = 'delivered' AND t.event_time > b.begun AND t.event_time < b.until AND NOT b.unknown
            ) AS since
        FROM case_tries AS t
        INNER JOIN behind_cases AS b ON t.number = b.number
        GROUP BY t.number, t.who
    ),
    told AS (
        SELECT number, who, cloud, server, before, since
        FROM behind_boxes
        UNION ALL
        SELECT number, who, false AS cloud, NULL AS server, before, since
        FROM behind_ways
        WHERE delivered AND way IN ('own connector', 'other connector', 'traced')
    ),
    boxed AS (
        SELECT
            number,
            who,
            max(before) FILTER (WHERE NOT cloud) AS before,
            max(since) FILTER (WHERE NOT cloud) AS since,
            arg_max(server, since) FILTER (WHERE NOT cloud) AS server,
            max(coalesce(since, before)) FILTER (WHERE cloud) AS cloud
        FROM told
        GROUP BY number, who
    ),
    marks AS (
        SELECT
            coalesce(t.number, x.number) AS number,
            coalesce(t.who, x.who) AS who,
            coalesce(t.failures, 0) AS failures,
            coalesce(t.unknown, 0) > 0 AS unknown,
            greatest(t.before, x.before) AS before,
            greatest(t.since, x.since) AS since,
            x.server,
            x.cloud
        FROM tried AS t
        FULL JOIN boxed AS x ON t.number = x.number AND t.who = x.who
    ),
    wanted AS (
        SELECT m.*, b.begun
        FROM marks AS m
        INNER JOIN behind_cases AS b ON m.number = b.number
        WHERE m.failures > 0 OR m.since IS NOT NULL OR m.before >= b.begun - INTERVAL 14 DAY
    ),
    names AS (
        SELECT hash(lower(e.recipient)) AS who, min(lower(e.recipient)) AS address
        FROM events AS e
        WHERE e.recipient IS NOT NULL
            AND e.tenant IN (SELECT tenant FROM behind_cases)
            AND e.event_time >= $since AND e.event_time < $until
            AND hash(lower(e.recipient)) IN (SELECT who FROM wanted)
        GROUP BY hash(lower(e.recipient))
    )
    SELECT w.number, n.address, w.failures, w.unknown, w.before, w.since, w.server, w.cloud
    FROM wanted AS w
    INNER JOIN names AS n ON w.who = n.who
"""
PEOPLE: Final = """
    SELECT number, address, CAST(failures AS BIGINT) AS failures, before, since, server, cloud
    FROM behind_people
    QUALIFY row_number() OVER (
        PARTITION BY number, since IS NULL, before IS NULL
        ORDER BY failures DESC, address
    ) <= $most
    ORDER BY number, since IS NULL, failures DESC, address
"""
