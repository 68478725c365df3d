-- Rows of `events` that tell of an attempt which other rows tell too: one of them counts. And all of `links`.
--
-- Exchange Online's exports are settled in `attempts`, by the id that they share. Here stand, by place:
-- 1. Logs of one hop (Exchange Server's tracking, SMTP and connectivity logs and their exports; Hub and FrontEnd; the
--    members of a DAG). Outcomes of one kind of a message and recipient are the same where they lie close together: 20 s
--    between deferrals, 5 minutes between final outcomes, as a row is written when the whole transaction ends. Refusals
--    at the door have no message yet: sender and recipient within 5 s. Failed connections: the session.
--    What one log tells twice happened twice, so rows pair up only between logs (file, server, connector): the first of
--    one with the first of the other. The count is that of the log with most, never the sum.
-- 2. Rows of Exchange Online that no id can be found for, but a Message-ID: as above, final outcomes within 48 hours.
-- 3. Handed on inside: a delivery to the next server of the own organization or to a content filter on the same host is
--    none where the same source or hop knows what became of the mail behind it. Failures inside always count.
-- 4. A session that failed, of which another log says which recipients it failed for.
--
-- In a catalogue this is a table, worked out when it is published: every question reads it. Its rows are named by their
-- columns, as hashes differ between versions of DuckDB.
--
-- Columns
--   file_id: where the row was read
--   line: its line
--   recipient: its recipient; empty if it names none
--   network_message_id: Exchange's own id of the message, where `links` has it
--   message_id: Message-ID header, where `links` has it
--   mask: 0 if another row counts instead, else all sources of the attempt, see sources_of; NULL if no other tells of it

