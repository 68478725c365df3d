-- How do attempts and failures go over time?
--
-- Hours, days or weeks without any attempt have no row: coverage tells quiet from missing.
--
-- Parameters
--   bucket ('day'): hour, day, week (from Monday) or month, UTC
--   since (NULL): attempts from this time on, UTC; NULL for the beginning of the data
--   until (NULL): attempts before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   code (NULL): count only failures with this status code; attempts stay whole
--   connector (NULL): only this connector
--   destination (NULL): only this destination
--
-- Columns
--   start: when the hour, day, week or month begins, UTC
--   attempts: delivery attempts and final outcomes
--   delivered: of these, delivered
--   failures: of these, deferred, failed, expired or rejected
--   failure_rate: failures / attempts
--   lost: failures that were final: failed, expired or rejected
--   messages: distinct messages that failed
--   recipients: distinct recipients that failed
--   share: of all failures of the period

CREATE MACRO failures_over_time(
    bucket := 'day', since := NULL, until := NULL, tenant := NULL, code := NULL, connector := NULL, destination := NULL
) AS TABLE
WITH
tried AS (
    SELECT
        date_trunc(
            CASE lower(CAST(bucket AS VARCHAR))
                WHEN 'hour' THEN 'hour'
                WHEN 'day' THEN 'day'
                WHEN 'week' THEN 'week'
                WHEN 'month' THEN 'month'
                ELSE error('bucket is hour, day, week or month')
            END,
            a.event_time
        ) AS start,
        a.outcome,
        a.outcome IN ('deferred', 'failed', 'expired', 'rejected')
        AND (code IS NULL OR coalesce(a.status_code = code, false)) AS failing,
        lower(a.recipient) AS recipient,
        message_key(a.network_message_id, a.message_id, a.server, a.queue_id, a.file_id, a.line) AS message
    FROM attempts AS a
    WHERE
        (since IS NULL OR a.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR a.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR a.tenant = tenant)
        AND (connector IS NULL OR a.connector = connector)
        AND (destination IS NULL OR a.destination = lower(CAST(destination AS VARCHAR)))
),
counted AS (
    SELECT
        start,
        count(*) AS attempts,
        count(*) FILTER (WHERE outcome = 'delivered') AS delivered,
        count(*) FILTER (WHERE failing) AS failures,
        count(*) FILTER (WHERE failing AND outcome <> 'deferred') AS lost,
        count(DISTINCT message) FILTER (WHERE failing AND recipient IS NOT NULL) AS messages,
        count(DISTINCT recipient) FILTER (WHERE failing) AS recipients
    FROM tried
    GROUP BY start
)
SELECT
    start,
    attempts,
    delivered,
    failures,
    failures / nullif(attempts, 0) AS failure_rate,
    lost,
    messages,
    recipients,
    failures / nullif(sum(failures) OVER (), 0) AS share
FROM counted
ORDER BY start;
