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
DESTINATIONS: Final = """
    WITH counted AS (
        SELECT number, destination, CAST(sum(failures) AS BIGINT) AS failures
        FROM around_own
        WHERE destination IS NOT NULL
        GROUP BY number, destination
    )
    SELECT number,
        list({'name': destination, 'failures': failures} ORDER BY failures DESC, destination)[1:5]
            AS failures_by_destination
    FROM counted
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
