-- How much mail is there, and what becomes of it, day by day?
--
-- Parameters
--   since (NULL): attempts from this time on, UTC; NULL for the beginning of the data
--   until (NULL): attempts before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   direction (NULL): only outbound, inbound, internal or unknown
--
-- Columns
--   day: UTC day
--   attempts: delivery attempts and final outcomes
--   delivered: of these, delivered
--   deferred: put off until later
--   failed: given up: failed or expired
--   rejected: not taken in
--   filtered: filtered, quarantined or dropped
--   failures: deferred, failed, expired or rejected
--   failure_rate: failures / attempts
--   messages: distinct messages
--   recipients: distinct recipients
--   share: of all attempts of the period

CREATE MACRO volume(since := NULL, until := NULL, tenant := NULL, direction := NULL) AS TABLE
WITH
counted AS (
    SELECT
        CAST(a.event_time AS DATE) AS day,
        count(*) AS attempts,
        count(*) FILTER (WHERE a.outcome = 'delivered') AS delivered,
        count(*) FILTER (WHERE a.outcome = 'deferred') AS deferred,
        count(*) FILTER (WHERE a.outcome IN ('failed', 'expired')) AS failed,
        count(*) FILTER (WHERE a.outcome = 'rejected') AS rejected,
        count(*) FILTER (WHERE a.outcome IN ('filtered', 'quarantined', 'dropped')) AS filtered,
        count(*) FILTER (WHERE a.outcome IN ('deferred', 'failed', 'expired', 'rejected')) AS failures,
        count(DISTINCT message_key(a.network_message_id, a.message_id, a.server, a.queue_id, a.file_id, a.line))
            FILTER (WHERE a.recipient IS NOT NULL) AS messages,
        count(DISTINCT lower(a.recipient)) AS recipients
    FROM attempts AS a
    WHERE
        (since IS NULL OR a.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR a.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR a.tenant = tenant)
        AND (direction IS NULL OR a.direction = lower(CAST(direction AS VARCHAR)))
    GROUP BY CAST(a.event_time AS DATE)
)
SELECT
    day,
    attempts,
    delivered,
    deferred,
    failed,
    rejected,
    filtered,
    failures,
    failures / nullif(attempts, 0) AS failure_rate,
    messages,
    recipients,
    attempts / nullif(sum(attempts) OVER (), 0) AS share
FROM counted
ORDER BY day;
