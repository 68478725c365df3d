-- How large is an incident: what was tried, what failed, and what became of its mail?
--
-- Every incident's own query is this one, with its place, codes and time. A message counts once for each recipient in
-- delivered_late, lost and at_risk: by how it stands now, not by how it stood when the incident ended, so that mail that is
-- returned a day later is told. Mail without any id of its own is followed by server and queue id for six days.
--
-- Parameters
--   since (NULL): from this time on, UTC; NULL for the beginning of the data
--   until (NULL): before this time, UTC; NULL for the end of the data
--   as_of (NULL): what "now" means, UTC; NULL for the newest event of the tenant
--   tenant ('default'): only this tenant
--   scope ('pair'): pair, connector, destination, remote_ip or all: what it runs over; of connector, destination and
--     remote_ip those count that the scope names, NULL among them
--   connector (NULL): the connector, NULL for mail that takes none
--   destination (NULL): who was being delivered to
--   remote_ip (NULL): the one address, for the scope remote_ip
--   exposure ('own'): attempts are those at the address itself; 'place' where only failures tell their address: those of
--     the whole connector
--   codes (NULL): enhanced status codes of the failures that count, with blanks between; with causes NULL too, all count
--   causes (NULL): causes of failures without a code that count, with blanks between; none for those without a cause
--
-- Columns
--   attempts: delivery attempts there in that time
--   failures: of these, failed so
--   failure_rate: failures / attempts
--   messages: distinct messages that failed
--   recipients: distinct recipients that failed
--   delivered_late: messages × recipients that got through after a failure
--   lost: messages × recipients that were returned or given up
--   at_risk: messages × recipients still queued at `as_of`
--   next_expiry: when the first of these is lost; NULL where another server than Exchange Online holds them
--   late_p50_seconds: half of those delivered late took at most so long
--   late_p90_seconds: nine in ten took at most so long
--   late_max_seconds: the longest delay

