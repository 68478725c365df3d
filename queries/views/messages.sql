-- One row per message and recipient, from all its events.
--
-- A message is known by the id Exchange gives it, else by its Message-ID, else by its place in a queue. Events that
-- name no recipient (a session that never got that far) make no row. Columns are taken from the event that decides: a
-- final outcome before a deferral before the rest, then the later, then the source that tells most.
--
-- Columns
--   tenant: label given at ingest, 'default' otherwise
--   network_message_id: Exchange's own id of the message
--   message_id: Message-ID header, angle brackets kept off
--   queue_id: queue id or session id, where the source says
--   sender: envelope sender; empty for a bounce
--   sender_domain: its domain, lower-cased
--   recipient: envelope recipient
--   recipient_domain: its domain, lower-cased
--   direction: outbound, inbound, internal or unknown
--   connector: connector, of the deciding event that names one
--   destination: who was being delivered to, of the deciding event that says so
--   first_seen: time of its earliest event
--   last_event: time of its latest event
--   outcome: the latest final outcome; without one, deferred or pending; without these, received or info
--   attempts: delivery attempts and final outcomes, each once however many sources saw it
--   deferrals: of these, put off until later
--   first_deferred: time of the first of them
--   delivered_at: when it was delivered; NULL too where only a message trace or summary says that it was, not when
--   status_code: enhanced status code of the last failing event that carries a code or cause
--   remote_status_code: enhanced status code of the inner reply of that event
--   cause: sub-cause key of that event
--   delay_seconds: from first_seen to delivered_at, or what the source says if that is longer; NULL if not delivered
--   expires_at: first accepted or deferred + 24 h, where Exchange Online still holds it in a queue
--   sources: all sources that saw it, the one that tells most first

CREATE VIEW messages AS
WITH
told AS (
    SELECT
        e.*,
        message_key(e.network_message_id, e.message_id, e.server, e.queue_id, e.file_id, e.line) AS message,
        lower(e.recipient) AS who,
        starts_with(e.source, 'exo_') AS exo,
        -- Outcomes of one hop that several exports saw are one attempt; this needs Exchange's id, as in `attempts`.
        starts_with(e.source, 'exo_') AND e.network_message_id IS NOT NULL AS shared,
        e.outcome IN (
            'delivered', 'failed', 'expired', 'rejected', 'quarantined', 'filtered', 'dropped', 'expanded'
        ) AS final,
        e.outcome IN ('deferred', 'failed', 'expired', 'rejected')
        AND (e.status_code IS NOT NULL OR e.cause IS NOT NULL) AS telling,
        -- Weight of the outcome, microseconds, rank of the source (4 bits), line (5 bits): in this order, one number.
        CASE
            WHEN e.outcome IN ('deferred', 'pending') THEN 1152921504606846976
            WHEN e.outcome IN ('received', 'info') THEN 0
            ELSE 2305843009213693952
        END + epoch_us(e.event_time) * 512 + (15 - source_rank(e.source)) * 32 + coalesce(e.line, 0) % 32 AS precedence
    FROM events AS e
    WHERE e.recipient IS NOT NULL
),
gathered AS (
    SELECT
        told.tenant,
        max(told.network_message_id) AS network_message_id,
        max(told.message_id) AS message_id,
        max(told.queue_id) AS queue_id,
        max(told.sender) AS sender,
        max(told.sender_domain) AS sender_domain,
        max(told.recipient) AS recipient,
        max(told.recipient_domain) AS recipient_domain,
        arg_max(told.direction, told.precedence) FILTER (WHERE told.direction <> 'unknown') AS direction,
        arg_max(told.connector, told.precedence) FILTER (WHERE told.connector IS NOT NULL) AS connector,
        arg_max(told.destination, told.precedence) FILTER (WHERE told.destination IS NOT NULL) AS destination,
        min(told.event_time) AS first_seen,
        max(told.event_time) AS last_event,
        arg_max(told.outcome, told.precedence) AS outcome,
        count(DISTINCT date_trunc('second', told.event_time))
            FILTER (WHERE told.shared AND told.outcome = 'deferred')
        + count(*) FILTER (WHERE NOT told.shared AND told.outcome = 'deferred') AS deferrals,
        coalesce(max(1) FILTER (WHERE told.shared AND told.final), 0)
        + count(*) FILTER (WHERE NOT told.shared AND told.final) AS finals,
        min(told.event_time) FILTER (WHERE told.outcome = 'deferred') AS first_deferred,
        max(told.event_time) FILTER (
            WHERE told.outcome = 'delivered' AND told.source NOT IN ('exo_message_trace', 'exo_enhanced_summary')
        ) AS delivered_at,
        -- Empty for NULL, as arg_max would pass over a NULL and take the value of another event.
        arg_max(coalesce(told.status_code, ''), told.precedence)
            FILTER (WHERE told.telling) AS status_code,
        arg_max(coalesce(told.remote_status_code, ''), told.precedence)
            FILTER (WHERE told.telling) AS remote_status_code,
        arg_max(coalesce(told.cause, ''), told.precedence)
            FILTER (WHERE told.telling) AS cause,
        max(told.delay_seconds) FILTER (WHERE told.outcome = 'delivered') AS told_delay,
        min(told.event_time) FILTER (
            WHERE told.exo AND told.outcome IN ('received', 'pending', 'deferred')
        ) AS queued_since,
        bit_or(1 << source_rank(told.source)) AS mask
    FROM told
    GROUP BY told.tenant, told.message, told.who
)
SELECT
    gathered.tenant,
    gathered.network_message_id,
    gathered.message_id,
    gathered.queue_id,
    gathered.sender,
    gathered.sender_domain,
    gathered.recipient,
    gathered.recipient_domain,
    coalesce(gathered.direction, 'unknown') AS direction,
    gathered.connector,
    gathered.destination,
    gathered.first_seen,
    gathered.last_event,
    gathered.outcome,
    CAST(gathered.deferrals + gathered.finals AS BIGINT) AS attempts,
    CAST(gathered.deferrals AS BIGINT) AS deferrals,
    gathered.first_deferred,
    gathered.delivered_at,
    nullif(gathered.status_code, '') AS status_code,
    nullif(gathered.remote_status_code, '') AS remote_status_code,
    nullif(gathered.cause, '') AS cause,
    greatest(
        gathered.told_delay,
        CAST(epoch(gathered.delivered_at - gathered.first_seen) AS DOUBLE)
    ) AS delay_seconds,
    CASE
        WHEN gathered.outcome IN ('pending', 'deferred') THEN gathered.queued_since + INTERVAL 24 HOUR
    END AS expires_at,
    sources_of(gathered.mask) AS sources
FROM gathered;
