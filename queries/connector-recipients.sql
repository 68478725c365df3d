-- Who still gets mail through a connector or at a destination, and who does not any more?
--
-- Look here before a connector is switched off, or an accepted domain made Authoritative: whoever had a delivery there
-- lately would lose it.
--
-- Parameters
--   connector (NULL): only this connector
--   destination (NULL): only this destination
--   since (NULL): attempts from this time on, UTC; NULL for the beginning of the data
--   until (NULL): attempts before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   top (100): at most so many rows; NULL for all
--
-- Columns
--   recipient: address, lower-cased; NULL for attempts that name none, such as a refused connection
--   connector: connector; NULL for mail that takes none, or whose source does not say
--   destination: who was being delivered to: remote host, else the recipient domain
--   attempts: delivery attempts and final outcomes
--   delivered: of these, delivered
--   failures: of these, deferred, failed, expired or rejected
--   messages: distinct messages
--   last_delivered: time of the latest delivery; NULL if there was none in the period
--   last_failure: time of the latest failure; NULL if there was none
--   failures_since: failures after the latest delivery; all of them if there was none
--   recipients: recipients that the parameters leave, whether listed or cut off
--   share: of all attempts that the parameters leave

CREATE MACRO connector_recipients(
    connector := NULL, destination := NULL, since := NULL, until := NULL, tenant := NULL, top := 100
) AS TABLE
WITH
tried AS (
    SELECT
        lower(a.recipient) AS who,
        a.connector AS route,
        a.destination AS target,
        a.event_time,
        a.outcome = 'delivered' AS arrived,
        a.outcome IN ('deferred', 'failed', 'expired', 'rejected') AS failing,
        message_key(a.network_message_id, a.message_id, a.server, a.queue_id, a.file_id, a.line) AS message,
        max(CASE WHEN a.outcome = 'delivered' THEN a.event_time END)
            OVER (PARTITION BY lower(a.recipient), a.connector, a.destination) AS last_delivered
    FROM attempts AS a
    WHERE
        (connector IS NULL OR a.connector = connector)
        AND (destination IS NULL OR a.destination = lower(CAST(destination AS VARCHAR)))
        AND (since IS NULL OR a.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR a.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR a.tenant = tenant)
),
counted AS (
    SELECT
        who,
        route,
        target,
        count(*) AS attempts,
        count(*) FILTER (WHERE arrived) AS delivered,
        count(*) FILTER (WHERE failing) AS failures,
        count(DISTINCT message) FILTER (WHERE who IS NOT NULL) AS messages,
        max(last_delivered) AS last_delivered,
        max(event_time) FILTER (WHERE failing) AS last_failure,
        count(*) FILTER (WHERE failing AND (last_delivered IS NULL OR event_time > last_delivered)) AS failures_since
    FROM tried
    GROUP BY who, route, target
),
people AS (
    SELECT count(DISTINCT counted.who) AS recipients
    FROM counted
)
SELECT
    counted.who AS recipient,
    counted.route AS connector,
    counted.target AS destination,
    counted.attempts,
    counted.delivered,
    counted.failures,
    counted.messages,
    counted.last_delivered,
    counted.last_failure,
    counted.failures_since,
    people.recipients,
    counted.attempts / nullif(sum(counted.attempts) OVER (), 0) AS share
FROM counted
CROSS JOIN people
ORDER BY
    counted.last_delivered DESC NULLS LAST,
    counted.attempts DESC,
    counted.who NULLS LAST,
    counted.route NULLS LAST,
    counted.target NULLS LAST
LIMIT CAST(top AS BIGINT);