CREATE MACRO incident_figures(
    since := NULL,
    until := NULL,
    as_of := NULL,
    tenant := 'default',
    scope := 'pair',
    connector := NULL,
    destination := NULL,
    remote_ip := NULL,
    exposure := 'own',
    codes := NULL,
    causes := NULL
) AS TABLE
WITH
newest AS (
    SELECT max(e.event_time) AS event_time
    FROM events AS e
    WHERE e.tenant = tenant
),
asked AS (
    SELECT
        CAST(since AS TIMESTAMP) AS first,
        CAST(until AS TIMESTAMP) AS last,
        coalesce(CAST(as_of AS TIMESTAMP), newest.event_time) AS now,
        string_split(CAST(codes AS VARCHAR), ' ') AS codes,
        string_split(CAST(causes AS VARCHAR), ' ') AS causes
    FROM newest
),
tried AS (
    SELECT
        message_key(a.network_message_id, a.message_id, a.server, a.queue_id, a.file_id, a.line) AS message,
        lower(a.recipient) AS who,
        a.event_time,
        a.outcome IN ('deferred', 'failed', 'expired', 'rejected')
        AND (remote_ip IS NULL OR coalesce(a.remote_ip = CAST(remote_ip AS VARCHAR), false))
        AND CASE
            WHEN asked.codes IS NULL AND asked.causes IS NULL THEN true
            WHEN a.status_code IS NULL THEN coalesce(list_contains(asked.causes, coalesce(a.cause, 'none')), false)
            ELSE coalesce(list_contains(asked.codes, a.status_code), false)
        END AS here
    FROM attempts AS a
    CROSS JOIN asked
    WHERE
        a.tenant = tenant
        AND (scope IN ('destination', 'all') OR a.connector IS NOT DISTINCT FROM CAST(connector AS VARCHAR))
        AND (
            scope IN ('connector', 'remote_ip', 'all')
            OR a.destination IS NOT DISTINCT FROM CAST(destination AS VARCHAR)
        )
        AND (
            remote_ip IS NULL
            OR exposure = 'place'
            OR coalesce(a.remote_ip = CAST(remote_ip AS VARCHAR), false)
        )
        AND (asked.first IS NULL OR a.event_time >= asked.first)
        AND (asked.last IS NULL OR a.event_time < asked.last)
),
counted AS (
    SELECT
        count(*) AS attempts,
        count(*) FILTER (WHERE t.here) AS failures,
        count(DISTINCT t.message) FILTER (WHERE t.here) AS messages,
        count(DISTINCT coalesce(t.who, '')) FILTER (WHERE t.here) AS recipients
    FROM tried AS t
),
failing AS (
    SELECT
        t.message,
        t.who,
        min(t.event_time) AS first
    FROM tried AS t
    WHERE t.here AND t.who IS NOT NULL
    GROUP BY t.message, t.who
),
told AS (
    SELECT
        f.message,
        f.who,
        arg_max(m.outcome, m.first_seen) AS outcome,
        arg_max(m.last_event, m.first_seen) AS last_event,
        max(m.expires_at) AS expires_at,
        max(m.delay_seconds) AS delay_seconds
    FROM failing AS f
    INNER JOIN messages AS m
        ON
            f.message = coalesce(m.network_message_id, m.message_id)
            AND f.who = lower(m.recipient)
            AND f.first >= m.first_seen
            AND f.first <= m.last_event
    WHERE m.tenant = tenant
    GROUP BY f.message, f.who
),
followed AS (
    SELECT
        f.message,
        f.who,
        arg_max(a.outcome, epoch_us(a.event_time) * 2 + CASE WHEN a.outcome = 'deferred' THEN 0 ELSE 1 END) AS outcome,
        max(a.event_time) AS last_event,
        CAST(NULL AS TIMESTAMP) AS expires_at,
        greatest(
            max(a.delay_seconds) FILTER (WHERE a.outcome = 'delivered'),
            CAST(
                epoch(max(a.event_time) FILTER (WHERE a.outcome = 'delivered') - min(a.event_time)) AS DOUBLE
            )
        ) AS delay_seconds
    FROM failing AS f
    ANTI JOIN told
        ON f.message = told.message AND f.who = told.who
    INNER JOIN attempts AS a
        ON
            f.message = message_key(a.network_message_id, a.message_id, a.server, a.queue_id, a.file_id, a.line)
            AND f.who = lower(a.recipient)
            AND a.event_time >= f.first
            AND a.event_time <= f.first + INTERVAL 6 DAY
    WHERE a.tenant = tenant
    GROUP BY f.message, f.who
),
fates AS (
    SELECT
        fate.outcome,
        fate.expires_at,
        fate.delay_seconds,
        fate.outcome IN ('deferred', 'pending')
        AND coalesce(fate.expires_at, fate.last_event + INTERVAL 5 DAY) > asked.now AS waits
    FROM (
        SELECT * FROM told
        UNION ALL
        SELECT * FROM followed
    ) AS fate
    CROSS JOIN asked
),
ended AS (
    SELECT
        count(*) FILTER (WHERE f.outcome = 'delivered') AS delivered_late,
        count(*) FILTER (WHERE f.outcome IN ('failed', 'expired', 'rejected')) AS lost,
        count(*) FILTER (WHERE f.waits) AS at_risk,
        min(f.expires_at) FILTER (WHERE f.waits) AS next_expiry,
        quantile_disc(f.delay_seconds, 0.5) FILTER (WHERE f.outcome = 'delivered') AS late_p50_seconds,
        quantile_disc(f.delay_seconds, 0.9) FILTER (WHERE f.outcome = 'delivered') AS late_p90_seconds,
        max(f.delay_seconds) FILTER (WHERE f.outcome = 'delivered') AS late_max_seconds
    FROM fates AS f
)
SELECT
    counted.attempts,
    counted.failures,
    counted.failures / nullif(counted.attempts, 0) AS failure_rate,
    counted.messages,
    counted.recipients,
    ended.delivered_late,
    ended.lost,
    ended.at_risk,
    ended.next_expiry,
    ended.late_p50_seconds,
    ended.late_p90_seconds,
    ended.late_max_seconds
FROM counted
CROSS JOIN ended
CROSS JOIN asked
WHERE asked.now IS NOT NULL
ORDER BY counted.attempts;
