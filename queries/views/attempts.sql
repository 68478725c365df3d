-- Each delivery attempt or final outcome of a message and recipient once, however many sources saw it.
--
-- Exchange Online's exports see the same attempts (one hop) and share its id. There, two deferrals of a message and
-- recipient within the same second are one, and so are all its final outcomes. The row is taken from the source that
-- tells most; in one source the latest counts (of equals, what was let go after all), and a hash of the file settles what
-- is left, so that the choice is always the same. Other sources: what `repeats` says of them; all else passes through.
-- Hops are apart: what Exchange Online, Exchange Server and a relay behind it did to one mail are attempts of each.
--
-- Columns
--   network_message_id: Exchange's own id of the message, also where another source has to tell it (see `links`)
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
        -- Rank (7 bits), microseconds (52), not held back (1), line (34), hash of the file (33), in this order, as one
        -- number: a window function that sorts whole rows costs three times as much.
        (
            (
                CAST(127 - source_rank(e.source) AS HUGEINT) * 9007199254740992
                + epoch_us(e.event_time) * 2
                + CASE WHEN e.outcome IN ('quarantined', 'filtered') THEN 0 ELSE 1 END
            ) * 17179869184
            + coalesce(e.line, 0)
        ) * 8589934592 + CAST(hash(e.file_id) % 8589934592 AS HUGEINT) AS precedence
    FROM (
        SELECT e.*
        FROM events AS e
        WHERE
            is_attempt(e.outcome)
            AND settled_by_id(e.source)
            AND e.network_message_id IS NOT NULL
            AND e.recipient IS NOT NULL
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
            coalesce(e.message_id, repeats.message_id) AS message_id,
            coalesce(e.network_message_id, repeats.network_message_id) AS network_message_id,
            e.queue_id,
            e.size_bytes,
            e.subject,
            e.tls_version,
            e.delay_seconds,
            e.file_id,
            e.line
        FROM events AS e
        INNER JOIN repeats
            ON
                e.file_id = repeats.file_id
                AND e.line = repeats.line
                AND e.recipient = repeats.recipient
        WHERE
            is_attempt(e.outcome)
            AND settled_by_id(e.source)
            AND e.network_message_id IS NULL
            AND e.recipient IS NOT NULL
            AND repeats.network_message_id IS NOT NULL
    ) AS e
),
chosen AS (
    SELECT
        hop.tenant,
        hop.network_message_id,
        hop.who,
        hop.moment,
        max(hop.precedence) AS precedence,
        bit_or(source_bit(hop.source)) AS mask
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
    coalesce(e.message_id, repeats.message_id) AS message_id,
    coalesce(e.network_message_id, repeats.network_message_id) AS network_message_id,
    e.queue_id,
    e.size_bytes,
    e.subject,
    e.tls_version,
    e.delay_seconds,
    e.file_id,
    e.line,
    CASE WHEN repeats.mask IS NULL THEN [e.source] ELSE sources_of(repeats.mask) END AS sources
FROM events AS e
LEFT JOIN repeats
    ON
        e.file_id = repeats.file_id
        AND e.line = repeats.line
        AND coalesce(e.recipient, '') = repeats.recipient
WHERE
    is_attempt(e.outcome)
    AND (
        NOT settled_by_id(e.source)
        OR e.recipient IS NULL
        OR (e.network_message_id IS NULL AND repeats.network_message_id IS NULL)
    )
    AND coalesce(repeats.mask > 0, true);
