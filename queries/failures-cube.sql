-- What fails where: which status code, on which connector, to which destination?
--
-- Parameters
--   since (NULL): failures from this time on, UTC; NULL for the beginning of the data
--   until (NULL): failures before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   code (NULL): only this status code
--   connector (NULL): only this connector
--   destination (NULL): only this destination
--   top (50): at most so many rows; NULL for all
--
-- Columns
--   status_code: enhanced status code; NULL where the failure carries none
--   connector: connector; NULL for mail that takes none, or whose source does not say
--   destination: who was being delivered to: remote host, else the recipient domain
--   cause: the most frequent sub-cause; of equals the first by name
--   failures: failing attempts
--   lost: of these, final: failed, expired or rejected
--   messages: distinct messages
--   recipients: distinct recipients
--   share: of all failures that the parameters leave
--   first_failure: time of the earliest
--   last_failure: time of the latest

CREATE MACRO failures_cube(
    since := NULL, until := NULL, tenant := NULL, code := NULL, connector := NULL, destination := NULL, top := 50
) AS TABLE
WITH
failing AS (
    SELECT
        f.status_code AS failing_code,
        f.connector AS failing_connector,
        f.destination AS failing_destination,
        f.cause,
        f.outcome,
        f.event_time,
        lower(f.recipient) AS recipient,
        message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line) AS message
    FROM failures AS f
    WHERE
        (since IS NULL OR f.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR f.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR f.tenant = tenant)
        AND (code IS NULL OR f.status_code = code)
        AND (connector IS NULL OR f.connector = connector)
        AND (destination IS NULL OR f.destination = lower(CAST(destination AS VARCHAR)))
),
counted AS (
    SELECT
        failing_code,
        failing_connector,
        failing_destination,
        count(*) AS failures,
        count(*) FILTER (WHERE outcome <> 'deferred') AS lost,
        count(DISTINCT message) FILTER (WHERE recipient IS NOT NULL) AS messages,
        count(DISTINCT recipient) AS recipients,
        min(event_time) AS first_failure,
        max(event_time) AS last_failure
    FROM failing
    GROUP BY failing_code, failing_connector, failing_destination
),
causes AS (
    SELECT
        failing_code,
        failing_connector,
        failing_destination,
        cause
    FROM failing
    WHERE cause IS NOT NULL
    GROUP BY failing_code, failing_connector, failing_destination, cause
    QUALIFY
        row_number() OVER (
            PARTITION BY failing_code, failing_connector, failing_destination
            ORDER BY count(*) DESC, cause
        ) = 1
)
SELECT
    counted.failing_code AS status_code,
    counted.failing_connector AS connector,
    counted.failing_destination AS destination,
    causes.cause,
    counted.failures,
    counted.lost,
    counted.messages,
    counted.recipients,
    counted.failures / nullif(sum(counted.failures) OVER (), 0) AS share,
    counted.first_failure,
    counted.last_failure
FROM counted
LEFT JOIN causes
    ON
        counted.failing_code IS NOT DISTINCT FROM causes.failing_code
        AND counted.failing_connector IS NOT DISTINCT FROM causes.failing_connector
        AND counted.failing_destination IS NOT DISTINCT FROM causes.failing_destination
ORDER BY
    counted.failures DESC,
    counted.failing_code NULLS LAST,
    counted.failing_connector NULLS LAST,
    counted.failing_destination NULLS LAST
LIMIT CAST(top AS BIGINT);
