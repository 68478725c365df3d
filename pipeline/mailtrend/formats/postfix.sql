-- Postfix mail log: lines that state facts are joined by queue id; one event per recipient attempt, one per arrival.

-- PRI values and container names before the stamp are no part of the line.
CREATE OR REPLACE TEMP MACRO without_prefix(text) AS
    CASE
        WHEN (text[4] = ' ' AND text[10] = ':') OR (text[5] = '-' AND text[8] = '-') THEN text
        ELSE regexp_replace(text, '^(?:<[0-9]{1,3}>|[^ ]+ *\| *)+', '')
    END;

CREATE OR REPLACE TEMP MACRO has_syslog_head(text) AS
    regexp_matches(
        text,
        '^(?:<[0-9]{1,3}>|[^ ]+ *\| *)?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3][0-9] '
        || '[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]+)?|[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]'
        || ':[0-6][0-9](?:[.][0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?) +[^ ]+ +[^ ]'
    );

-- Stamps: `Dec  7 13:28:02` (local, without a year) or ISO 8601, which is moved by the offset that it names.
CREATE OR REPLACE TEMP MACRO utc_of_local(moment) AS $utc_of_local;

CREATE OR REPLACE TEMP MACRO classic_time(stamp) AS
    utc_of_local(try_strptime($year_of_stamp || ' ' || stamp, ['%Y %b %d %H:%M:%S', '%Y %b %d %H:%M:%S.%f']));

CREATE OR REPLACE TEMP MACRO iso_time(stamp) AS
    CASE
        WHEN suffix(stamp, 'Z') OR regexp_matches(stamp, '[+-][0-9]{2}:?[0-9]{2}$$') THEN
            timezone('UTC', TRY_CAST(stamp AS TIMESTAMPTZ))
        ELSE utc_of_local(TRY_CAST(stamp AS TIMESTAMP))
    END;

-- The address in `<…>` (or bare, as some feeds write it) that begins at `start` and ends before the first `after`.
CREATE OR REPLACE TEMP MACRO address_at(cell, start, after) AS
    CASE
        WHEN substr(cell, start, 1) = '<' AND contains(cell, '>' || after) THEN
            substr(cell, start + 1, strpos(cell, '>' || after) - start - 1)
        ELSE trim(left(substr(cell, start), strpos(substr(cell, start) || after, after) - 1), '<>')
    END;

-- What stands between `name` (which is there) and the next comma.
CREATE OR REPLACE TEMP MACRO up_to_comma(cell) AS
    CASE
        WHEN contains(cell, ',') THEN left(cell, strpos(cell, ',') - 1)
        ELSE cell
    END;

CREATE OR REPLACE TEMP MACRO value_of(text, name, longest) AS
    up_to_comma(substr(text, strpos(text, name) + length(name), longest));

-- `host[address]`, as Postfix writes a peer: its two halves; a socket path or an unknown name is none.
CREATE OR REPLACE TEMP MACRO peer_host(peer) AS
    CASE
        WHEN contains(peer, '[') AND NOT contains(peer, '[private/') AND NOT starts_with(peer, 'unknown[') THEN
            nullif(left(peer, strpos(peer, '[') - 1), '')
    END;

CREATE OR REPLACE TEMP MACRO peer_ip(peer) AS
    CASE
        WHEN contains(peer, '[') AND NOT contains(peer, '[private/') THEN
            nullif(
                replace(substr(peer, strpos(peer, '[') + 1, strpos(peer, ']') - strpos(peer, '[') - 1), 'IPv6:', ''),
                'unknown'
            )
    END;

-- Text in its outer parentheses; a line cut by syslog lacks the closing one, and a nested one is no substitute.
CREATE OR REPLACE TEMP MACRO unwrapped(text) AS
    CASE
        WHEN text[1] <> '(' THEN text
        WHEN suffix(text, '))') THEN text[2:-2]
        WHEN suffix(text, ')') AND NOT contains(text[2:], '(') THEN text[2:-2]
        WHEN suffix(text, ')') AND length(replace(text, '(', '')) >= length(replace(text, ')', '')) THEN text[2:-2]
        ELSE text[2:]
    END;

CREATE OR REPLACE TEMP MACRO is_loopback(ip) AS
    coalesce(starts_with(ip, '127.') OR ip = '::1', false);

