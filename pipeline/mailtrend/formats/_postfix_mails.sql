-- Lines become mails: queue ids that come back are told apart, and what a mail's lines say is put together.

-- Queue ids that were used again: a new mail begins with its arrival, or after the last one was removed.
CREATE TEMP TABLE reused AS
SELECT unit
FROM lines
WHERE unit IS NOT NULL
GROUP BY unit
HAVING count(*) FILTER (kind IN (1, 2)) > 1
    OR count(*) FILTER (kind = 7) > 1
    OR max(file_no::BIGINT << 40 | line) FILTER (kind = 7) < max(file_no::BIGINT << 40 | line);

CREATE TEMP TABLE mails AS
WITH texts AS MATERIALIZED (
    SELECT l.file_no, l.line, l.unit, l.kind, without_prefix(r.text) AS text
    FROM lines AS l
    SEMI JOIN reused USING (unit)
    JOIN raw AS r USING (file_no, line)
),
stamped AS (
    SELECT file_no,
           line,
           unit,
           kind,
           CASE
               WHEN text[4] = ' ' THEN classic_time(left(text, 15))
               ELSE iso_time(left(text, strpos(text, ' ') - 1))
           END AS moment
    FROM texts
),
bounds AS (
    SELECT file_no,
           line,
           unit,
           moment,
           kind IN (1, 2)
           OR coalesce(lag(kind) OVER (PARTITION BY unit ORDER BY moment, file_no, line) = 7, false) AS begins
    FROM stamped
)
SELECT file_no,
       line,
       hash(unit, count(*) FILTER (begins) OVER (PARTITION BY unit ORDER BY moment, file_no, line)) AS mail
FROM bounds;

-- Set in place, because a queue id that comes back is rare.
UPDATE lines SET unit = m.mail FROM mails AS m WHERE m.file_no = lines.file_no AND m.line = lines.line;

CREATE TEMP VIEW facts AS FROM lines WHERE unit IS NOT NULL;

-- What the lines of one mail say together. Its first from= is its arrival, and carries what the event needs.
CREATE TEMP TABLE envelopes AS
WITH queued AS (
    SELECT unit,
           any_value(detail) FILTER (kind = 1) AS client,
           any_value(origin) FILTER (kind IN (1, 2)) AS taken_by,
           any_value(detail) FILTER (kind = 3) AS named,
           any_value(detail) FILTER (kind = 4) AS put,
           any_value(origin) FILTER (kind = 4) AS origin,
           any_value(queue_id) FILTER (kind = 4) AS queue_id,
           min(moment) FILTER (kind = 4) AS moment,
           arg_min(file_no::BIGINT << 40 | line, moment) FILTER (kind = 4) AS place,
           bool_or(kind < 4) AS arrived
    FROM facts
    WHERE kind <= 4
    GROUP BY unit
),
cut AS (
    SELECT * EXCLUDE (client),
           after_name(put, ', size=', 24) AS size,
           CASE
               WHEN substr(named, 12, 1) = '<' AND suffix(named, '>') THEN substr(named, 13, length(named) - 13)
               ELSE trim(substr(named, 12), '<> ')
           END AS message_id,
           substr(client, 8) AS client
    FROM queued
)
SELECT unit,
       place,
       arrived,
       moment,
       queue_id,
       server_of(origin) AS server,
       address_at(put, 6, ', size=') AS sender,
       TRY_CAST(before_comma(size) AS BIGINT) AS size_bytes,
       nullif(message_id, '') AS message_id,
       client,
       service_of(taken_by) AS taken_by
FROM cut;

-- What earlier slices know of mails whose arrival is not in this one: few, so that `earlier` is joined to them and not
-- sorted for an ASOF join.
CREATE TEMP TABLE attempt_mail AS
WITH orphans AS (
    SELECT f.file_no, f.line, f.moment, f.queue_id, server_of(f.origin) AS server
    FROM facts AS f
    ANTI JOIN (SELECT unit FROM envelopes WHERE sender IS NOT NULL) USING (unit)
    WHERE f.kind = 6
),
known AS (
    SELECT o.file_no, o.line, arg_max(e, e.event_time) AS mail
    FROM earlier AS e
    JOIN orphans AS o
        ON o.server = e.server
        AND o.queue_id = e.queue_id
        AND o.moment >= e.event_time
        AND o.moment < e.event_time + INTERVAL 10 DAY
    GROUP BY o.file_no, o.line
)
SELECT file_no, line, mail.sender AS sender, mail.size_bytes AS size_bytes, mail.message_id AS message_id
FROM known;
