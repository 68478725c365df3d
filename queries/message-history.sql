-- What happened to one message, or to all mail to or from one address, in every source?
--
-- Parameters
--   message (NULL): Message-ID (with or without <>), network message id or queue id
--   recipient (NULL): only events of this recipient, any case
--   sender (NULL): only events of this sender, any case
--   since (NULL): events from this time on, UTC; NULL for the beginning of the data
--   until (NULL): events before this time, UTC; NULL for the end of the data
--   top (1000): at most so many rows; NULL for all
--
-- Columns
--   event_time: when it happened, UTC
--   source: format it was read from
--   server: the host that logged it
--   event: the source's own word
--   outcome: what it means
--   connector: connector, or its nearest kin in the source
--   sender: envelope sender
--   recipient: envelope recipient
--   destination: who was being delivered to
--   remote_host: last attempted server
--   remote_ip: last attempted address
--   reply_code: SMTP reply code
--   status_code: enhanced status code
--   cause: sub-cause key
--   response: the whole error or reply text
--   delay_seconds: time in queue, where the source says
--   tls_version: where the source says
--   subject: subject line, where the source says
--   message_id: Message-ID header
--   network_message_id: Exchange's own id of the message
--   queue_id: queue id or session id
--   path: file it was read from
--   line: line in that file

CREATE MACRO message_history(
    message := NULL, recipient := NULL, sender := NULL, since := NULL, until := NULL, top := 1000
) AS TABLE
WITH
wanted AS (
    SELECT lower(trim(CAST(message AS VARCHAR), '<> ')) AS id
),
-- One source names a message by one id, another by another: who has either is meant.
ids AS (
    SELECT DISTINCT
        lower(e.network_message_id) AS network_message_id,
        lower(e.message_id) AS message_id
    FROM events AS e
    CROSS JOIN wanted
    WHERE
        lower(e.network_message_id) = wanted.id
        OR lower(e.message_id) = wanted.id
        OR lower(e.queue_id) = wanted.id
)
SELECT
    e.event_time,
    e.source,
    e.server,
    e.event,
    e.outcome,
    e.connector,
    e.sender,
    e.recipient,
    e.destination,
    e.remote_host,
    e.remote_ip,
    e.reply_code,
    e.status_code,
    e.cause,
    e.response,
    e.delay_seconds,
    e.tls_version,
    e.subject,
    e.message_id,
    e.network_message_id,
    e.queue_id,
    files.path,
    e.line
FROM events AS e
CROSS JOIN wanted
LEFT JOIN files
    ON e.file_id = files.file_id
WHERE
    (message IS NOT NULL OR recipient IS NOT NULL OR sender IS NOT NULL)
    AND (
        message IS NULL
        OR lower(e.queue_id) = wanted.id
        OR lower(e.network_message_id) IN (
            SELECT ids.network_message_id
            FROM ids
            WHERE ids.network_message_id IS NOT NULL
        )
        OR lower(e.message_id) IN (
            SELECT ids.message_id
            FROM ids
            WHERE ids.message_id IS NOT NULL
        )
    )
    AND (recipient IS NULL OR lower(e.recipient) = lower(CAST(recipient AS VARCHAR)))
    AND (sender IS NULL OR lower(e.sender) = lower(CAST(sender AS VARCHAR)))
    AND (since IS NULL OR e.event_time >= CAST(since AS TIMESTAMP))
    AND (until IS NULL OR e.event_time < CAST(until AS TIMESTAMP))
ORDER BY e.event_time, e.source, e.file_id, e.line, e.recipient, e.event
LIMIT CAST(top AS BIGINT);
