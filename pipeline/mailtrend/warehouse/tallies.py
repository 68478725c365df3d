"""The SQL behind diagnose/behind.py: how many recipients and deliveries there are, and how much went there."""

from __future__ import annotations

from typing import Final

# Where nothing was ever delivered under the place's own name, its deliveries are not told apart from others.
TALLIES: Final = """
    WITH living AS (
        SELECT
            number,
            count(*) FILTER (WHERE failures > 0) AS failing,
            count(*) FILTER (WHERE failures > 0 AND before IS NOT NULL) AS failing_before,
            count(*) FILTER (WHERE failures > 0 AND unknown) AS failing_unknown,
            count(*) FILTER (WHERE since IS NOT NULL) AS live,
            count(*) FILTER (WHERE since IS NULL AND before IS NOT NULL) AS recent
        FROM behind_people
        GROUP BY number
    ),
    ways AS (
        SELECT
            number,
            sum(mails) FILTER (WHERE way = 'other connector' AND delivered) AS others_delivered,
            sum(mails) FILTER (WHERE way = 'other connector' AND NOT delivered) AS others_failed,
            sum(mails) FILTER (WHERE way = 'other host' AND delivered) AS host_delivered,
            sum(mails) FILTER (WHERE way = 'traced' AND delivered) AS traced
        FROM behind_ways
        GROUP BY number
    ),
    reach AS (
        SELECT t.number, date_diff('second', min(t.event_time), any_value(b.begun)) / 86400 AS days_before
        FROM case_tries AS t
        INNER JOIN behind_cases AS b ON t.number = b.number
        WHERE t.outcome = 'delivered' AND t.event_time <= b.begun
        GROUP BY t.number
    )
    SELECT
        b.number,
        CAST(coalesce(l.failing, 0) AS BIGINT) AS failing,
        CAST(coalesce(l.failing_before, 0) AS BIGINT) AS failing_before,
        CAST(coalesce(l.failing_unknown, 0) AS BIGINT) AS failing_unknown,
        CAST(coalesce(l.live, 0) AS BIGINT) AS live,
        CAST(coalesce(l.recent, 0) AS BIGINT) AS recent,
        CAST(coalesce(w.others_delivered, 0) AS BIGINT) AS others_delivered,
        CAST(coalesce(w.others_failed, 0) AS BIGINT) AS others_failed,
        CAST(coalesce(w.host_delivered, 0) AS BIGINT) AS host_delivered,
        CAST(coalesce(w.traced, 0) AS BIGINT) AS traced,
        coalesce(r.days_before, 0.0) AS days_before
    FROM behind_cases AS b
    LEFT JOIN living AS l ON b.number = l.number
    LEFT JOIN ways AS w ON b.number = w.number
    LEFT JOIN reach AS r ON b.number = r.number
    ORDER BY b.number
"""
# Deliveries of the full weeks between the first delivery and the start of the incident, the nearest week first.
TRAFFIC: Final = """
    WITH placed AS (
        SELECT
            t.number,
            date_diff('second', t.event_time, b.begun) // 604800 AS week
        FROM case_tries AS t
        INNER JOIN behind_cases AS b ON t.number = b.number
        WHERE t.outcome = 'delivered' AND t.event_time <= b.begun
    ),
    grid AS (
        SELECT number, unnest(range(max(week))) AS week
        FROM placed
        GROUP BY number
    )
    SELECT g.number, count(p.week) AS delivered
    FROM grid AS g
    LEFT JOIN placed AS p ON g.number = p.number AND g.week = p.week
    GROUP BY g.number, g.week
    ORDER BY g.number, g.week
"""
