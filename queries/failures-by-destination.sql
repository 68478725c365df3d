-- Which destinations fail, how often, at what rate, and does anything still get through?
--
-- Parameters
--   since (NULL): attempts from this time on, UTC; NULL for the beginning of the data
--   until (NULL): attempts before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   top (20): at most so many rows; NULL for all
--
-- Columns
--   destination: who was being delivered to: remote host, else the recipient domain
--   attempts: delivery attempts and final outcomes
--   delivered: of these, delivered
--   failures: of these, deferred, failed, expired or rejected
--   failure_rate: failures / attempts
--   lost: failures that were final: failed, expired or rejected
--   messages: distinct messages that failed
--   recipients: distinct recipients that failed
--   share: of all failures of the period
--   main_code: the most frequent status code among the failures; of equals the smaller
--   first_failure: time of the earliest failure
--   last_failure: time of the latest failure
--   last_delivered: time of the latest delivery; NULL if there was none in the period

CREATE MACRO failures_by_destination(since := NULL, until := NULL, tenant := NULL, top := 20) AS TABLE
WITH
tried AS (
    SELECT
        a.destination,
        a.status_code,
        a.event_time,
        a.outcome,
        a.outcome IN ('deferred', 'failed', 'expired', 'rejected') AS failing,
        lower(a.recipient) AS recipient,
        message_key(a.network_message_id, a.message_id, a.server, a.queue_id, a.file_id, a.line) AS message
    FROM attempts AS a
    WHERE
        (since IS NULL OR a.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR a.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR a.tenant = tenant)
),
counted AS (
    SELECT
        destination,
        count(*) AS attempts,
        count(*) FILTER (WHERE outcome = 'delivered') AS delivered,
        count(*) FILTER (WHERE failing) AS failures,
        count(*) FILTER (WHERE failing AND outcome <> 'deferred') AS lost,
        count(DISTINCT message) FILTER (WHERE failing AND recipient IS NOT NULL) AS messages,
        count(DISTINCT recipient) FILTER (WHERE failing) AS recipients,
        min(event_time) FILTER (WHERE failing) AS first_failure,
        max(event_time) FILTER (WHERE failing) AS last_failure,
        max(event_time) FILTER (WHERE outcome = 'delivered') AS last_delivered
    FROM tried
    GROUP BY destination
),
codes AS (
    SELECT
        destination,
        status_code
    FROM tried
    WHERE failing AND status_code IS NOT NULL
    GROUP BY destination, status_code
    QUALIFY row_number() OVER (PARTITION BY destination ORDER BY count(*) DESC, status_code) = 1
)
SELECT
    counted.destination,
    counted.attempts,
    counted.delivered,
    counted.failures,
    counted.failures / nullif(counted.attempts, 0) AS failure_rate,
    counted.lost,
    counted.messages,
    counted.recipients,
    counted.failures / nullif(sum(counted.failures) OVER (), 0) AS share,
    codes.status_code AS main_code,
    counted.first_failure,
    counted.last_failure,
    counted.last_delivered
FROM counted
LEFT JOIN codes
    ON counted.destination IS NOT DISTINCT FROM codes.destination
ORDER BY counted.failures DESC, counted.attempts DESC, counted.destination NULLS LAST
LIMIT CAST(top AS BIGINT);
