-- Whose mail fails most?
--
-- Parameters
--   since (NULL): failures from this time on, UTC; NULL for the beginning of the data
--   until (NULL): failures before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   top (20): at most so many rows; NULL for all
--
-- Columns
--   sender: address, lower-cased; empty for bounces, NULL where the source does not say
--   failures: failing attempts
--   lost: of these, final: failed, expired or rejected
--   messages: distinct messages
--   recipients: distinct recipients
--   share: of all failures of the period
--   main_code: the most frequent status code; of equals the smaller
--   first_failure: time of the earliest
--   last_failure: time of the latest

CREATE MACRO failing_senders(since := NULL, until := NULL, tenant := NULL, top := 20) AS TABLE
WITH
failing AS (
    SELECT
        lower(f.sender) AS sender,
        lower(f.recipient) AS recipient,
        f.status_code,
        f.outcome,
        f.event_time,
        message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line) AS message
    FROM failures AS f
    WHERE
        (since IS NULL OR f.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR f.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR f.tenant = tenant)
),
counted AS (
    SELECT
        sender,
        count(*) AS failures,
        count(*) FILTER (WHERE outcome <> 'deferred') AS lost,
        count(DISTINCT message) FILTER (WHERE recipient IS NOT NULL) AS messages,
        count(DISTINCT recipient) AS recipients,
        min(event_time) AS first_failure,
        max(event_time) AS last_failure
    FROM failing
    GROUP BY sender
),
codes AS (
    SELECT
        sender,
        status_code
    FROM failing
    WHERE status_code IS NOT NULL
    GROUP BY sender, status_code
    QUALIFY row_number() OVER (PARTITION BY sender ORDER BY count(*) DESC, status_code) = 1
)
SELECT
    counted.sender,
    counted.failures,
    counted.lost,
    counted.messages,
    counted.recipients,
    counted.failures / nullif(sum(counted.failures) OVER (), 0) AS share,
    codes.status_code AS main_code,
    counted.first_failure,
    counted.last_failure
FROM counted
LEFT JOIN codes
    ON counted.sender IS NOT DISTINCT FROM codes.sender
ORDER BY counted.failures DESC, counted.sender NULLS LAST
LIMIT CAST(top AS BIGINT);
