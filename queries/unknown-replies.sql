-- Which replies does nobody know yet: the texts of failures without a cause, without what differs from one to the next?
--
-- Failures whose cause is `unclassified`, or that have neither a cause nor a status code of the book. Texts that differ
-- only in addresses, hosts, ids, numbers and times are one reply, with `~` where they differ. To give a reply a cause, put
-- its line `paste` under [replies] of your own file, and write a cause in the place of `unclassified`.
--
-- Parameters
--   since (NULL): failures from this time on, UTC; NULL for the beginning of the data
--   until (NULL): failures before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   source (NULL): only failures that this source tells most of; NULL for all
--   top (50): at most so many rows; NULL for all
--
-- Columns
--   reply: the text in lower case, with ~ for what differs; NULL where the source gives no text
--   failures: failing attempts
--   messages: distinct messages
--   recipients: distinct recipients
--   share: of all failures of the period, known ones too
--   reply_code: SMTP reply code; NULL where the failure carries none
--   status_code: enhanced status code; NULL where the failure carries none
--   sources: where they were read
--   first_failure: time of the earliest
--   last_failure: time of the latest
--   example: the whole text of one of them, the first by alphabet
--   paste: the reply as one line of TOML; NULL where it has no word

CREATE MACRO unknown_replies(since := NULL, until := NULL, tenant := NULL, source := NULL, top := 50) AS TABLE
WITH
failing AS MATERIALIZED (
    SELECT
        f.event_time,
        f.source,
        f.cause,
        f.reply_code,
        f.status_code,
        CASE WHEN coalesce(f.cause, 'unclassified') = 'unclassified' THEN f.response END AS response,
        lower(f.recipient) AS recipient,
        message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line) AS message
    FROM failures AS f
    WHERE
        (since IS NULL OR f.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR f.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR f.tenant = tenant)
        AND (source IS NULL OR f.source = source)
),
in_book AS (
    SELECT DISTINCT codes.status_code
    FROM (SELECT DISTINCT status_code FROM failing WHERE cause IS NULL) AS codes
    INNER JOIN status_code_spans AS span
        ON
            code_stem(codes.status_code) = span.stem
            AND code_number(codes.status_code) BETWEEN span.low AND span.high
),
texts AS MATERIALIZED (
    SELECT DISTINCT response
    FROM failing
    WHERE response IS NOT NULL
),
replies AS MATERIALIZED (
    SELECT
        response,
        nullif(normal_reply(response), '') AS reply
    FROM texts
),
counted AS (
    SELECT
        replies.reply,
        failing.reply_code,
        failing.status_code,
        count(*) AS failures,
        count(DISTINCT failing.message) FILTER (WHERE failing.recipient IS NOT NULL) AS messages,
        count(DISTINCT failing.recipient) AS recipients,
        list_sort(list(DISTINCT failing.source)) AS sources,
        min(failing.event_time) AS first_failure,
        max(failing.event_time) AS last_failure,
        min(failing.response) AS example
    FROM failing
    LEFT JOIN in_book
        ON failing.status_code = in_book.status_code
    LEFT JOIN replies
        ON failing.response = replies.response
    WHERE failing.cause = 'unclassified' OR (failing.cause IS NULL AND in_book.status_code IS NULL)
    GROUP BY replies.reply, failing.reply_code, failing.status_code
),
-- A key of TOML is compared as a whole. It has no sign that would want escaping, but may hold an apostrophe.
keys AS (
    SELECT
        counted.*,
        CASE WHEN regexp_matches(counted.reply, '[^~ ]') THEN counted.reply END AS key
    FROM counted
)
SELECT
    keys.reply,
    keys.failures,
    keys.messages,
    keys.recipients,
    keys.failures / nullif((SELECT count(*) FROM failing), 0) AS share,
    keys.reply_code,
    keys.status_code,
    keys.sources,
    keys.first_failure,
    keys.last_failure,
    keys.example,
    CASE WHEN regexp_matches(keys.key, '''') THEN '"' || keys.key || '"' ELSE '''' || keys.key || '''' END
    || ' = ''unclassified''' AS paste
FROM keys
ORDER BY
    keys.failures DESC,
    keys.reply NULLS LAST,
    keys.status_code NULLS LAST,
    keys.reply_code NULLS LAST
LIMIT CAST(top AS BIGINT);
