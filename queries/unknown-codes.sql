-- Which failures does nothing explain: a status code without an entry of its own, or no code at all?
--
-- A code that only a range such as 5.7.606-649 covers has no entry of its own. With an example of the text, so that an
-- entry can be written.
--
-- Parameters
--   since (NULL): failures from this time on, UTC; NULL for the beginning of the data
--   until (NULL): failures before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   top (50): at most so many rows; NULL for all
--
-- Columns
--   status_code: enhanced status code; NULL where the failure carries none
--   reply_code: SMTP reply code; NULL where the failure carries none
--   covered_by: the range that covers the code; NULL if none does
--   cause: sub-cause key that was told from the text
--   failures: failing attempts
--   messages: distinct messages
--   recipients: distinct recipients
--   share: of all failures of the period, explained ones too
--   sources: where they were read
--   first_failure: time of the earliest
--   last_failure: time of the latest
--   example: the text of one of them, the first by alphabet

CREATE MACRO unknown_codes(since := NULL, until := NULL, tenant := NULL, top := 50) AS TABLE
WITH
counted AS (
    SELECT
        f.status_code,
        f.reply_code,
        f.cause,
        count(*) AS failures,
        count(DISTINCT message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line))
            FILTER (WHERE f.recipient IS NOT NULL) AS messages,
        count(DISTINCT lower(f.recipient)) AS recipients,
        list_sort(list(DISTINCT f.source)) AS sources,
        min(f.event_time) AS first_failure,
        max(f.event_time) AS last_failure,
        min(f.response) AS example
    FROM failures AS f
    WHERE
        (since IS NULL OR f.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR f.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR f.tenant = tenant)
    GROUP BY f.status_code, f.reply_code, f.cause
),
shared AS (
    SELECT
        counted.*,
        counted.failures / nullif(sum(counted.failures) OVER (), 0) AS share
    FROM counted
),
ranges AS (
    SELECT
        codes.status_code,
        span.entry
    FROM (SELECT DISTINCT status_code FROM counted) AS codes
    INNER JOIN status_code_spans AS span
        ON
            code_stem(codes.status_code) = span.stem
            AND code_number(codes.status_code) BETWEEN span.low AND span.high
    QUALIFY row_number() OVER (PARTITION BY codes.status_code ORDER BY span.high - span.low, span.entry) = 1
)
SELECT
    shared.status_code,
    shared.reply_code,
    ranges.entry AS covered_by,
    shared.cause,
    shared.failures,
    shared.messages,
    shared.recipients,
    shared.share,
    shared.sources,
    shared.first_failure,
    shared.last_failure,
    shared.example
FROM shared
LEFT JOIN ranges
    ON shared.status_code = ranges.status_code
WHERE shared.status_code IS DISTINCT FROM ranges.entry OR shared.status_code IS NULL
ORDER BY
    shared.failures DESC,
    shared.status_code NULLS LAST,
    shared.reply_code NULLS LAST,
    shared.cause NULLS LAST
LIMIT CAST(top AS BIGINT);
