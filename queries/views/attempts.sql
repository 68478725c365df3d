-- Each delivery attempt or final outcome of a message and recipient once, however many sources saw it.
--
-- Exchange Online's exports see the same attempts (one hop). There, two deferrals of a message and recipient within the
-- same second are one, and so are all its final outcomes. The row is taken from the source that tells most; in one
-- source the latest counts, and a hash of the file settles what is left, so that the choice is always the same.
-- All other sources pass through, and so do rows without the ids that this needs.
--
-- Columns
--   sources: all sources that saw it, the one that tells most first

CREATE VIEW attempts AS
WITH
-- NOT MATERIALIZED: read twice, so that columns and times nobody asks for are not read at all.
hop AS NOT MATERIALIZED (
    SELECT
        e.*,
        lower(e.recipient) AS who,
        CASE
            WHEN e.outcome = 'deferred' THEN date_trunc('second', e.event_time)
            ELSE TIMESTAMP '1970-01-01 00:00:00'
        END AS moment,
        -- Rank, microseconds (52 bits), line (34 bits), hash of the file (33 bits), in this order, as one number:
        -- a window function that sorts whole rows costs three times as much.
        (
            CAST((15 - source_rank(e.source)) * 4503599627370496 + epoch_us(e.event_time) AS HUGEINT) * 17179869184
            + coalesce(e.line, 0)
        ) * 8589934592 + CAST(hash(e.file_id) % 8589934592 AS HUGEINT) AS precedence
    FROM events AS e
    WHERE
        e.outcome IN (
            'delivered', 'deferred', 'failed', 'expired', 'rejected', 'quarantined', 'filtered', 'dropped', 'expanded'
        )
        AND starts_with(e.source, 'exo_')
        AND e.network_message_id IS NOT NULL
        AND e.recipient IS NOT NULL
),
chosen AS (
    SELECT
        hop.tenant,
        hop.network_message_id,
        hop.who,
        hop.moment,
        max(hop.precedence) AS precedence,
        bit_or(1 << source_rank(hop.source)) AS mask
    FROM hop
    GROUP BY hop.tenant, hop.network_message_id, hop.who, hop.moment
)
SELECT
    hop.event_time,
    hop.tenant,
    hop.source,
    hop.server,
    hop.event,
    hop.outcome,
    hop.direction,
    hop.connector,
    hop.sender,
    hop.sender_domain,
    hop.recipient,
    hop.recipient_domain,
    hop.destination,
    hop.remote_host,
    hop.remote_ip,
    hop.reply_code,
    hop.status_code,
    hop.remote_reply_code,
    hop.remote_status_code,
    hop.cause,
    hop.response,
    hop.message_id,
    hop.network_message_id,
    hop.queue_id,
    hop.size_bytes,
    hop.subject,
    hop.tls_version,
    hop.delay_seconds,
    hop.file_id,
    hop.line,
    sources_of(chosen.mask) AS sources
FROM hop
INNER JOIN chosen
    ON
        hop.tenant = chosen.tenant
        AND hop.network_message_id = chosen.network_message_id
        AND hop.who = chosen.who
        AND hop.moment = chosen.moment
        AND hop.precedence = chosen.precedence
UNION ALL
SELECT
    e.event_time,
    e.tenant,
    e.source,
    e.server,
    e.event,
    e.outcome,
    e.direction,
    e.connector,
    e.sender,
    e.sender_domain,
    e.recipient,
    e.recipient_domain,
    e.destination,
    e.remote_host,
    e.remote_ip,
    e.reply_code,
    e.status_code,
    e.remote_reply_code,
    e.remote_status_code,
    e.cause,
    e.response,
    e.message_id,
    e.network_message_id,
    e.queue_id,
    e.size_bytes,
    e.subject,
    e.tls_version,
    e.delay_seconds,
    e.file_id,
    e.line,
    [e.source] AS sources
FROM events AS e
WHERE
    e.outcome IN (
        'delivered', 'deferred', 'failed', 'expired', 'rejected', 'quarantined', 'filtered', 'dropped', 'expanded'
    )
    AND (NOT starts_with(e.source, 'exo_') OR e.network_message_id IS NULL OR e.recipient IS NULL);