-- Every line, and what it states, as a number (which sorts and groups faster than a word); 0 states nothing:
-- 1 client=  2 uid= (pickup)  3 message-id=  4 from=, size=  5 from=, status=expired  6 to=  7 removed  8 reject
CREATE TEMP TABLE lines AS
WITH whole AS (
    SELECT file_no, line, without_prefix(text) AS text FROM raw
),
tags AS (
    SELECT file_no, line, text, strpos(text, ']: ') + 3 AS message FROM whole
),
ids AS (
    SELECT file_no, line, text, message, message + strpos(substr(text, message, 34), ': ') + 1 AS fact FROM tags
),
kinds AS (
    SELECT file_no,
           line,
           text,
           message,
           fact,
           CASE substr(text, fact, 7)
               WHEN 'client=' THEN 1
               WHEN 'message' THEN if(substr(text, fact + 7, 4) = '-id=', 3, 0)
               WHEN 'removed' THEN 7
               WHEN 'reject:' THEN 8
               WHEN 'milter-' THEN if(substr(text, fact + 7, 7) = 'reject:', 8, 0)
               WHEN 'proxy-r' THEN if(substr(text, fact + 7, 6) = 'eject:', 8, 0)
               ELSE
                   CASE substr(text, fact, 3)
                       WHEN 'to=' THEN if(contains(text, ', status='), 6, 0)
                       WHEN 'fro' THEN
                           CASE
                               WHEN substr(text, fact, 5) <> 'from=' THEN 0
                               WHEN contains(text, ', size=') THEN 4
                               WHEN contains(text, ', status=') AND contains(text, 'expired') THEN 5
                               ELSE 0
                           END
                       WHEN 'uid' THEN if(substr(text, fact, 4) = 'uid=', 2, 0)
                       ELSE 0
                   END
           END AS word,
           if(message > 20 AND fact > message + 5, word, 0) AS kind,
           CASE
               WHEN substr(text, 4, 1) <> ' ' THEN strpos(text, ' ')
               WHEN substr(text, 16, 1) = ' ' THEN 16
               ELSE 15 + strpos(substr(text, 16), ' ')
           END AS blank,
           strpos(text, '/') AS slash
    FROM ids
)
SELECT file_no,
       line,
       kind,
       CASE
           WHEN kind = 0 THEN NULL
           WHEN kind = 8 AND substr(text, message, 8) = 'NOQUEUE:' THEN hash(file_no, line)
           ELSE hash(substr(text, blank, slash - blank), substr(text, message, fact - message))
       END AS unit,
       CASE
           WHEN kind NOT IN (4, 5, 6, 8) THEN NULL
           WHEN substr(text, 4, 1) = ' ' THEN classic_time(left(text, blank - 1))
           ELSE iso_time(left(text, blank - 1))
       END AS moment,
       if(kind IN (4, 5, 6, 8), substr(text, blank + 1, strpos(substr(text, blank + 1), ' ') - 1), NULL) AS server,
       CASE
           WHEN kind IN (0, 3, 4, 7) THEN NULL
           WHEN substr(text, slash - 8, 8) = ' postfix' THEN
               substr(text, slash + 1, strpos(text, '[') - slash - 1)
           ELSE regexp_extract(substr(text, blank + 1), '^[^ ]+ +([^\[]*)', 1)
       END AS service,
       if(kind = 6, substr(text, strpos(text, '[') + 1, message - strpos(text, '[') - 4), NULL) AS pid,
       if(kind IN (4, 5, 6, 8), substr(text, message, fact - message - 2), NULL) AS queue_id,
       if(kind IN (0, 7), NULL, substr(text, fact)) AS detail,
       CASE
           WHEN kind > 0 THEN NULL
           WHEN NOT has_syslog_head(text) THEN 'not a syslog line'
           WHEN contains(text, 'message repeated ') THEN 'counts repeats of another line'
       END AS remark
FROM kinds;

-- Queue ids that were used again: a new mail begins with its arrival, or after the last one was removed.
CREATE TEMP TABLE reused AS
SELECT unit
FROM lines
WHERE kind > 0
GROUP BY unit
HAVING count(*) FILTER (kind IN (1, 2)) > 1
    OR count(*) FILTER (kind = 7) > 1
    OR max(file_no::BIGINT << 40 | line) FILTER (kind = 7) < max(file_no::BIGINT << 40 | line);

