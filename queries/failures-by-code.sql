-- With which status codes do deliveries fail, how often, and since when?
--
-- Parameters
--   since (NULL): failures from this time on, UTC; NULL for the beginning of the data
--   until (NULL): failures before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   top (20): at most so many rows; NULL for all
--
-- Columns
--   status_code: enhanced status code; NULL where the failure carries none
--   title: short name of the code; NULL where it has no entry in status_codes
--   class: transient, permanent or success, as the code's entry says
--   failures: failing attempts
--   lost: of these, final: failed, expired or rejected
--   messages: distinct messages
--   recipients: distinct recipients
--   share: of all failures of the period
--   first_failure: time of the earliest
--   last_failure: time of the latest

CREATE MACRO failures_by_code(since := NULL, until := NULL, tenant := NULL, top := 20) AS TABLE
WITH
counted AS (
    SELECT
        f.status_code,
        count(*) AS failures,
        count(*) FILTER (WHERE f.outcome <> 'deferred') AS lost,
        count(DISTINCT message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line))
            FILTER (WHERE f.recipient IS NOT NULL) AS messages,
        count(DISTINCT lower(f.recipient)) AS recipients,
        min(f.event_time) AS first_failure,
        max(f.event_time) AS last_failure
    FROM failures AS f
    WHERE
        (since IS NULL OR f.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR f.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR f.tenant = tenant)
    GROUP BY f.status_code
),
entries AS (
    SELECT
        counted.status_code,
        span.title,
        span.class
    FROM counted
    INNER JOIN status_code_spans AS span
        ON
            code_stem(counted.status_code) = span.stem
            AND code_number(counted.status_code) BETWEEN span.low AND span.high
    QUALIFY row_number() OVER (PARTITION BY counted.status_code ORDER BY span.high - span.low, span.entry) = 1
)
SELECT
    counted.status_code,
    entries.title,
    entries.class,
    counted.failures,
    counted.lost,
    counted.messages,
    counted.recipients,
    counted.failures / nullif(sum(counted.failures) OVER (), 0) AS share,
    counted.first_failure,
    counted.last_failure
FROM counted
LEFT JOIN entries
    ON counted.status_code = entries.status_code
ORDER BY counted.failures DESC, counted.status_code NULLS LAST
LIMIT CAST(top AS BIGINT);
