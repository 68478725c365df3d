-- Where does mail arrive late, and how late?
--
-- A message is late when it was put off at least once, or took at least `minutes`. Percentiles are over all delivered
-- messages whose delay is known: a message trace alone tells that a message was delivered, not when.
--
-- Parameters
--   since (NULL): messages first seen from this time on, UTC; NULL for the beginning of the data
--   until (NULL): messages first seen before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   minutes (15): from this delay on a message is late
--   top (20): at most so many rows; NULL for all
--
-- Columns
--   connector: connector; NULL for mail that takes none, or whose source does not say
--   destination: who was being delivered to: remote host, else the recipient domain
--   delivered: messages × recipients that were delivered
--   late: of these, late
--   late_share: late / delivered
--   failures: failed attempts before the late ones got through
--   messages: distinct messages that were late
--   recipients: distinct recipients that got mail late
--   share: of all late ones of the period
--   measured: delivered ones whose delay is known
--   p50_seconds: half of these took at most so long
--   p95_seconds: 95 in 100 took at most so long
--   p99_seconds: 99 in 100 took at most so long
--   longest_seconds: the longest delay

CREATE MACRO delivered_late(since := NULL, until := NULL, tenant := NULL, minutes := 15, top := 20) AS TABLE
WITH
arrived AS (
    SELECT
        m.connector,
        m.destination,
        m.deferrals,
        m.delay_seconds,
        m.deferrals > 0 OR coalesce(m.delay_seconds >= CAST(minutes AS DOUBLE) * 60, false) AS late,
        lower(m.recipient) AS recipient,
        coalesce(m.network_message_id, m.message_id, m.queue_id) AS message
    FROM messages AS m
    WHERE
        m.outcome = 'delivered'
        AND (since IS NULL OR m.first_seen >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR m.first_seen < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR m.tenant = tenant)
),
counted AS (
    SELECT
        connector,
        destination,
        count(*) AS delivered,
        count(*) FILTER (WHERE late) AS late,
        CAST(coalesce(sum(deferrals) FILTER (WHERE late), 0) AS BIGINT) AS failures,
        count(DISTINCT message) FILTER (WHERE late) AS messages,
        count(DISTINCT recipient) FILTER (WHERE late) AS recipients,
        count(delay_seconds) AS measured,
        percentile_cont(0.50) WITHIN GROUP (ORDER BY delay_seconds) AS p50_seconds,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY delay_seconds) AS p95_seconds,
        percentile_cont(0.99) WITHIN GROUP (ORDER BY delay_seconds) AS p99_seconds,
        max(delay_seconds) AS longest_seconds
    FROM arrived
    GROUP BY connector, destination
)
SELECT
    connector,
    destination,
    delivered,
    late,
    late / nullif(delivered, 0) AS late_share,
    failures,
    messages,
    recipients,
    late / nullif(sum(late) OVER (), 0) AS share,
    measured,
    p50_seconds,
    p95_seconds,
    p99_seconds,
    longest_seconds
FROM counted
ORDER BY late DESC, delivered DESC, connector NULLS LAST, destination NULLS LAST
LIMIT CAST(top AS BIGINT);