CREATE TEMP TABLE mails AS
WITH stamped AS (
    SELECT l.file_no,
           l.line,
           l.unit,
           l.kind,
           CASE
               WHEN without_prefix(r.text)[4] = ' ' THEN classic_time(left(without_prefix(r.text), 15))
               ELSE iso_time(left(without_prefix(r.text), strpos(without_prefix(r.text), ' ') - 1))
           END AS moment
    FROM lines AS l
    SEMI JOIN reused USING (unit)
    JOIN raw AS r USING (file_no, line)
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

CREATE TEMP VIEW facts AS
SELECT l.* EXCLUDE (unit, remark), coalesce(m.mail, l.unit) AS unit
FROM lines AS l
LEFT JOIN mails AS m USING (file_no, line)
WHERE l.kind > 0;

-- What the lines of one mail say together.
CREATE TEMP TABLE queued AS
SELECT unit,
       any_value(detail) FILTER (kind = 1) AS client,
       any_value(service) FILTER (kind IN (1, 2)) AS taken_by,
       any_value(detail) FILTER (kind = 3) AS message_id,
       any_value(detail) FILTER (kind = 4) AS origin,
       arg_min(file_no::BIGINT << 40 | line, moment) FILTER (kind = 4) AS place,
       bool_or(kind < 4) AS arrived
FROM facts
WHERE kind <= 4
GROUP BY unit;

CREATE TEMP TABLE envelopes AS
SELECT unit,
       place,
       arrived,
       address_at(origin, 6, ', size=') AS sender,
       TRY_CAST(value_of(origin, ', size=', 24) AS BIGINT) AS size_bytes,
       nullif(
           CASE
               WHEN substr(message_id, 12, 1) = '<' AND suffix(message_id, '>') THEN
                   substr(message_id, 13, length(message_id) - 13)
               ELSE trim(substr(message_id, 12), '<> ')
           END,
           ''
       ) AS message_id,
       substr(client, 8) AS client,
       taken_by
FROM queued;

-- TLS sessions by process and peer: the delivery that follows in the same process used that one.
CREATE TEMP TABLE secured AS
WITH told AS (
    SELECT without_prefix(text) AS text FROM raw WHERE contains(text, ' TLS con')
),
cut AS (
    SELECT CASE
               WHEN substr(text, 4, 1) = ' ' THEN classic_time(left(text, 15))
               ELSE iso_time(left(text, strpos(text, ' ') - 1))
           END AS moment,
           regexp_extract(
               text,
               ' ([^ ]+) [^ ]+\[([0-9]+)\]: [A-Za-z]+ TLS connection established to ([^ ]+): (?:TLS|SSL)v([0-9.]+) with',
               ['server', 'pid', 'relay', 'version']
           ) AS found
    FROM told
)
SELECT moment, found.server AS server, found.pid AS pid, found.relay AS relay, 'TLS' || found.version AS tls_version
FROM cut
WHERE found.version <> '' AND moment IS NOT NULL;

CREATE TEMP TABLE attempt_tls AS
WITH candidates AS (
    SELECT file_no, line, moment, server, pid, value_of(detail, ', relay=', 300) AS relay
    FROM facts
    SEMI JOIN secured USING (server, pid)
    WHERE kind = 6 AND contains(detail, ', relay=')
)
SELECT c.file_no, c.line, s.tls_version
FROM candidates AS c
ASOF JOIN secured AS s
    ON c.server = s.server AND c.pid = s.pid AND c.relay = s.relay AND c.moment >= s.moment
WHERE c.moment < s.moment + INTERVAL 10 MINUTE;

-- What earlier slices know of mails whose arrival is not in this one.
CREATE TEMP TABLE attempt_mail AS
WITH orphans AS (
    SELECT f.file_no, f.line, f.moment, f.queue_id, f.server
    FROM facts AS f
    ANTI JOIN (SELECT unit FROM envelopes WHERE sender IS NOT NULL) USING (unit)
    WHERE f.kind = 6
)
SELECT o.file_no, o.line, e.sender, e.size_bytes, e.message_id
FROM orphans AS o
ASOF JOIN earlier AS e ON o.server = e.server AND o.queue_id = e.queue_id AND o.moment >= e.event_time
WHERE o.moment < e.event_time + INTERVAL 10 DAY;

-- Lines with to=: one attempt each. `facts_of` names the relation of their facts.
CREATE OR REPLACE TEMP MACRO attempts_in(facts_of) AS TABLE
WITH cells AS (
    SELECT file_no,
           line,
           unit,
           moment,
           queue_id,
           server,
           service,
           address_at(detail, 4, ', ') AS recipient,
           if(contains(detail, ', relay='), value_of(detail, ', relay=', 300), NULL) AS relay,
           TRY_CAST(value_of(detail, ', delay=', 24) AS DOUBLE) AS delay_seconds,
           if(contains(detail, ', dsn='), value_of(detail, ', dsn=', 12), NULL) AS status_code,
           substr(detail, strpos(detail, ', status=') + 9) AS status,
           strpos(status || ' ', ' ') AS gap,
           left(status, gap - 1) AS word
    FROM query_table(facts_of)
    WHERE kind = 6
),
judged AS (
    SELECT *,
           peer_ip(relay) AS relay_ip,
           CASE
               WHEN word = 'sent' THEN
                   CASE
                       WHEN is_loopback(relay_ip) AND NOT suffix(relay, ':24') THEN 'info'
                       WHEN suffix(service, 'discard') THEN 'dropped'
                       ELSE 'delivered'
                   END
               WHEN word IN ('deferred', 'SOFTBOUNCE') THEN 'deferred'
               WHEN word = 'bounced' THEN 'failed'
               ELSE 'info'
           END AS outcome
    FROM cells
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
           END AS told_peer
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
       peer_host(coalesce(told_peer, relay)) AS remote_host,
       coalesce(relay_ip, peer_ip(told_peer)) AS remote_ip,
       if(outcome IN ('deferred', 'failed'), unwrapped(substr(status, gap + 1)), NULL) AS response
FROM named;

-- Mails given up by the queue manager: for each recipient that was last deferred, else without one.
CREATE TEMP TABLE given_up AS
SELECT file_no, line, unit, moment, queue_id, server, service, detail FROM facts WHERE kind = 5;

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
       'status=' || value_of(g.detail, ', status=', 40) AS event,
       t.try
FROM given_up AS g
LEFT JOIN last_tries AS t ON t.unit = g.unit AND t.try.outcome = 'deferred';

-- Mail that was turned away: `reject: RCPT from host[ip]: 554 5.7.1 text; from=<> to=<> proto=ESMTP helo=<>`.
CREATE TEMP TABLE refusals AS
WITH cells AS (
    SELECT file_no,
           line,
           unit,
           moment,
           nullif(queue_id, 'NOQUEUE') AS queue_id,
           server,
           service,
           regexp_extract(detail, '^((?:[a-z]+-)?reject: [^ :]+)', 1) AS event,
           regexp_extract(detail, ' from ([^ \[]*\[[^\]]*\])', 1) AS peer,
           CASE
               WHEN regexp_matches(detail, '^(?:[a-z]+-)?reject: (?:header|body|mime-header|nested-header) ') THEN
                   regexp_extract(detail, '>: ((?:[245][0-9]{2}[ -])?[245]\.[0-9]{1,3}\.[0-9]{1,3} [^>]*)$$', 1)
               ELSE
                   regexp_extract(
                       detail,
                       'reject: [^ :]+(?: from [^ \[]*\[[^\]]*\](?::[0-9]+)?)?: (.*?)(?:; (?:from=<|to=<|proto=|helo=<).*)?$$',
                       1
                   )
           END AS response,
           regexp_extract(
               detail,
               '; from=<(.*?)>,? (?:to=<(.*?)>,? )?(?:proto=|helo=|$$)',
               ['sender', 'recipient']
           ) AS envelope,
           regexp_matches(detail, '; from=<') AS has_sender
    FROM facts
    WHERE kind = 8
)
SELECT *,
       regexp_extract(response, '^(?:[245][0-9]{2}[ -])?([245]\.[0-9]{1,3}\.[0-9]{1,3})', 1) AS code
FROM cells;

CREATE TEMP TABLE parsed_events AS
SELECT a.file_no,
       a.line,
       a.unit,
       a.moment AS event_time,
       a.server AS server,
       'status=' || a.word AS event,
       a.outcome,
       CASE
           WHEN is_loopback(a.remote_ip) THEN 'internal'
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
       if(starts_with(r.response, '4'), 'deferred', 'rejected'),
       'inbound',
       r.service,
       if(r.has_sender, r.envelope.sender, NULL),
       nullif(r.envelope.recipient, ''),
       coalesce(nullif(regexp_extract(r.envelope.recipient, '@([^@]*)$$', 1), ''), r.server),
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
SELECT f.file_no,
       f.line,
       f.unit,
       f.moment,
       f.server,
       'from=',
       'received',
       if(e.client IS NULL, 'internal', 'inbound'),
       e.taken_by,
       e.sender,
       NULL,
       f.server,
       peer_host(e.client),
       peer_ip(e.client),
       NULL,
       NULL,
       e.message_id,
       f.queue_id,
       e.size_bytes,
       NULL,
       NULL
FROM envelopes AS e
JOIN facts AS f ON f.unit = e.unit AND f.kind = 4 AND e.place = f.file_no::BIGINT << 40 | f.line
WHERE e.arrived;

CREATE TEMP TABLE parsed_rows AS
SELECT l.file_no,
       l.line,
       CASE
           WHEN l.remark = 'not a syslog line' OR (l.kind IN (4, 5, 6, 8) AND l.moment IS NULL) THEN 'reject'
           WHEN l.kind IN (0, 7) THEN 'context'
           ELSE 'used'
       END AS disposition,
       if(l.kind > 0 AND disposition = 'reject', 'no such time', l.remark) AS reason,
       coalesce(m.mail, l.unit) AS unit
FROM lines AS l
LEFT JOIN mails AS m USING (file_no, line);
