"""The questions about what goes on around incidents, each asked once for all of them."""

from __future__ import annotations

from typing import Final

FAILING: Final = "('deferred', 'failed', 'expired', 'rejected')"
TEXTUAL: Final = (
    "certificate_expired", "certificate_name_mismatch", "certificate_untrusted", "certificate_revoked",
    "certificate_invalid", "spam_or_reputation", "access_denied", "tenant_blocked", "rate_limited",
    "throttled_by_microsoft", "greylisted", "dns_no_such_domain",
)  # fmt: skip
"""Causes whose texts and senders say more than the cause does."""

CASES: Final = """
    CREATE OR REPLACE TEMP TABLE around_cases AS
    SELECT
        *,
        date_trunc('hour', first) AS first_hour,
        -- Usual traffic is that of the same hours a week before, so no more than a day is compared.
        greatest(least(first + INTERVAL 1 DAY, last), first + INTERVAL 1 HOUR) AS until
    FROM (
        SELECT
            unnest($number) AS number,
            unnest($tenant) AS tenant,
            unnest($kind) AS kind,
            unnest($scope) AS scope,
            unnest($connector) AS connector,
            unnest($destination) AS destination,
            unnest($first) AS first,
            unnest($last) AS last
    )
"""
OWN: Final = """
    CREATE OR REPLACE TEMP TABLE around_own AS
    SELECT s.number, s.place, s.code, s.cause, p.tenant, p.connector, p.destination, count(*) AS failures
    FROM case_tries AS s
    INNER JOIN places AS p ON s.place = p.place
    WHERE s.during AND s.here
    GROUP BY ALL
"""
MIXED: Final = """
    WITH hours AS (
        SELECT number, date_trunc('hour', event_time) AS hour, bool_or(outcome = 'delivered') AS mixed
        FROM case_tries
        WHERE during
        GROUP BY number, date_trunc('hour', event_time)
        HAVING bool_or(here)
    )
    SELECT number, count(*) AS hours_failing, count(*) FILTER (WHERE mixed) AS hours_mixed
    FROM hours
    GROUP BY number
    ORDER BY number
"""
BY_HOUR: Final = """
    SELECT
        number,
        hour(event_time) AS hour,
        count(*) FILTER (WHERE outcome = 'delivered') AS load,
        count(DISTINCT hash(message, date_trunc('hour', event_time))) FILTER (WHERE during) AS tried,
        count(DISTINCT hash(message, date_trunc('hour', event_time))) FILTER (WHERE during AND here) AS failed
    FROM case_tries
    GROUP BY number, hour(event_time)
    ORDER BY number, hour
"""
DAYS: Final = """
    SELECT
        number,
        count(DISTINCT date_trunc('day', event_time)) FILTER (WHERE here) AS days_failing,
        count(DISTINCT date_trunc('day', event_time)) AS days_tried,
        count(DISTINCT hash(message, date_trunc('hour', event_time))) FILTER (
            WHERE here AND isodow(event_time) > 5
        ) AS failed_at_weekends
    FROM case_tries
    WHERE during
    GROUP BY number
    ORDER BY number
"""
CAUSES: Final = """
    SELECT DISTINCT o.cause, c.kind
    FROM around_own AS o
    INNER JOIN around_cases AS c ON o.number = c.number
    ORDER BY ALL
"""
SOURCES: Final = """
    SELECT number, list(source ORDER BY failures DESC, source) AS sources
    FROM (
        SELECT number, source, count(*) AS failures
        FROM case_tries
        WHERE during AND here
        GROUP BY number, source
    )
    GROUP BY number
    ORDER BY number
"""
REACH: Final = """
    WITH failed AS (
        SELECT DISTINCT p.tenant, t.code, CASE WHEN t.code IS NULL THEN t.cause END AS cause,
            date_trunc('hour', t.event_time) AS hour, p.connector, p.destination
        FROM tries AS t
        INNER JOIN places AS p ON t.place = p.place
        WHERE t.failing
    ),
    ours AS (
        SELECT DISTINCT c.number, c.tenant, c.first_hour, o.code, CASE WHEN o.code IS NULL THEN o.cause END AS cause
        FROM around_cases AS c
        INNER JOIN around_own AS o ON c.number = o.number
    )
    SELECT o.number,
        count(DISTINCT f.connector) AS same_code_connectors,
        count(DISTINCT f.destination) AS same_code_destinations
    FROM ours AS o
    INNER JOIN failed AS f
        ON o.tenant = f.tenant
        AND o.code IS NOT DISTINCT FROM f.code
        AND o.cause IS NOT DISTINCT FROM f.cause
        AND f.hour >= o.first_hour
        AND f.hour < o.first_hour + INTERVAL 2 HOUR
    GROUP BY o.number
    ORDER BY o.number
"""
TRAFFIC: Final = """
    CREATE OR REPLACE TEMP TABLE around_traffic AS
    SELECT
        tenant,
        source,
        date_trunc('hour', event_time) AS hour,
        connector,
        count(*) FILTER (WHERE is_attempt(outcome)) AS attempts,
        count(*) FILTER (WHERE outcome = 'delivered' AND direction IS DISTINCT FROM 'inbound') AS outbound,
        count(*) FILTER (WHERE outcome IN ('delivered', 'received') AND direction = 'inbound') AS inbound
    FROM events
    -- Times as values, not looked up: files of other days are not even opened then.
    WHERE event_time >= $since - INTERVAL 8 DAY AND event_time < $until
    GROUP BY ALL
"""
# Sources see the same mail: of each number, that of the source which tells most counts. One that does not reach over
# both times, or is silent altogether in the later one, compares nothing.
COMPARED: Final = """
    WITH spans AS (
        SELECT tenant, source, min(first_event) AS first, max(last_event) AS last
        FROM files
        GROUP BY tenant, source
    ),
    looked AS (
        SELECT c.number, t.source, b.days = 0 AS present, t.attempts, t.inbound,
            CASE WHEN t.connector IS NOT NULL AND o.connector IS NULL THEN t.outbound ELSE 0 END AS outbound
        FROM around_cases AS c
        CROSS JOIN (VALUES (0), (7)) AS b (days)
        INNER JOIN around_traffic AS t
            ON c.tenant = t.tenant
            AND t.hour >= c.first_hour - INTERVAL 1 DAY * b.days
            AND t.hour < c.until - INTERVAL 1 DAY * b.days
        INNER JOIN spans AS s
            ON t.tenant = s.tenant
            AND t.source = s.source
            AND s.first < c.first_hour - INTERVAL 7 DAY + INTERVAL 1 HOUR
            AND s.last >= c.until - INTERVAL 1 HOUR
        LEFT JOIN (
            SELECT DISTINCT number, connector FROM around_own
            UNION
            SELECT number, connector FROM around_cases WHERE connector IS NOT NULL
        ) AS o
            ON c.number = o.number AND t.connector = o.connector
    ),
    summed AS (
        SELECT number, source,
            coalesce(sum(attempts) FILTER (WHERE present), 0) AS attempts,
            coalesce(sum(attempts) FILTER (WHERE NOT present), 0) AS attempts_usual,
            coalesce(sum(outbound) FILTER (WHERE present), 0) AS outbound,
            coalesce(sum(outbound) FILTER (WHERE NOT present), 0) AS outbound_usual,
            coalesce(sum(inbound) FILTER (WHERE present), 0) AS inbound,
            coalesce(sum(inbound) FILTER (WHERE NOT present), 0) AS inbound_usual
        FROM looked
        GROUP BY number, source
    )
    SELECT number,
        CAST(coalesce(arg_max(attempts, (attempts_usual, attempts)), 0) AS BIGINT) AS tenant_attempts,
        CAST(max(attempts_usual) AS DOUBLE) AS tenant_usual,
        CAST(
            coalesce(arg_max(outbound, (outbound_usual, outbound)) FILTER (WHERE attempts > 0), 0) AS BIGINT
        ) AS outbound,
        CAST(max(outbound_usual) FILTER (WHERE attempts > 0) AS DOUBLE) AS outbound_usual,
        CAST(
            coalesce(arg_max(inbound, (inbound_usual, inbound)) FILTER (WHERE attempts > 0), 0) AS BIGINT
        ) AS inbound,
        CAST(max(inbound_usual) FILTER (WHERE attempts > 0) AS DOUBLE) AS inbound_usual
    FROM summed
    GROUP BY number
    ORDER BY number
"""
