-- SMTP send protocol log: one event per recipient from the reply that decided, and one per session that came to nothing.

$sessions

-- The Message-ID that Exchange notes before it sends a message.
CREATE TEMP TABLE sent_ids AS
SELECT session, message + 1 AS message, any_value(regexp_extract(text, 'InternetMessageId <?([^>]*)', 1)) AS message_id
FROM numbered
WHERE kind = 20
GROUP BY session, message;

-- The first name that the remote server gave of itself.
CREATE TEMP TABLE remote_names AS
SELECT session, arg_min(host, number) AS host
FROM talk
WHERE host IS NOT NULL
GROUP BY session;

-- Hops inside one Exchange organisation: its built-in connectors, its own ports, and the names it gives its proxies.
CREATE OR REPLACE TEMP MACRO is_inner_hop(connector, endpoint) AS
    coalesce(
        lower(connector) IN (
            'intra-organization smtp send connector', 'inbound proxy internal send connector',
            'client proxy send connector', 'mailbox delivery'
        )
        OR suffix(endpoint, ':717')
        OR suffix(endpoint, ':475'),
        false
    );

CREATE TEMP TABLE happened AS
WITH greeted AS (
    SELECT DISTINCT ON (session) *
    FROM turned_away
    WHERE kind <> 24
        OR (starts_with(text, 'Remote') AND session NOT IN (SELECT session FROM numbered WHERE kind = 7))
    ORDER BY session, kind = 24, moment DESC, file_no, line
)
SELECT verdict.file_no AS file_no,
       verdict.line AS line,
       session,
       message,
       verdict.moment AS event_time,
       verdict.event AS event,
       verdict.code AS code,
       verdict.text AS text,
       connector_id,
       remote_endpoint,
       session_id,
       sender,
       recipient,
       size_bytes,
       NULL AS domain
FROM fates
UNION ALL
SELECT file_no,
       line,
       session,
       NULL,
       moment,
       event,
       code,
       coalesce(reply, text),
       connector_id,
       remote_endpoint,
       session_id,
       NULL,
       NULL,
       NULL,
       NULL
FROM greeted
UNION ALL
SELECT file_no,
       line,
       session,
       NULL,
       moment,
       'connect failed',
       NULL,
       text,
       connector_id,
       remote_endpoint,
       session_id,
       NULL,
       NULL,
       NULL,
       nullif(trim(regexp_extract(text, 'Destination domain: ([^,]*)', 1)), '')
FROM talk
WHERE kind = 23 AND fault IS NULL;

CREATE TEMP TABLE parsed_events AS
SELECT h.file_no,
       h.line,
       h.session AS unit,
       h.event_time,
       h.event,
       CASE
           WHEN h.code BETWEEN 200 AND 299 THEN 'delivered'
           WHEN h.code >= 500 THEN 'failed'
           ELSE 'deferred'
       END AS outcome,
       CASE
           WHEN is_inner_hop(plain_connector(h.connector_id), h.remote_endpoint)
               OR lower(h.domain) IN ('internalproxy', 'client proxy', 'shadowredundancy') THEN 'internal'
           ELSE 'outbound'
       END AS direction,
       plain_connector(h.connector_id) AS connector,
       h.sender,
       h.recipient,
       h.domain AS destination,
       n.host AS remote_host,
       endpoint_ip(h.remote_endpoint) AS remote_ip,
       if(h.code >= 300 OR h.code IS NULL, h.text, NULL) AS response,
       nullif(i.message_id, '') AS message_id,
       h.session_id AS queue_id,
       h.size_bytes,
       nullif(t.version, '') AS tls_version
FROM happened AS h
LEFT JOIN sent_ids AS i ON i.session = h.session AND i.message = h.message
LEFT JOIN remote_names AS n ON n.session = h.session
LEFT JOIN secured AS t ON t.session = h.session;

CREATE TEMP TABLE parsed_rows AS
SELECT file_no,
       line,
       CASE
           WHEN fault IS NOT NULL THEN 'reject'
           WHEN feeds THEN 'used'
           ELSE 'context'
       END AS disposition,
       fault AS reason,
       session AS unit
FROM talk;
