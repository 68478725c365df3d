-- SMTP send protocol log: one event per recipient from the reply that decided, and one per session that came to nothing.

$hold
$sessions

-- The Message-ID that Exchange notes before it sends a message.
CREATE TEMP TABLE sent_ids AS
SELECT session, message + 1 AS message, any_value(text) AS message_id
FROM numbered
WHERE kind = 20
GROUP BY session, message;

-- A host name that a server gives of itself: `220 mx.example.org ESMTP`, `250  mx.example.org Hello`.
CREATE OR REPLACE TEMP MACRO named_host(reply) AS
    nullif(regexp_extract(reply, '^2[25]0[ -]+((?:[A-Za-z0-9_-]+\.)+[A-Za-z][A-Za-z0-9-]*)\.?(?: |$$)', 1), '');

-- The first name that the remote server gave of itself: mostly it stands in the first of the replies that were kept.
CREATE TEMP TABLE remote_names AS
WITH firsts AS (
    SELECT session, named_host(arg_min(text, number)) AS host
    FROM heard
    WHERE kind IN (0, 10) AND text IS NOT NULL
    GROUP BY session
)
SELECT session, host
FROM firsts
WHERE host IS NOT NULL
UNION ALL
SELECT session, arg_min(named_host(text), number)
FROM heard
SEMI JOIN (FROM firsts WHERE host IS NULL) USING (session)
WHERE kind IN (0, 10)
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

CREATE TEMP VIEW happened AS
WITH greeted AS (
    SELECT DISTINCT ON (session) *
    FROM turned_away
    WHERE kind <> 24
        OR (starts_with(text, 'Remote') AND session NOT IN (SELECT session FROM numbered WHERE kind = 7))
    ORDER BY session, kind = 24, moment DESC, file_no, line
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
       size_bytes,
       note AS message_id,
       NULL AS domain
FROM plain_fates
UNION ALL
SELECT f.verdict.file_no,
       f.verdict.line,
       f.session,
       f.verdict.moment,
       f.verdict.event,
       f.verdict.code,
       f.verdict.text,
       f.connector_id,
       f.remote_endpoint,
       f.session_id,
       f.sender,
       f.recipient,
       f.size_bytes,
       i.message_id,
       NULL
FROM fates AS f
LEFT JOIN sent_ids AS i ON i.session = f.session AND i.message = f.message
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
       NULL,
       NULL,
       NULL
FROM greeted
UNION ALL
SELECT file_no,
       line,
       session,
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
       nullif(h.message_id, '') AS message_id,
       h.session_id AS queue_id,
       h.size_bytes,
       nullif(t.version, '') AS tls_version
FROM happened AS h
LEFT JOIN remote_names AS n ON n.session = h.session
LEFT JOIN secured AS t ON t.session = h.session;
