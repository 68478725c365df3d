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
-- What `repeats` says of a row.
known AS NOT MATERIALIZED (
    SELECT
        e.*,
        repeats.network_message_id AS linked_id,
        repeats.message_id AS linked_name,
        repeats.mask
    FROM events AS e
    LEFT JOIN repeats
        ON
            e.file_id = repeats.file_id
            AND e.line = repeats.line
            AND e.recipient = repeats.recipient
    WHERE e.recipient IS NOT NULL
),
named AS NOT MATERIALIZED (
    SELECT
        k.*,
        message_key(
            coalesce(k.network_message_id, k.linked_id),
            coalesce(k.message_id, k.linked_name),
            k.server,
            k.queue_id,
            k.file_id,
            k.line
        ) AS message,
        lower(k.recipient) AS who,
        k.network_message_id IS NULL AND k.linked_id IS NULL AS nameless
    FROM known AS k
),
-- Message-IDs and queue ids are used again: two days without a word are the end of a mail.
comeback AS (
    SELECT hash(named.tenant, named.message, named.who) AS mail
    FROM named
    WHERE named.nameless
    GROUP BY hash(named.tenant, named.message, named.who)
    HAVING max(named.event_time) - min(named.event_time) > INTERVAL 48 HOUR
),
paced AS (
    SELECT
        row_key(named.file_id, named.line, named.recipient) AS row,
        hash(named.tenant, named.message, named.who) AS mail,
        named.event_time,
        CASE
            WHEN
                named.event_time - lag(named.event_time) OVER (
                    PARTITION BY hash(named.tenant, named.message, named.who)
                    ORDER BY named.event_time
                ) <= INTERVAL 48 HOUR
                THEN 0
            ELSE 1
        END AS begins
    FROM named
    SEMI JOIN comeback
        ON hash(named.tenant, named.message, named.who) = comeback.mail
    WHERE named.nameless
),
parts AS (
    SELECT
        numbered.row,
        max(numbered.part) AS part
    FROM (
        SELECT
            paced.row,
            sum(paced.begins) OVER (PARTITION BY paced.mail ORDER BY paced.event_time) AS part
        FROM paced
    ) AS numbered
    GROUP BY numbered.row
),
told AS (
    SELECT
        n.*,
        CASE WHEN parts.part > 1 THEN n.message || ' ' || parts.part ELSE n.message END AS mail,
        settled_by_id(n.source) AS exo,
        -- Outcomes of one hop that several exports saw are one attempt; this needs Exchange's id, as in `attempts`.
        settled_by_id(n.source) AND NOT n.nameless AS shared,
        coalesce(n.mask > 0, true) AS counts,
        n.outcome NOT IN ('received', 'info', 'pending', 'deferred') AS final,
        n.outcome IN ('deferred', 'failed', 'expired', 'rejected')
        AND (n.status_code IS NOT NULL OR n.cause IS NOT NULL) AS telling,
        -- Weight of the outcome (2 bits), milliseconds (42), rank of the source (7), not held back (1), the row (11): in
        -- this order, one number. What was only handed on inside says less than what became of it behind. And giving up
        -- outweighs a delivery to the server that gave up, ten minutes around, as clocks differ and a trace's time is
        -- that of arrival.
        CASE
            WHEN n.outcome IN ('received', 'info') OR n.mask = 0 AND n.outcome = 'delivered' THEN 0
            WHEN n.outcome IN ('deferred', 'pending') THEN 2305843009213693952
            ELSE 4611686018427387904
        END
        + (
            epoch_us(n.event_time) // 1000
            + CASE WHEN n.outcome IN ('failed', 'expired', 'rejected') THEN 600000 ELSE 0 END
        ) * 524288
        + (127 - source_rank(n.source)) * 4096
        + CASE WHEN n.outcome IN ('quarantined', 'filtered') THEN 0 ELSE 2048 END
        + CAST(hash(n.file_id, n.line) % 2048 AS BIGINT) AS precedence
    FROM named AS n
    LEFT JOIN parts
        ON n.nameless AND row_key(n.file_id, n.line, n.recipient) = parts.row
),
gathered AS (
    SELECT
        told.tenant,
        max(coalesce(told.network_message_id, told.linked_id)) AS network_message_id,
        max(coalesce(told.message_id, told.linked_name)) AS message_id,
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
        + count(*) FILTER (WHERE NOT told.shared AND told.counts AND told.outcome = 'deferred') AS deferrals,
        coalesce(max(1) FILTER (WHERE told.shared AND told.final), 0)
        + count(*) FILTER (WHERE NOT told.shared AND told.counts AND told.final) AS finals,
        min(told.event_time) FILTER (WHERE told.outcome = 'deferred') AS first_deferred,
        max(told.event_time) FILTER (
            WHERE told.outcome = 'delivered' AND source_tells_when(told.source)
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
        bit_or(source_bit(told.source)) AS mask
    FROM told
    GROUP BY told.tenant, told.mail, told.who
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
