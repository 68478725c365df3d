-- Attempts that did not get through: deferred, failed, expired or rejected.
--
-- Columns
--   sources: all sources that saw it, the one that tells most first

CREATE VIEW failures AS
SELECT
    a.event_time,
    a.tenant,
    a.source,
    a.server,
    a.event,
    a.outcome,
    a.direction,
    a.connector,
    a.sender,
    a.sender_domain,
    a.recipient,
    a.recipient_domain,
    a.destination,
    a.remote_host,
    a.remote_ip,
    a.reply_code,
    a.status_code,
    a.remote_reply_code,
    a.remote_status_code,
    a.cause,
    a.response,
    a.message_id,
    a.network_message_id,
    a.queue_id,
    a.size_bytes,
    a.subject,
    a.tls_version,
    a.delay_seconds,
    a.file_id,
    a.line,
    a.sources
FROM attempts AS a
WHERE a.outcome IN ('deferred', 'failed', 'expired', 'rejected');
