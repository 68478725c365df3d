-- Exim main log: lines about a mail are joined by its id; one event per recipient attempt, per refusal, per arrival.

$frame
$cells
$doors
$ends
$lines
$hold
DELETE FROM lines USING held WHERE held.file_no = lines.file_no AND held.line = lines.line;
DELETE FROM parts USING held WHERE held.file_no = parts.file_no AND held.line = parts.line;

$mails
$deliveries
$refusals
CREATE TEMP TABLE parsed_events AS
SELECT d.file_no,
       d.line,
       d.unit,
       d.moment AS event_time,
       d.server,
       d.flag AS event,
       d.outcome,
       CASE
           WHEN d.own_host THEN 'internal'
           WHEN d.kind = 2 THEN if(d.is_local, 'inbound', 'outbound')
           WHEN NOT d.is_local OR l.try.remote_ip IS NOT NULL THEN 'outbound'
           ELSE direction_of(coalesce(d.connector, l.try.connector))
       END AS direction,
       coalesce(d.connector, l.try.connector) AS connector,
       coalesce(d.sender, m.sender) AS sender,
       d.recipient,
       CASE
           WHEN coalesce(d.own_host, l.try.own_host) THEN nullif(regexp_extract(d.recipient, '@([^@]*)$$', 1), '')
           ELSE coalesce(d.remote_host, l.try.remote_host)
       END AS destination,
       coalesce(d.remote_host, l.try.remote_host) AS remote_host,
       coalesce(d.remote_ip, l.try.remote_ip) AS remote_ip,
       coalesce(l.try.response, d.response) AS response,
       m.message_id,
       d.queue_id,
       coalesce(m.size_bytes, d.size_bytes) AS size_bytes,
       NULL::VARCHAR AS subject,
       d.tls_version,
       coalesce(
           d.delay_seconds,
           if(d.moment >= m.moment, date_diff('millisecond', m.moment, d.moment) / 1000, NULL)
       ) AS delay_seconds
FROM deliveries AS d
LEFT JOIN mails AS m USING (unit)
LEFT JOIN last_errors AS l ON l.file_no = d.file_no AND l.line = d.line
UNION ALL
SELECT r.file_no,
       r.line,
       r.unit,
       r.moment,
       r.server,
       split_part(r.said, ' ', 1),
       'dropped',
       'unknown',
       r.try.connector,
       coalesce(r.try.sender, m.sender),
       r.try.recipient,
       if(r.try.own_host, nullif(regexp_extract(r.try.recipient, '@([^@]*)$$', 1), ''), r.try.remote_host),
       r.try.remote_host,
       r.try.remote_ip,
       r.said,
       m.message_id,
       r.queue_id,
       m.size_bytes,
       NULL,
       NULL,
       if(r.moment >= m.moment, date_diff('millisecond', m.moment, r.moment) / 1000, NULL)
FROM removals AS r
LEFT JOIN mails AS m USING (unit)
UNION ALL
SELECT f.file_no,
       f.line,
       f.unit,
       f.moment,
       f.server,
       f.event,
       f.outcome,
       'inbound',
       NULL,
       f.sender,
       f.recipient,
       f.destination,
       f.remote_host,
       f.remote_ip,
       f.response,
       NULL,
       f.queue_id,
       NULL,
       NULL,
       f.tls_version,
       NULL
FROM refusals AS f
WHERE f.moment IS NOT NULL
UNION ALL
SELECT t.file_no,
       t.line,
       t.unit,
       t.moment,
       t.server,
       '=>',
       'dropped',
       'inbound',
       NULL,
       m.sender,
       NULL,
       t.server,
       NULL,
       NULL,
       substr(t.said, 4),
       m.message_id,
       t.queue_id,
       m.size_bytes,
       NULL,
       NULL,
       NULL
FROM lines AS t
LEFT JOIN mails AS m USING (unit)
WHERE t.kind = 9 AND t.queue_id IS NOT NULL AND t.moment IS NOT NULL
UNION ALL
SELECT a.file_no,
       a.line,
       a.unit,
       a.moment,
       a.server,
       a.event,
       'received',
       if(a.from_outside AND NOT is_own_host(a.remote_host, a.remote_ip), 'inbound', 'internal'),
       NULL,
       a.sender,
       NULL,
       coalesce(a.server, a.interface, 'this server'),
       a.remote_host,
       a.remote_ip,
       NULL,
       a.message_id,
       a.queue_id,
       a.size_bytes,
       a.subject,
       a.tls_version,
       NULL
FROM arrivals AS a;

CREATE TEMP VIEW parsed_rows AS
WITH told_rows AS (
    SELECT file_no,
           line,
           CASE
               WHEN reason IS NOT NULL THEN 'reject'
               WHEN kind IN (0, 5) THEN 'context'
               ELSE 'used'
           END AS disposition,
           reason,
           if(disposition = 'used', unit, NULL) AS unit
    FROM lines
)
FROM told_rows
UNION ALL
SELECT p.file_no,
       p.line,
       coalesce(t.disposition, 'reject'),
       if(t.disposition IS NULL, 'a part of a line whose beginning is missing', t.reason),
       t.unit
FROM parts AS p
LEFT JOIN told_rows AS t ON t.file_no = p.file_no AND t.line = p.first_line
WHERE p.first_line IS NULL OR p.line <> p.first_line;
