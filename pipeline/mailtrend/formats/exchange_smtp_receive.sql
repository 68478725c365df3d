-- SMTP receive protocol log: what we answered. One event per recipient, and one per refused client that named none.

$hold
$sessions

CREATE TEMP VIEW happened AS
WITH strangers AS (
    SELECT DISTINCT ON (session) *
    FROM turned_away
    WHERE kind <> 24 AND asked_kind <> 8
    ORDER BY session, moment DESC, file_no, line
),
logons AS (
    SELECT v.file_no, v.line, v.session, v.moment, v.code, v.text, t.connector_id, t.remote_endpoint, t.session_id
    FROM verdicts AS v
    JOIN numbered AS c ON c.session = v.session AND c.asked = v.answers AND c.kind = 8
    JOIN talk AS t ON t.file_no = v.file_no AND t.line = v.line
    WHERE v.code >= 400
)
SELECT file_no,
       line,
       session,
       event_time,
       event,
       code,
       text,
       connector_id,
       remote_endpoint,
       session_id,
       sender,
       recipient,
       size_bytes
FROM plain_fates
UNION ALL
SELECT verdict.file_no,
       verdict.line,
       session,
       verdict.moment,
       verdict.event,
       verdict.code,
       verdict.text,
       connector_id,
       remote_endpoint,
       session_id,
       sender,
       recipient,
       size_bytes
FROM fates
WHERE recipient IS NOT NULL OR verdict.event <> 'disconnected'
UNION ALL
SELECT file_no,
       line,
       session,
       moment,
       event,
       code,
       coalesce(reply, text),
       connector_id,
       remote_endpoint,
       session_id,
       NULL,
       NULL,
       NULL
FROM strangers
UNION ALL
SELECT file_no, line, session, moment, 'AUTH ' || code, code, text, connector_id, remote_endpoint, session_id, NULL, NULL, NULL
FROM logons;

CREATE TEMP TABLE parsed_events AS
SELECT h.file_no,
       h.line,
       h.session AS unit,
       h.event_time,
       if(contains(h.connector_id, '\'), nullif(split_part(h.connector_id, '\', 1), ''), NULL) AS server,
       h.event,
       CASE
           WHEN h.code BETWEEN 200 AND 299 THEN 'received'
           WHEN h.code >= 500 THEN 'rejected'
           ELSE 'deferred'
       END AS outcome,
       'inbound' AS direction,
       plain_connector(h.connector_id) AS connector,
       h.sender,
       h.recipient,
       if(contains(h.recipient, '@'), lower(nullif(split_part(h.recipient, '@', -1), '')), NULL) AS destination,
       endpoint_ip(h.remote_endpoint) AS remote_ip,
       if(h.code >= 300 OR h.code IS NULL, h.text, NULL) AS response,
       nullif(regexp_extract(if(h.code < 300, h.text, NULL), '^2[0-9]{2}[ -](?:2[.0-9]+ )?<([^>]*)>', 1), '') AS message_id,
       h.session_id AS queue_id,
       h.size_bytes,
       nullif(t.version, '') AS tls_version
FROM happened AS h
LEFT JOIN secured AS t ON t.session = h.session;
