-- Sendmail log: lines that state facts are joined by queue id; one event per recipient attempt, refusal, arrival.

$frame
$cells
$doors
$lines
$hold
DELETE FROM lines USING held WHERE held.file_no = lines.file_no AND held.line = lines.line;

$mails
$refusals
$attempts
$ends
CREATE TEMP TABLE parsed_events AS
SELECT a.file_no,
       a.line,
       a.unit,
       a.moment AS event_time,
       a.server,
       a.event,
       a.outcome,
       a.direction,
       a.mailer AS connector,
       m.sender,
       a.recipient,
       a.destination,
       if(a.at_the_door, m.remote_host, a.remote_host) AS remote_host,
       if(a.at_the_door, m.remote_ip, a.remote_ip) AS remote_ip,
       a.status_code,
       a.response,
       m.message_id,
       a.queue_id,
       m.size_bytes,
       t.tls_version,
       a.delay_seconds
FROM attempts AS a
LEFT JOIN mails AS m USING (unit)
LEFT JOIN line_tls AS t ON t.file_no = a.file_no AND t.line = a.line
UNION ALL
SELECT x.file_no,
       x.line,
       x.unit,
       x.moment,
       x.server,
       x.event,
       'expired',
       coalesce(x.try.direction, 'unknown'),
       x.try.mailer,
       m.sender,
       x.try.recipient,
       x.try.destination,
       x.try.remote_host,
       x.try.remote_ip,
       x.try.status_code,
       coalesce(x.try.response, x.said),
       m.message_id,
       x.queue_id,
       m.size_bytes,
       NULL,
       x.try.delay_seconds + date_diff('millisecond', x.try.moment, x.moment) / 1000
FROM expiries AS x
LEFT JOIN mails AS m USING (unit)
UNION ALL
SELECT r.file_no,
       r.line,
       r.unit,
       r.moment,
       r.server,
       r.event,
       r.outcome,
       'inbound',
       NULL,
       coalesce(r.sender, m.sender),
       r.recipient,
       coalesce(domain_of(r.recipient), r.server),
       coalesce(r.remote_host, if(r.remote_ip IS NULL, m.remote_host, NULL)),
       coalesce(r.remote_ip, if(r.remote_host IS NULL, m.remote_ip, NULL)),
       NULL,
       r.response,
       m.message_id,
       r.queue_id,
       nullif(m.size_bytes, 0),
       NULL,
       NULL
FROM refusals AS r
LEFT JOIN mails AS m USING (unit)
UNION ALL
SELECT m.file_no,
       m.line,
       m.unit,
       m.moment,
       m.server,
       'from=',
       'received',
       if(m.from_outside, 'inbound', 'internal'),
       m.daemon,
       m.sender,
       NULL,
       m.server,
       m.remote_host,
       m.remote_ip,
       NULL,
       NULL,
       m.message_id,
       m.queue_id,
       m.size_bytes,
       t.tls_version,
       NULL
FROM mails AS m
ANTI JOIN (SELECT unit FROM verdicts WHERE outcome IN ('rejected', 'deferred')) USING (unit)
LEFT JOIN line_tls AS t ON t.file_no = m.file_no AND t.line = m.line
WHERE m.arrived;

CREATE TEMP VIEW parsed_rows AS
SELECT file_no,
       line,
       CASE
           WHEN reason IS NOT NULL THEN 'reject'
           WHEN kind IN (0, 8) THEN 'context'
           ELSE 'used'
       END AS disposition,
       reason,
       if(disposition = 'used', unit, NULL) AS unit
FROM lines;
