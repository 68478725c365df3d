-- Which messages still wait in a queue, and how long until each is given up?
--
-- Exchange Online tries for 24 hours, so a message that expired before `as_of` is not listed. Other servers decide for
-- themselves: theirs are listed for five days, the usual limit, after the last that was heard of them. Mail that a
-- server of one's own told a client to bring again later waits in the client's queue, and is not listed.
--
-- Parameters
--   as_of (NULL): what "now" means, UTC; NULL for the newest event of each tenant
--   tenant (NULL): only this tenant; NULL for all
--   connector (NULL): only this connector
--   destination (NULL): only this destination
--   top (100): at most so many rows; NULL for all
--
-- Columns
--   recipient: who waits for it
--   sender: who sent it
--   connector: connector of the last attempt that names one
--   destination: who was being delivered to
--   outcome: deferred, or pending where nothing was tried yet
--   status_code: enhanced status code of the last failure
--   cause: sub-cause key of the last failure
--   deferrals: how often it was put off
--   first_seen: time of its earliest event
--   hours_queued: from first_seen to as_of
--   expires_at: when Exchange Online gives up; NULL where another server holds it
--   hours_left: from as_of to expires_at
--   network_message_id: Exchange's own id of the message
--   message_id: Message-ID header

CREATE MACRO queued_now(as_of := NULL, tenant := NULL, connector := NULL, destination := NULL, top := 100) AS TABLE
WITH
newest AS (
    SELECT
        e.tenant,
        max(e.event_time) AS event_time
    FROM events AS e
    GROUP BY e.tenant
),
moment AS (
    SELECT
        newest.tenant,
        coalesce(CAST(as_of AS TIMESTAMP), newest.event_time) AS now
    FROM newest
)
SELECT
    m.recipient,
    m.sender,
    m.connector,
    m.destination,
    m.outcome,
    m.status_code,
    m.cause,
    m.deferrals,
    m.first_seen,
    epoch(moment.now - m.first_seen) / 3600 AS hours_queued,
    m.expires_at,
    epoch(m.expires_at - moment.now) / 3600 AS hours_left,
    m.network_message_id,
    m.message_id
FROM messages AS m
INNER JOIN moment
    ON m.tenant = moment.tenant
WHERE
    m.outcome IN ('pending', 'deferred')
    AND (m.direction IS DISTINCT FROM 'inbound' OR m.network_message_id IS NOT NULL)
    AND m.first_seen <= moment.now
    AND coalesce(m.expires_at > moment.now, m.last_event > moment.now - INTERVAL 5 DAY)
    AND (tenant IS NULL OR m.tenant = tenant)
    AND (connector IS NULL OR m.connector = connector)
    AND (destination IS NULL OR m.destination = lower(CAST(destination AS VARCHAR)))
ORDER BY m.expires_at NULLS LAST, m.first_seen, m.network_message_id, m.message_id, m.recipient
LIMIT CAST(top AS BIGINT);
