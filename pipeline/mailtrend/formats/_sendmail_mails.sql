-- What the lines of one mail say together: its arrival; its sender where it is a report, or the copy of a list's owner.

CREATE TEMP TABLE mails AS
WITH said_first AS (
    SELECT unit, arg_min(l, (moment, file_no, line)) AS l
    FROM lines AS l
    WHERE kind = 1 AND reason IS NULL
    GROUP BY unit
),
cells AS (
    SELECT unit,
           l.file_no,
           l.line,
           l.moment,
           l.server,
           l.queue_id,
           substr(l.said, 6, strpos(l.said, ', size=') - 6) AS sender,
           substr(l.said, strpos(l.said, ', size=')) AS rest,
           split_part(rest, ', msgid=', 2) AS message_id,
           if(contains(rest, ', relay='), split_part(rest, ', relay=', -1), NULL) AS relay
    FROM said_first
)
SELECT unit,
       file_no,
       line,
       moment,
       server,
       queue_id,
       sender_of(sender) AS sender,
       TRY_CAST(cell_of(rest, ', size=') AS BIGINT) AS size_bytes,
       bare(
           if(
               message_id[1] = '<' AND contains(message_id, '>, '),
               split_part(message_id, '>, ', 1) || '>',
               split_part(message_id, ', ', 1)
           )
       ) AS message_id,
       cell_of(rest, ', daemon=') AS daemon,
       peer_host(relay) AS remote_host,
       peer_ip(relay) AS remote_ip,
       relay IS NOT NULL
       AND NOT is_own_host(remote_host, remote_ip)
       AND NOT (contains(relay, '@') AND remote_ip IS NULL) AS from_outside,
       coalesce(cell_of(rest, ', nrcpts=') <> '0', true) AS arrived
FROM cells;

-- A list's owner gets the copy of a mail under a new id; what is reported to a sender is sent by nobody.
CREATE TEMP TABLE mails_without_arrival AS
WITH told AS (
    SELECT if(kind = 7, hash(server, split_part(said, ': ', 1)), unit) AS unit,
           if(kind = 11, hash(server, split_part(substr(said, 7), ', ', 1)), NULL) AS parent,
           if(kind = 11, bare(split_part(said, ', owner=', 2)), '') AS sender
    FROM lines
    WHERE kind IN (7, 10, 11)
),
named AS (
    SELECT unit, any_value(parent) AS parent, any_value(sender) AS sender
    FROM told
    ANTI JOIN mails USING (unit)
    GROUP BY unit
)
SELECT n.unit, n.sender, m.size_bytes, m.message_id
FROM named AS n
LEFT JOIN mails AS m ON m.unit = n.parent;

INSERT INTO mails BY NAME SELECT *, false AS arrived FROM mails_without_arrival;

-- What earlier slices know of mails whose arrival is not in this one: few, so that `earlier` is joined to them.
CREATE TEMP TABLE known_mails AS
WITH orphans AS (
    SELECT unit, any_value(server) AS server, any_value(queue_id) AS queue_id, max(moment) AS moment
    FROM lines
    ANTI JOIN mails USING (unit)
    WHERE kind IN (2, 3, 4, 5, 7, 9) AND queue_id IS NOT NULL AND moment IS NOT NULL
    GROUP BY unit
)
SELECT o.unit, arg_max(e, e.event_time) AS mail
FROM orphans AS o
JOIN earlier AS e ON e.server = o.server AND e.queue_id = o.queue_id AND o.moment >= e.event_time
GROUP BY o.unit;

INSERT INTO mails BY NAME
SELECT unit,
       mail.sender AS sender,
       mail.size_bytes AS size_bytes,
       mail.message_id AS message_id,
       mail.remote_host AS remote_host,
       mail.remote_ip AS remote_ip,
       false AS arrived
FROM known_mails;

-- TLS sessions by process and peer: what follows in the same process used that one.
CREATE TEMP TABLE line_tls AS
WITH sessions AS (
    SELECT moment,
           server,
           process,
           if(starts_with(said, 'STARTTLS=client'), 2, 1) AS kind,
           cell_of(said, ', relay=') AS relay,
           tls_of(cell_of(said, ', version=')) AS tls_version
    FROM lines
    WHERE kind = 8 AND moment IS NOT NULL
),
secured AS (
    SELECT *, coalesce(peer_host(relay), peer_ip(relay)) AS peer FROM sessions WHERE tls_version IS NOT NULL
),
candidates AS (
    SELECT file_no,
           line,
           kind,
           moment,
           server,
           process,
           if(kind = 1, split_part(said, ', relay=', -1), cell_of(said, ', relay=')) AS relay
    FROM lines
    WHERE kind IN (1, 2) AND moment IS NOT NULL AND (SELECT count(*) > 0 FROM secured)
),
peers AS (
    SELECT *, coalesce(peer_host(relay), peer_ip(relay)) AS peer FROM candidates
)
SELECT p.file_no, p.line, s.tls_version
FROM peers AS p
ASOF JOIN secured AS s
    ON p.server = s.server AND p.process = s.process AND p.kind = s.kind AND p.peer = s.peer AND p.moment >= s.moment
WHERE p.moment < s.moment + INTERVAL 10 MINUTE;
