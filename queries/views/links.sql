-- Rows that name no message of Exchange's own, and the message that they are about all the same.
--
-- Only rows that name a recipient, and only where it can be told:
-- 1. By the queue. A row with a queue id and no Message-ID takes the Message-ID that rows of the same source, server and
--    queue id have, within an hour of them (queue ids are used again) and from the same sender; not where two would do.
-- 2. By Message-ID and recipient. Exports without MessageTraceId, SMTP logs and logs of other servers take the network
--    message id that other rows of this Message-ID and recipient have, within six days: no queue keeps mail longer.
-- 3. A Message-ID that a program gives to every mail is no id. Where one recipient has it in several messages, the one
--    nearest in time counts, and only within an hour. It never glues mail to different recipients.
--
-- Columns
--   row: row_key of the row
--   network_message_id: Exchange's own id of the message; NULL if there is none
--   message_id: Message-ID header, where the row itself has none

CREATE VIEW links AS
WITH
bare AS NOT MATERIALIZED (
    SELECT
        row_key(e.file_id, e.line, e.recipient) AS row,
        e.tenant,
        e.source,
        coalesce(e.server, '') AS server,
        e.queue_id,
        e.message_id,
        lower(e.sender) AS sender,
        lower(e.recipient) AS who,
        e.event_time
    FROM events AS e
    WHERE
        e.network_message_id IS NULL
        AND e.recipient IS NOT NULL
),
nameless AS MATERIALIZED (
    SELECT
        bare.row,
        any_value(bare.tenant) AS tenant,
        any_value(bare.source) AS source,
        any_value(bare.server) AS server,
        any_value(bare.queue_id) AS queue_id,
        any_value(bare.sender) AS sender,
        any_value(bare.who) AS who,
        any_value(bare.event_time) AS event_time
    FROM bare
    WHERE
        bare.message_id IS NULL
        AND bare.queue_id IS NOT NULL
    GROUP BY bare.row
),
-- The messages that went by a queue id. A session that carried many says nothing.
spans AS (
    SELECT
        e.tenant,
        e.source,
        coalesce(e.server, '') AS server,
        e.queue_id,
        e.message_id,
        max(e.network_message_id) AS network_message_id,
        max(lower(e.sender)) AS sender,
        min(e.event_time) AS first,
        max(e.event_time) AS last
    FROM events AS e
    SEMI JOIN nameless
        ON
            e.tenant = nameless.tenant
            AND e.source = nameless.source
            AND coalesce(e.server, '') = nameless.server
            AND e.queue_id = nameless.queue_id
    WHERE e.message_id IS NOT NULL
    GROUP BY e.tenant, e.source, coalesce(e.server, ''), e.queue_id, e.message_id
    QUALIFY count(*) OVER (PARTITION BY e.tenant, e.source, coalesce(e.server, ''), e.queue_id) <= 8
),
queued AS MATERIALIZED (
    SELECT
        nameless.row,
        any_value(nameless.tenant) AS tenant,
        any_value(nameless.who) AS who,
        any_value(nameless.event_time) AS event_time,
        min(spans.message_id) AS message_id,
        min(spans.network_message_id) AS network_message_id
    FROM nameless
    INNER JOIN spans
        ON
            nameless.tenant = spans.tenant
            AND nameless.source = spans.source
            AND nameless.server = spans.server
            AND nameless.queue_id = spans.queue_id
            AND nameless.event_time >= spans.first - INTERVAL 1 HOUR
            AND nameless.event_time <= spans.last + INTERVAL 1 HOUR
            AND coalesce(nameless.sender = spans.sender, true)
    GROUP BY nameless.row
    HAVING min(spans.message_id) = max(spans.message_id)
),
-- Without any row of Exchange there is nothing to look for, and nothing is read.
exchange AS (
    SELECT 1 AS there
    FROM events AS e
    WHERE e.network_message_id IS NOT NULL
    LIMIT 1
),
named AS NOT MATERIALIZED (
    SELECT
        bare.row,
        bare.tenant,
        bare.message_id,
        bare.who,
        bare.event_time
    FROM bare
    CROSS JOIN exchange
    WHERE bare.message_id IS NOT NULL
    UNION ALL
    SELECT
        queued.row,
        queued.tenant,
        queued.message_id,
        queued.who,
        queued.event_time
    FROM queued
    WHERE queued.network_message_id IS NULL
),
known AS MATERIALIZED (
    SELECT
        e.tenant,
        e.message_id,
        lower(e.recipient) AS who,
        e.event_time,
        min(e.network_message_id) AS network_message_id
    FROM events AS e
    SEMI JOIN named
        ON
            e.tenant = named.tenant
            AND e.message_id = named.message_id
            AND lower(e.recipient) = named.who
    WHERE e.network_message_id IS NOT NULL
    GROUP BY e.tenant, e.message_id, lower(e.recipient), e.event_time
),
ids AS (
    SELECT
        known.tenant,
        known.message_id,
        known.who,
        min(known.network_message_id) AS network_message_id,
        min(known.network_message_id) <> max(known.network_message_id) AS several,
        min(known.event_time) AS first,
        max(known.event_time) AS last
    FROM known
    GROUP BY known.tenant, known.message_id, known.who
),
claimed AS MATERIALIZED (
    SELECT
        named.row,
        any_value(named.tenant) AS tenant,
        any_value(named.message_id) AS message_id,
        any_value(named.who) AS who,
        any_value(named.event_time) AS event_time,
        any_value(ids.network_message_id) AS network_message_id,
        bool_or(ids.several) AS several,
        min(ids.first) AS first,
        max(ids.last) AS last
    FROM named
    INNER JOIN ids
        ON
            named.tenant = ids.tenant
            AND named.message_id = ids.message_id
            AND named.who = ids.who
    GROUP BY named.row
),
doubtful AS (
    SELECT
        ids.tenant,
        ids.message_id,
        ids.who
    FROM ids
    WHERE ids.several
),
-- One line of time for each such Message-ID and recipient: known messages, and rows that look for theirs. A join by
-- time would compare each with each.
lines AS (
    SELECT
        claimed.row,
        claimed.tenant,
        claimed.message_id,
        claimed.who,
        claimed.event_time,
        CAST(NULL AS VARCHAR) AS network_message_id
    FROM claimed
    WHERE claimed.several
    UNION ALL
    SELECT
        NULL AS row,
        known.tenant,
        known.message_id,
        known.who,
        known.event_time,
        known.network_message_id
    FROM known
    SEMI JOIN doubtful
        ON
            known.tenant = doubtful.tenant
            AND known.message_id = doubtful.message_id
            AND known.who = doubtful.who
),
near AS (
    SELECT
        lines.row,
        lines.event_time,
        last_value(lines.network_message_id IGNORE NULLS) OVER before AS id_before,
        max(CASE WHEN lines.row IS NULL THEN lines.event_time END) OVER before AS before,
        first_value(lines.network_message_id IGNORE NULLS) OVER after AS id_after,
        min(CASE WHEN lines.row IS NULL THEN lines.event_time END) OVER after AS after
    FROM lines
    WINDOW
        before AS (
            PARTITION BY lines.tenant, lines.message_id, lines.who
            ORDER BY lines.event_time, lines.row NULLS FIRST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ),
        after AS (
            PARTITION BY lines.tenant, lines.message_id, lines.who
            ORDER BY lines.event_time, lines.row NULLS FIRST
            ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        )
),
nearest AS (
    SELECT
        near.row,
        CASE
            WHEN coalesce(near.event_time - near.before <= near.after - near.event_time, near.after IS NULL)
                THEN near.id_before
            ELSE near.id_after
        END AS network_message_id
    FROM near
    WHERE
        near.row IS NOT NULL
        AND (
            near.before >= near.event_time - INTERVAL 1 HOUR
            OR near.after <= near.event_time + INTERVAL 1 HOUR
        )
),
found AS (
    SELECT
        claimed.row,
        claimed.network_message_id,
        NULL AS message_id
    FROM claimed
    WHERE
        NOT claimed.several
        AND claimed.event_time >= claimed.first - INTERVAL 6 DAY
        AND claimed.event_time <= claimed.last + INTERVAL 6 DAY
    UNION ALL
    SELECT
        nearest.row,
        nearest.network_message_id,
        NULL AS message_id
    FROM nearest
    UNION ALL
    SELECT
        queued.row,
        queued.network_message_id,
        queued.message_id
    FROM queued
)
SELECT
    found.row,
    max(found.network_message_id) AS network_message_id,
    max(found.message_id) AS message_id
FROM found
GROUP BY found.row;
