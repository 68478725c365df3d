-- Postfix mail log: lines that state facts are joined by queue id; one event per recipient attempt, one per arrival.

$frame
$cells
$lines
$hold
DELETE FROM lines USING held WHERE held.file_no = lines.file_no AND held.line = lines.line;

$mails
$attempts
$refusals
CREATE TEMP TABLE parsed_events AS
SELECT a.file_no,
       a.line,
       a.unit,
       a.moment AS event_time,
       a.server AS server,
       'status=' || a.word AS event,
       a.outcome,
       CASE
           WHEN is_loopback(a.remote_ip) AND a.outcome <> 'delivered' THEN 'internal'
           WHEN a.service = 'smtp' THEN 'outbound'
           WHEN regexp_matches(a.service, '(?:^|/)(?:local|virtual|lmtp|pipe)$$') THEN 'inbound'
           ELSE 'outbound'
       END AS direction,
       a.service AS connector,
       coalesce(e.sender, m.sender) AS sender,
       a.recipient,
       CASE
           WHEN is_loopback(a.remote_ip) THEN nullif(regexp_extract(a.recipient, '@([^@]*)$$', 1), '')
           ELSE a.remote_host
       END AS destination,
       a.remote_host,
       a.remote_ip,
       a.status_code,
       a.response,
       coalesce(e.message_id, m.message_id) AS message_id,
       a.queue_id,
       coalesce(e.size_bytes, m.size_bytes) AS size_bytes,
       t.tls_version,
       a.delay_seconds
FROM attempts_in('facts') AS a
LEFT JOIN envelopes AS e USING (unit)
LEFT JOIN attempt_mail AS m ON m.file_no = a.file_no AND m.line = a.line
LEFT JOIN attempt_tls AS t ON t.file_no = a.file_no AND t.line = a.line
WHERE a.moment IS NOT NULL
UNION ALL
SELECT x.file_no,
       x.line,
       x.unit,
       x.moment,
       x.server,
       x.event,
       'expired',
       'outbound',
       coalesce(x.try.service, x.service),
       x.sender,
       x.try.recipient,
       x.try.remote_host,
       x.try.remote_host,
       x.try.remote_ip,
       x.try.status_code,
       x.try.response,
       e.message_id,
       x.queue_id,
       e.size_bytes,
       NULL,
       x.try.delay_seconds + date_diff('millisecond', x.try.moment, x.moment) / 1000
FROM expiries AS x
LEFT JOIN envelopes AS e USING (unit)
WHERE x.moment IS NOT NULL
UNION ALL
SELECT r.file_no,
       r.line,
       r.unit,
       r.moment,
       r.server,
       r.event,
       CASE
           WHEN r.held THEN 'quarantined'
           WHEN r.discarded THEN 'dropped'
           WHEN starts_with(r.response, '4') THEN 'deferred'
           ELSE 'rejected'
       END,
       'inbound',
       r.service,
       r.sender,
       r.recipient,
       coalesce(nullif(regexp_extract(r.recipient, '@([^@]*)$$', 1), ''), r.server),
       peer_host(r.peer),
       peer_ip(r.peer),
       nullif(r.code, ''),
       nullif(r.response, ''),
       NULL,
       r.queue_id,
       NULL,
       NULL,
       NULL
FROM refusals AS r
WHERE r.moment IS NOT NULL
UNION ALL
SELECT (e.place >> 40)::INTEGER,
       e.place & 1099511627775,
       e.unit,
       e.moment,
       e.server,
       'from=',
       'received',
       if(e.client IS NULL, 'internal', 'inbound'),
       e.taken_by,
       e.sender,
       NULL,
       e.server,
       peer_host(e.client),
       peer_ip(e.client),
       NULL,
       NULL,
       e.message_id,
       e.queue_id,
       e.size_bytes,
       NULL,
       NULL
FROM envelopes AS e
WHERE e.arrived AND e.place IS NOT NULL;

-- A view, because it is read once or twice and says little that `lines` does not.
CREATE TEMP VIEW parsed_rows AS
SELECT file_no,
       line,
       CASE
           WHEN remark IN ('not a syslog line', 'a delivery without its queue id') OR (kind IN (4, 5, 6, 8) AND moment IS NULL) THEN 'reject'
           WHEN kind IN (0, 7, 9) THEN 'context'
           ELSE 'used'
       END AS disposition,
       if(kind NOT IN (0, 9) AND disposition = 'reject', 'no such time', remark) AS reason,
       if(disposition = 'used', unit, NULL) AS unit
FROM lines;
