-- What the lines of one mail say together: its arrival, and for deliveries in later slices what is known of it already.

CREATE TEMP TABLE arrivals AS
WITH subjects AS (
    SELECT file_no,
           line,
           unit,
           moment,
           server,
           queue_id,
           left(said, 2) AS event,
           strpos(said, ' T="') AS subject_at,
           if(subject_at = 0, substr(said, 4), substr(said, 4, subject_at - 4)) AS head,
           if(
               subject_at = 0,
               NULL,
               regexp_extract(substr(said, subject_at + 4), '^((?:[^"\\]|\\.)*)', 1)
           ) AS subject
    FROM lines
    WHERE kind = 1 AND moment IS NOT NULL
),
cells AS (
    SELECT *,
           coalesce(
               if(head[1] = '"', nullif(regexp_extract(head, '^("(?:[^"\\]|\\.)*"[^ ]*)', 1), ''), NULL),
               split_part(head, ' ', 1)
           ) AS address,
           split_part(head, ' H=', 2) AS peer,
           TRY_CAST(field_of(head, ' S=') AS BIGINT) AS size_bytes,
           field_of(head, ' id=') AS message_id,
           only_address(split_part(split_part(head, ' I=[', 2), ']', 1)) AS interface
    FROM subjects
)
SELECT file_no,
       line,
       unit,
       moment,
       server,
       queue_id,
       event,
       sender_of(address) AS sender,
       peer_name(peer) AS remote_host,
       peer_address(peer) AS remote_ip,
       contains(head, ' H=') AS from_outside,
       size_bytes,
       bare(message_id) AS message_id,
       interface,
       tls_of(field_of(head, ' X=')) AS tls_version,
       unescaped(subject) AS subject
FROM cells;

CREATE TEMP TABLE mails AS
SELECT unit,
       arg_min(sender, (moment, file_no, line)) AS sender,
       arg_min(size_bytes, (moment, file_no, line)) AS size_bytes,
       arg_min(message_id, (moment, file_no, line)) AS message_id,
       min(moment) AS moment
FROM arrivals
GROUP BY unit;

-- Few: joined to `earlier` by themselves.
CREATE TEMP TABLE known_mails AS
WITH orphans AS (
    SELECT unit, any_value(queue_id) AS queue_id, any_value(server) AS server, max(moment) AS moment
    FROM lines
    ANTI JOIN mails USING (unit)
    WHERE kind IN (2, 3, 4, 6) AND moment IS NOT NULL
    GROUP BY unit
)
SELECT o.unit,
       arg_max(e.sender, e.event_time) AS sender,
       arg_max(e.size_bytes, e.event_time) AS size_bytes,
       arg_max(e.message_id, e.event_time) AS message_id,
       max(e.event_time) AS moment
FROM orphans AS o
JOIN earlier AS e
    ON o.queue_id = e.queue_id
    AND coalesce(o.server, '') = coalesce(e.server, '')
    AND o.moment >= e.event_time
GROUP BY o.unit;

INSERT INTO mails SELECT unit, sender, size_bytes, message_id, moment FROM known_mails;
