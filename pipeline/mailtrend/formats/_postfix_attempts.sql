-- What became of the mails: attempts with their TLS version, mails given up.

-- TLS sessions by process and peer: the delivery that follows in the same process used that one.
CREATE TEMP TABLE secured AS
WITH told AS (
    SELECT moment,
           server_of(origin) AS server,
           process_of(origin) AS process,
           regexp_extract(queue_id, '^[A-Za-z]+ TLS connection established to ([^ ]+)$$', 1) AS relay,
           regexp_extract(detail, '^(?:TLS|SSL)v([0-9.]+) with', 1) AS version
    FROM lines
    WHERE kind = 9
)
SELECT moment, server, process, relay, 'TLS' || version AS tls_version
FROM told
WHERE version <> '' AND relay <> '' AND moment IS NOT NULL;

CREATE TEMP TABLE attempt_tls AS
WITH candidates AS (
    SELECT file_no,
           line,
           moment,
           server_of(origin) AS server,
           process_of(origin) AS process,
           before_comma(after_name(detail, ', relay=', 300)) AS relay
    FROM facts
    WHERE kind = 6 AND (SELECT count(*) > 0 FROM secured)
)
SELECT c.file_no, c.line, s.tls_version
FROM candidates AS c
ASOF JOIN secured AS s
    ON c.server = s.server AND c.process = s.process AND c.relay = s.relay AND c.moment >= s.moment
WHERE c.moment < s.moment + INTERVAL 10 MINUTE;

-- Lines with to=: one attempt each. `facts_of` names the relation of their facts.
CREATE OR REPLACE TEMP MACRO attempts_in(facts_of) AS TABLE
WITH cut AS (
    SELECT file_no,
           line,
           unit,
           moment,
           queue_id,
           server_of(origin) AS server,
           service_of(origin) AS service,
           address_at(detail, 4, ', ') AS recipient,
           after_name(detail, ', relay=', 300) AS relay,
           after_name(detail, ', delay=', 24) AS delay,
           after_name(detail, ', dsn=', 12) AS dsn,
           substr(detail, strpos(detail, ', status=') + 9) AS status,
           strpos(status || ' ', ' ') AS gap
    FROM query_table(facts_of)
    WHERE kind = 6
),
cells AS (
    SELECT * EXCLUDE (relay, delay, dsn),
           before_comma(relay) AS relay,
           TRY_CAST(before_comma(delay) AS DOUBLE) AS delay_seconds,
           before_comma(dsn) AS status_code,
           left(status, gap - 1) AS word
    FROM cut
),
peers AS (
    SELECT *, peer_ip(relay) AS relay_ip FROM cells
),
judged AS (
    SELECT *,
           CASE
               WHEN word = 'sent' THEN
                   CASE
                       WHEN is_loopback(relay_ip) AND NOT suffix(relay, ':24') THEN
                           CASE
                               WHEN contains(status, ' Ok, discarded, ') THEN 'filtered'
                               -- LMTP feeds mailboxes and filters alike; a filter says where it handed the mail on.
                               WHEN suffix(service, 'lmtp')
                                   AND NOT contains(status, 'queued as')
                                   AND NOT contains(status, 'from MTA(') THEN 'delivered'
                               ELSE 'info'
                           END
                       WHEN suffix(service, 'discard') THEN 'dropped'
                       ELSE 'delivered'
                   END
               WHEN word IN ('deferred', 'SOFTBOUNCE') THEN 'deferred'
               WHEN word = 'bounced' THEN 'failed'
               ELSE 'info'
           END AS outcome
    FROM peers
),
named AS (
    SELECT *,
           CASE
               WHEN relay_ip IS NULL AND outcome IN ('deferred', 'failed') THEN
                   nullif(
                       regexp_extract(
                           status,
                           '(?:connect to|host|with|from) ([^ \[\]]+\[(?:IPv6:)?[0-9A-Fa-f.:]+\])',
                           1
                       ),
                       ''
                   )
           END AS told_peer,
           coalesce(told_peer, relay) AS peer
    FROM judged
)
SELECT file_no,
       line,
       unit,
       moment,
       queue_id,
       server,
       service,
       recipient,
       delay_seconds,
       status_code,
       word,
       outcome,
       peer_host(peer) AS remote_host,
       if(told_peer IS NULL, relay_ip, peer_ip(told_peer)) AS remote_ip,
       if(outcome IN ('deferred', 'failed'), unwrapped(substr(status, gap + 1)), NULL) AS response
FROM named;

-- Mails given up by the queue manager: for each recipient that was last deferred, else without one.
CREATE TEMP TABLE given_up AS
SELECT file_no,
       line,
       unit,
       moment,
       queue_id,
       server_of(origin) AS server,
       service_of(origin) AS service,
       detail
FROM facts
WHERE kind = 5;

CREATE TEMP TABLE tries AS
SELECT * FROM facts SEMI JOIN given_up USING (unit) WHERE kind = 6;

CREATE TEMP TABLE expiries AS
WITH last_tries AS (
    SELECT unit, recipient, arg_max(a, (moment, file_no, line)) AS try
    FROM attempts_in('tries') AS a
    WHERE outcome IN ('deferred', 'failed', 'delivered')
    GROUP BY unit, recipient
)
SELECT g.file_no,
       g.line,
       g.unit,
       g.moment,
       g.queue_id,
       g.server,
       g.service,
       address_at(g.detail, 6, ', status=') AS sender,
       'status=' || before_comma(after_name(g.detail, ', status=', 40)) AS event,
       t.try
FROM given_up AS g
LEFT JOIN last_tries AS t ON t.unit = g.unit AND t.try.outcome = 'deferred';
