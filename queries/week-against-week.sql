-- What fails more, less, for the first time or no longer, this week against the week before?
--
-- Weeks are seven days back from `until`, not calendar weeks, so that both are whole.
--
-- Parameters
--   until (NULL): where this week ends, UTC, not included; NULL for just after the newest event in the lake
--   tenant (NULL): only this tenant; NULL for all
--   top (50): at most so many rows; NULL for all
--
-- Columns
--   status_code: enhanced status code; NULL where the failure carries none
--   connector: connector; NULL for mail that takes none, or whose source does not say
--   destination: who was being delivered to: remote host, else the recipient domain
--   trend: new (none in the seven weeks before), back (none the week before, but earlier), more, less, same or gone
--   failures: failing attempts this week
--   failures_before: failing attempts the week before
--   change: failures − failures_before
--   ratio: failures / failures_before; NULL if there were none before
--   messages: distinct messages this week
--   messages_before: distinct messages the week before
--   recipients: distinct recipients this week
--   recipients_before: distinct recipients the week before
--   share: of all failures this week
--   weeks_seen: in how many of the last eight weeks, this one included

CREATE MACRO week_against_week(until := NULL, tenant := NULL, top := 50) AS TABLE
WITH
newest AS (
    SELECT max(e.event_time) AS event_time
    FROM events AS e
),
week AS (
    SELECT coalesce(CAST(until AS TIMESTAMP), newest.event_time + INTERVAL 1 MICROSECOND) AS stop
    FROM newest
),
failing AS (
    SELECT
        f.status_code,
        f.connector,
        f.destination,
        CASE
            WHEN f.event_time >= week.stop - INTERVAL 7 DAY THEN 0
            WHEN f.event_time >= week.stop - INTERVAL 14 DAY THEN 1
            WHEN f.event_time >= week.stop - INTERVAL 21 DAY THEN 2
            WHEN f.event_time >= week.stop - INTERVAL 28 DAY THEN 3
            WHEN f.event_time >= week.stop - INTERVAL 35 DAY THEN 4
            WHEN f.event_time >= week.stop - INTERVAL 42 DAY THEN 5
            WHEN f.event_time >= week.stop - INTERVAL 49 DAY THEN 6
            ELSE 7
        END AS weeks_ago,
        lower(f.recipient) AS recipient,
        CASE
            WHEN f.recipient IS NOT NULL
                THEN message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line)
        END AS message
    FROM failures AS f
    CROSS JOIN week
    WHERE
        f.event_time >= week.stop - INTERVAL 56 DAY
        AND f.event_time < week.stop
        AND (tenant IS NULL OR f.tenant = tenant)
),
counted AS (
    SELECT
        status_code,
        connector,
        destination,
        count(*) FILTER (WHERE weeks_ago = 0) AS failures,
        count(*) FILTER (WHERE weeks_ago = 1) AS failures_before,
        count(DISTINCT message) FILTER (WHERE weeks_ago = 0) AS messages,
        count(DISTINCT message) FILTER (WHERE weeks_ago = 1) AS messages_before,
        count(DISTINCT recipient) FILTER (WHERE weeks_ago = 0) AS recipients,
        count(DISTINCT recipient) FILTER (WHERE weeks_ago = 1) AS recipients_before,
        count(DISTINCT weeks_ago) AS weeks_seen
    FROM failing
    GROUP BY status_code, connector, destination
)
SELECT
    status_code,
    connector,
    destination,
    CASE
        WHEN failures = 0 THEN 'gone'
        WHEN weeks_seen = 1 THEN 'new'
        WHEN failures_before = 0 THEN 'back'
        WHEN failures > failures_before THEN 'more'
        WHEN failures < failures_before THEN 'less'
        ELSE 'same'
    END AS trend,
    failures,
    failures_before,
    failures - failures_before AS change,
    failures / nullif(failures_before, 0) AS ratio,
    messages,
    messages_before,
    recipients,
    recipients_before,
    failures / nullif(sum(failures) OVER (), 0) AS share,
    weeks_seen
FROM counted
WHERE failures + failures_before > 0
ORDER BY
    abs(failures - failures_before) DESC,
    failures DESC,
    status_code NULLS LAST,
    connector NULLS LAST,
    destination NULLS LAST
LIMIT CAST(top AS BIGINT);
