-- How many failures are understood: with a status code that the book knows, with a cause?
--
-- For each source and, in the row without a source, for all. An attempt that several sources saw is counted once, where
-- most is told of it. unknown-codes and unknown-replies list what is not understood.
--
-- Parameters
--   since (NULL): failures from this time on, UTC; NULL for the beginning of the data
--   until (NULL): failures before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--
-- Columns
--   source: the source that tells most of these failures; NULL in the row for all
--   failures: failing attempts
--   messages: distinct messages
--   recipients: distinct recipients
--   share: of all failures of the period
--   with_reply_code: failures that carry an SMTP reply code
--   with_status_code: failures that carry an enhanced status code
--   code_known: failures whose status code the book knows, by itself or in a range
--   code_known_share: code_known / failures
--   cause_known: failures with a cause
--   cause_known_share: cause_known / failures
--   unknown: failures with neither
--   unknown_share: unknown / failures

CREATE MACRO classified(since := NULL, until := NULL, tenant := NULL) AS TABLE
WITH
failing AS MATERIALIZED (
    SELECT
        f.source,
        f.reply_code,
        f.status_code,
        coalesce(f.cause, 'unclassified') <> 'unclassified' AS has_cause,
        lower(f.recipient) AS recipient,
        message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line) AS message
    FROM failures AS f
    WHERE
        (since IS NULL OR f.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR f.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR f.tenant = tenant)
),
in_book AS (
    SELECT DISTINCT codes.status_code
    FROM (SELECT DISTINCT status_code FROM failing) AS codes
    INNER JOIN status_code_spans AS span
        ON
            code_stem(codes.status_code) = span.stem
            AND code_number(codes.status_code) BETWEEN span.low AND span.high
),
told AS (
    SELECT
        failing.*,
        in_book.status_code IS NOT NULL AS has_code
    FROM failing
    LEFT JOIN in_book
        ON failing.status_code = in_book.status_code
),
counted AS (
    SELECT
        told.source,
        count(*) AS failures,
        count(DISTINCT told.message) FILTER (WHERE told.recipient IS NOT NULL) AS messages,
        count(DISTINCT told.recipient) AS recipients,
        count(told.reply_code) AS with_reply_code,
        count(told.status_code) AS with_status_code,
        count(*) FILTER (WHERE told.has_code) AS code_known,
        count(*) FILTER (WHERE told.has_cause) AS cause_known,
        count(*) FILTER (WHERE NOT told.has_code AND NOT told.has_cause) AS unknown
    FROM told
    GROUP BY GROUPING SETS ((told.source), ())
    HAVING count(*) > 0
)
SELECT
    counted.source,
    counted.failures,
    counted.messages,
    counted.recipients,
    counted.failures / max(counted.failures) OVER () AS share,
    counted.with_reply_code,
    counted.with_status_code,
    counted.code_known,
    counted.code_known / counted.failures AS code_known_share,
    counted.cause_known,
    counted.cause_known / counted.failures AS cause_known_share,
    counted.unknown,
    counted.unknown / counted.failures AS unknown_share
FROM counted
ORDER BY counted.source IS NOT NULL, counted.failures DESC, counted.source;