CREATE VIEW repeats AS
WITH
linked AS MATERIALIZED (
    SELECT
        links.row,
        max(links.network_message_id) AS network_message_id,
        max(links.message_id) AS message_id
    FROM links
    GROUP BY links.row
),
told AS NOT MATERIALIZED (
    SELECT
        row_key(e.file_id, e.line, e.recipient) AS row,
        hash(e.tenant, source_hop(e.source)) AS place,
        false AS by_id,
        e.source,
        e.event_time,
        e.outcome,
        e.direction = 'internal' AS inside,
        coalesce(e.network_message_id, linked.network_message_id, e.message_id, linked.message_id) AS message,
        lower(e.recipient) AS who,
        e.sender,
        e.queue_id,
        e.line,
        hash(e.file_id, e.server, e.connector, e.direction = 'internal') AS lane
    FROM events AS e
    LEFT JOIN linked
        ON row_key(e.file_id, e.line, e.recipient) = linked.row
    WHERE
        settled_by_time(e.source)
        AND is_attempt(e.outcome)
    UNION ALL
    SELECT
        row_key(e.file_id, e.line, e.recipient) AS row,
        hash(e.tenant, source_hop(e.source)) AS place,
        true AS by_id,
        e.source,
        e.event_time,
        e.outcome,
        false AS inside,
        coalesce(e.message_id, linked.message_id) AS message,
        lower(e.recipient) AS who,
        e.sender,
        NULL AS queue_id,
        e.line,
        row_key(e.file_id, e.line, e.recipient) AS lane
    FROM events AS e
    LEFT JOIN linked
        ON row_key(e.file_id, e.line, e.recipient) = linked.row
    WHERE
        settled_by_id(e.source)
        AND e.network_message_id IS NULL
        AND e.recipient IS NOT NULL
        AND is_attempt(e.outcome)
        AND linked.network_message_id IS NULL
        AND coalesce(e.message_id, linked.message_id) IS NOT NULL
),
keyed AS NOT MATERIALIZED (
    SELECT
        told.row,
        told.lane,
        told.by_id,
        told.inside,
        told.source,
        told.line,
        epoch_us(told.event_time) AS moment,
        hash(
            told.place,
            CASE
                WHEN told.outcome = 'deferred' THEN 'deferred'
                WHEN told.by_id THEN 'final'
                WHEN told.outcome IN ('delivered', 'expanded') THEN 'delivered'
                ELSE 'failed'
            END,
            CASE
                WHEN told.who IS NULL THEN hash('session', told.queue_id)
                WHEN told.message IS NULL OR told.outcome = 'rejected' THEN hash('door', lower(told.sender), told.who)
                ELSE hash('mail', told.message, told.who)
            END
        ) AS thing,
        CASE
            WHEN told.by_id AND told.outcome = 'deferred' THEN 999999
            WHEN told.by_id THEN 172800000000
            WHEN told.who IS NULL THEN 300000000
            WHEN told.message IS NULL OR told.outcome = 'rejected' THEN 5000000
            WHEN told.outcome = 'deferred' THEN 20000000
            ELSE 300000000
        END AS reach
    FROM told
    WHERE told.who IS NOT NULL OR told.queue_id IS NOT NULL
),
-- Most things are told by one log: only the rest is sorted.
crowded AS (
    SELECT keyed.thing
    FROM keyed
    GROUP BY keyed.thing
    HAVING min(keyed.lane) <> max(keyed.lane)
),
begun AS (
    SELECT
        keyed.*,
        CASE
            WHEN keyed.moment - lag(keyed.moment) OVER in_time <= keyed.reach THEN 0
            ELSE 1
        END AS begins
    FROM keyed
    SEMI JOIN crowded
        ON keyed.thing = crowded.thing
    WINDOW in_time AS (PARTITION BY keyed.thing ORDER BY keyed.moment, keyed.row)
),
parted AS (
    SELECT
        begun.*,
        sum(begun.begins) OVER (PARTITION BY begun.thing ORDER BY begun.moment, begun.row) AS part
    FROM begun
),
paired AS (
    SELECT
        parted.*,
        CASE
            WHEN parted.by_id THEN 1
            ELSE row_number() OVER (
                PARTITION BY parted.thing, parted.part, parted.lane
                ORDER BY parted.moment, parted.row
            )
        END AS pair
    FROM parted
),
settled AS (
    SELECT
        paired.row,
        CASE
            WHEN
                row_number() OVER (
                    PARTITION BY paired.thing, paired.part, paired.pair
                    ORDER BY
                        paired.inside,
                        source_rank(paired.source),
                        paired.moment DESC,
                        paired.line DESC,
                        paired.row
                ) = 1
                THEN bit_or(source_bit(paired.source)) OVER (PARTITION BY paired.thing, paired.part, paired.pair)
            ELSE 0
        END AS mask
    FROM paired
),
handing AS (
    SELECT
        row_key(e.file_id, e.line, e.recipient) AS row,
        e.event_time,
        hash(
            e.tenant,
            coalesce(nullif(source_hop(e.source), ''), e.source),
            coalesce(e.network_message_id, linked.network_message_id, e.message_id, linked.message_id),
            lower(e.recipient)
        ) AS thing
    FROM events AS e
    LEFT JOIN linked
        ON row_key(e.file_id, e.line, e.recipient) = linked.row
    WHERE
        e.outcome = 'delivered'
        AND e.direction = 'internal'
        AND NOT settled_by_id(e.source)
        AND e.recipient IS NOT NULL
        AND coalesce(e.network_message_id, e.message_id, linked.message_id) IS NOT NULL
),
onward AS (
    SELECT
        hash(
            e.tenant,
            coalesce(nullif(source_hop(e.source), ''), e.source),
            coalesce(e.network_message_id, linked.network_message_id, e.message_id, linked.message_id),
            lower(e.recipient)
        ) AS thing,
        e.event_time,
        e.outcome
    FROM events AS e
    LEFT JOIN linked
        ON row_key(e.file_id, e.line, e.recipient) = linked.row
    WHERE
        is_attempt(e.outcome)
        AND NOT settled_by_id(e.source)
        AND e.direction IS DISTINCT FROM 'internal'
        AND e.recipient IS NOT NULL
),
beyond AS (
    SELECT
        onward.thing,
        max(onward.event_time) FILTER (WHERE onward.outcome <> 'deferred') AS last_final,
        max(onward.event_time) FILTER (WHERE onward.outcome = 'deferred') AS last_deferral
    FROM onward
    SEMI JOIN handing
        ON onward.thing = handing.thing
    GROUP BY onward.thing
),
sessions AS (
    SELECT
        told.row,
        told.place,
        told.queue_id,
        told.event_time,
        source_rank(told.source) AS source
    FROM told
    WHERE
        told.who IS NULL
        AND told.queue_id IS NOT NULL
),
replied AS (
    SELECT
        told.place,
        told.queue_id,
        min(source_rank(told.source)) AS one,
        max(source_rank(told.source)) AS other,
        min(told.event_time) AS first,
        max(told.event_time) AS last
    FROM told
    SEMI JOIN sessions
        ON
            told.place = sessions.place
            AND told.queue_id = sessions.queue_id
    WHERE
        told.who IS NOT NULL
        AND told.outcome IN ('deferred', 'failed', 'expired', 'rejected')
    GROUP BY told.place, told.queue_id
),
verdicts AS (
    SELECT
        settled.row,
        settled.mask
    FROM settled
    UNION ALL
    SELECT
        handing.row,
        0 AS mask
    FROM handing
    INNER JOIN beyond
        ON handing.thing = beyond.thing
    WHERE
        beyond.last_final >= handing.event_time - INTERVAL 20 SECOND
        OR beyond.last_deferral > handing.event_time
    UNION ALL
    SELECT
        sessions.row,
        0 AS mask
    FROM sessions
    INNER JOIN replied
        ON
            sessions.place = replied.place
            AND sessions.queue_id = replied.queue_id
            AND (sessions.source <> replied.one OR sessions.source <> replied.other)
            AND sessions.event_time >= replied.first - INTERVAL 1 HOUR
            AND sessions.event_time <= replied.last + INTERVAL 1 HOUR
),
said AS (
    SELECT
        verdicts.row,
        NULL AS network_message_id,
        NULL AS message_id,
        verdicts.mask
    FROM verdicts
    UNION ALL
    SELECT
        linked.row,
        linked.network_message_id,
        linked.message_id,
        NULL AS mask
    FROM linked
),
summed AS (
    SELECT
        said.row,
        max(said.network_message_id) AS network_message_id,
        max(said.message_id) AS message_id,
        min(said.mask) AS mask
    FROM said
    GROUP BY said.row
)
SELECT DISTINCT
    e.file_id,
    e.line,
    coalesce(e.recipient, '') AS recipient,
    summed.network_message_id,
    summed.message_id,
    summed.mask
FROM events AS e
INNER JOIN summed
    ON row_key(e.file_id, e.line, e.recipient) = summed.row;
