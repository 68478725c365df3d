"""Traffic while incidents last, held against the same hours a week before."""

from __future__ import annotations

from typing import Final

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
        INNER JOIN traffic AS t
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
