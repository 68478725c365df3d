-- What could be wrong or missing in the data itself?
--
-- Each row says where a figure may be too small or a cause unknown: a file that was cut off or read with a doubt, rows
-- that could not be read, hours without data where there usually are some, statuses that were still moving when they
-- were exported, failures that no source explains or names a recipient for.
--
-- Parameters
--   tenant (NULL): only this tenant; NULL for all
--
-- Columns
--   warning: file, rejected_rows, gap, moving_status, no_error_text or no_recipient
--   source: format it is about
--   count: files, rows, hours, messages × recipients or failures, whichever the sentence speaks of
--   first: time of the earliest event it is about; NULL where it is about none
--   last: time of the latest
--   sentence: what it is, and what to do

CREATE MACRO data_warnings(tenant := NULL) AS TABLE
WITH
told AS (
    SELECT
        f.source,
        unnest(f.warnings) AS sentence,
        f.path,
        f.first_event,
        f.last_event
    FROM files AS f
    WHERE (tenant IS NULL OR f.tenant = tenant)
),
unread AS (
    SELECT
        f.source,
        CAST(sum(f.rejects) AS BIGINT) AS rejects,
        CAST(sum(f.rows) AS BIGINT) AS rows,
        min(f.first_event) AS first_event,
        max(f.last_event) AS last_event
    FROM files AS f
    WHERE (tenant IS NULL OR f.tenant = tenant)
    GROUP BY f.source
    HAVING sum(f.rejects) > 0
),
hourly AS (
    SELECT
        e.source,
        date_trunc('hour', e.event_time) AS hour,
        count(*) AS events
    FROM events AS e
    WHERE (tenant IS NULL OR e.tenant = tenant)
    GROUP BY e.source, date_trunc('hour', e.event_time)
),
spans AS (
    SELECT
        hourly.source,
        unnest(generate_series(min(hourly.hour), max(hourly.hour), INTERVAL 1 HOUR)) AS hour
    FROM hourly
    GROUP BY hourly.source
),
covered AS (
    SELECT
        spans.source,
        spans.hour,
        isodow(spans.hour) >= 6 AS weekend,
        hourly.events
    FROM spans
    LEFT JOIN hourly
        ON spans.source = hourly.source AND spans.hour = hourly.hour
),
usual AS (
    SELECT
        covered.source,
        covered.weekend,
        hour(covered.hour) AS clock,
        sum(covered.events) / count(*) AS events
    FROM covered
    GROUP BY covered.source, covered.weekend, hour(covered.hour)
),
silent AS (
    SELECT
        covered.source,
        covered.hour,
        coalesce(usual.events, 0) AS expected,
        -- Hours in a row have the same difference to their number.
        covered.hour - to_hours(
            CAST(row_number() OVER (PARTITION BY covered.source ORDER BY covered.hour) AS INTEGER)
        ) AS island
    FROM covered
    INNER JOIN usual
        ON
            covered.source = usual.source
            AND covered.weekend = usual.weekend
            AND hour(covered.hour) = usual.clock
    WHERE covered.events IS NULL
),
gaps AS (
    SELECT
        silent.source,
        count(*) AS hours,
        min(silent.hour) AS first,
        max(silent.hour) + INTERVAL 1 HOUR AS last,
        CAST(round(sum(silent.expected)) AS BIGINT) AS expected
    FROM silent
    GROUP BY silent.source, silent.island
    -- So many events do not stay away by chance.
    HAVING sum(silent.expected) >= 30
),
moving AS (
    SELECT
        m.sources[1] AS source,
        count(*) AS messages,
        min(m.first_seen) AS first,
        max(m.last_event) AS last
    FROM messages AS m
    WHERE
        m.outcome = 'pending'
        AND (tenant IS NULL OR m.tenant = tenant)
    GROUP BY m.sources[1]
),
failing AS (
    SELECT
        f.source,
        count(*) AS failures,
        count(*) FILTER (WHERE f.response IS NULL AND f.status_code IS NULL AND f.reply_code IS NULL) AS silent,
        min(f.event_time)
            FILTER (WHERE f.response IS NULL AND f.status_code IS NULL AND f.reply_code IS NULL) AS silent_first,
        max(f.event_time)
            FILTER (WHERE f.response IS NULL AND f.status_code IS NULL AND f.reply_code IS NULL) AS silent_last,
        count(*) FILTER (WHERE f.recipient IS NULL) AS nameless,
        min(f.event_time) FILTER (WHERE f.recipient IS NULL) AS nameless_first,
        max(f.event_time) FILTER (WHERE f.recipient IS NULL) AS nameless_last
    FROM failures AS f
    WHERE (tenant IS NULL OR f.tenant = tenant)
    GROUP BY f.source
),
warnings AS (
    SELECT
        'file' AS warning,
        told.source,
        count(*) AS count,
        min(told.first_event) AS first,
        max(told.last_event) AS last,
        min(told.path)
        || CASE
            WHEN count(*) = 1 THEN ''
            WHEN count(*) = 2 THEN ' and 1 other file'
            ELSE ' and ' || (count(*) - 1) || ' other files'
        END
        || ': ' || told.sentence AS sentence
    FROM told
    GROUP BY told.source, told.sentence
    UNION ALL
    SELECT
        'rejected_rows',
        unread.source,
        unread.rejects,
        unread.first_event,
        unread.last_event,
        format('{:t,} of {:t,} rows of {} could not be read: the view rejects has them, with the reason', unread.rejects,
               unread.rows, unread.source)
    FROM unread
    UNION ALL
    SELECT
        'gap',
        gaps.source,
        gaps.hours,
        gaps.first,
        gaps.last,
        format('{} has no event from {} to {} (UTC), where about {:t,} are usual: is an export or a log missing?',
               gaps.source, strftime(gaps.first, '%Y-%m-%d %H:%M'), strftime(gaps.last, '%Y-%m-%d %H:%M'), gaps.expected)
    FROM gaps
    UNION ALL
    SELECT
        'moving_status',
        moving.source,
        moving.messages,
        moving.first,
        moving.last,
        format('{} ends with {:t,} messages × recipients that were still pending: a later export or log has their end',
               moving.source, moving.messages)
    FROM moving
    UNION ALL
    SELECT
        'no_error_text',
        failing.source,
        failing.silent,
        failing.silent_first,
        failing.silent_last,
        format('{:t,} of {:t,} failures told by {} come without any error text, and no other source that was read '
               || 'says why', failing.silent, failing.failures, failing.source)
    FROM failing
    WHERE failing.silent > 0
    UNION ALL
    SELECT
        'no_recipient',
        failing.source,
        failing.nameless,
        failing.nameless_first,
        failing.nameless_last,
        format('{:t,} of {:t,} failures told by {} name no recipient: they count as attempts, not as messages',
               failing.nameless, failing.failures, failing.source)
    FROM failing
    WHERE failing.nameless > 0
)
SELECT
    warnings.warning,
    warnings.source,
    warnings.count,
    warnings.first,
    warnings.last,
    warnings.sentence
FROM warnings
ORDER BY
    list_position(
        ['file', 'gap', 'rejected_rows', 'moving_status', 'no_error_text', 'no_recipient'],
        warnings.warning
    ),
    warnings.count DESC,
    warnings.source,
    warnings.sentence;
