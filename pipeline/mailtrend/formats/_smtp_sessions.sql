-- Both Exchange protocol logs: which command a reply answers, which message a recipient belongs to, how a session ended.

-- Address of an endpoint `192.0.2.1:25` or `[2001:db8::1]:25`.
CREATE OR REPLACE TEMP MACRO endpoint_ip(endpoint) AS
    nullif(trim(regexp_replace(endpoint, ':[0-9]+$$', ''), '[]'), '');

-- `SERVER\Name - <guid>` is the connector `Name`.
CREATE OR REPLACE TEMP MACRO plain_connector(cell) AS
    nullif(
        trim(regexp_replace(regexp_extract(cell, '([^\\]*)$$', 1), ' - \{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?$$', '')),
        ''
    );

-- The path in `MAIL FROM:<a@b> SIZE=1` or `RCPT TO:<a@b> NOTIFY=…`; '' for `<>`. Some clients leave the brackets out.
CREATE OR REPLACE TEMP MACRO path_of(command) AS
    CASE
        WHEN contains(command, '<"') THEN regexp_extract(command, '<("(?:[^"\\]|\\.)*"[^>]*)>', 1)
        WHEN contains(command, '<') THEN regexp_extract(command, '<([^>]*)>?', 1)
        ELSE regexp_extract(command, ': *([^ ]*)', 1)
    END;

-- A host name that a server gives of itself: `220 mx.example.org ESMTP`, `250  mx.example.org Hello`.
CREATE OR REPLACE TEMP MACRO named_host(reply) AS
    nullif(regexp_extract(reply, '^2[25]0[ -]+((?:[A-Za-z0-9_-]+\.)+[A-Za-z][A-Za-z0-9-]*)\.?(?: |$$)', 1), '');

-- Every row as what it is: commands 1 MAIL  2 RCPT  3 DATA  4 BDAT  5 BDAT LAST  6 RSET  7 QUIT  8 AUTH  9 others;
-- 10 a final reply  11 part of a failing reply that goes on  20 which message comes next  21 TLS agreed  22 TLS failed
-- 23 not connected  24 disconnected; 0 tells nothing.
CREATE TEMP TABLE talk AS
WITH words AS (
    SELECT file_no,
           line,
           hash(connector_id, session_id) AS session,
           TRY_CAST(sequence_number AS INTEGER) AS number,
           utc_time(date_time) AS moment,
           session_id,
           connector_id,
           remote_endpoint,
           event,
           coalesce(data, '') AS data,
           coalesce(context, '') AS context,
           CASE event
               WHEN '$command' THEN
                   CASE upper(data[1:4])
                       WHEN 'MAIL' THEN 1
                       WHEN 'RCPT' THEN 2
                       WHEN 'DATA' THEN 3
                       WHEN 'BDAT' THEN if(suffix(upper(rtrim(data)), ' LAST'), 5, 4)
                       WHEN 'RSET' THEN 6
                       WHEN 'QUIT' THEN 7
                       WHEN 'AUTH' THEN 8
                       ELSE if(upper(data[1:1]) BETWEEN 'A' AND 'Z', 9, 0)
                   END
               WHEN '$reply' THEN
                   CASE
                       WHEN data[1:1] BETWEEN '4' AND '5' AND data[4:4] = '-'
                           AND NOT contains(data, ' ' || data[1:3] || ' ') THEN 11
                       WHEN data[1:1] IN ('2', '4', '5') AND data[4:4] IN (' ', '', '-')
                           AND (data[4:4] <> '-' OR contains(data, ' ' || data[1:3] || ' ')) THEN 10
                       ELSE 0
                   END
               WHEN '*' THEN
                   CASE
                       WHEN starts_with(context, 'sending message with RecordId') THEN 20
                       WHEN starts_with(context, 'TLS protocol ') THEN 21
                       WHEN starts_with(context, 'TLS negotiation failed') THEN 22
                       WHEN starts_with(context, 'Failed to connect') THEN 23
                       ELSE 0
                   END
               WHEN '-' THEN 24
               WHEN '+' THEN 0
           END AS kind
    FROM raw
)
SELECT file_no,
       line,
       session,
       number,
       moment,
       kind,
       if(kind IN (10, 11), TRY_CAST(data[1:3] AS SMALLINT), NULL) AS code,
       CASE
           WHEN kind IN (1, 2, 8, 9) THEN data
           WHEN kind IN (10, 11) THEN if(data[1:1] > '3' OR contains(data, 'InternalId='), data, NULL)
           WHEN kind >= 20 THEN context
       END AS text,
       if(event = '<' AND data[1:3] IN ('220', '250'), named_host(data), NULL) AS host,
       if(kind IN (1, 2, 22, 23, 24) OR (kind = 10 AND data[1:1] > '3'), connector_id, NULL) AS connector_id,
       if(kind IN (1, 2, 22, 23, 24) OR (kind = 10 AND data[1:1] > '3'), remote_endpoint, NULL) AS remote_endpoint,
       session_id,
       CASE
           WHEN moment IS NULL THEN 'no such time'
           WHEN session_id IS NULL OR session_id = '' THEN 'no session id'
           WHEN number IS NULL THEN 'no sequence number'
           WHEN kind IS NULL THEN 'unknown event: + - > < * are known'
       END AS fault,
       kind BETWEEN 1 AND 5
       OR kind IN (11, 20, 21, 22, 23)
       OR (kind = 24 AND starts_with(context, 'Remote'))
       OR (kind = 10 AND data[1:3] <> '221' AND data[5:5] <> ' ') AS feeds
FROM words;

-- Commands and replies, numbered within their session: `asked` commands up to this row, `told` replies before it,
-- `message` MAIL commands up to this row. Where sequence numbers repeat, the order of the lines counts.
CREATE TEMP TABLE numbered AS
SELECT file_no,
       line,
       session,
       kind,
       code,
       moment,
       text,
       count(*) FILTER (kind < 10) OVER dialogue AS asked,
       count(*) FILTER (kind = 10) OVER dialogue - (kind = 10)::INTEGER AS told,
       count(*) FILTER (kind = 1) OVER dialogue AS message
FROM talk
WHERE kind BETWEEN 1 AND 20 AND fault IS NULL
WINDOW dialogue AS (PARTITION BY session ORDER BY number, file_no, line ROWS UNBOUNDED PRECEDING);

-- Replies come in the order of their commands, pipelined or not. One that comes when no command is open answers none
-- (`answers` is NULL): the banner, a server that closes, or a reply whose command stands in a file that is missing.
CREATE TEMP TABLE answered AS
WITH ahead AS (
    SELECT file_no, line, session, kind, code, moment, text, asked, told, told + 1 - asked AS ahead
    FROM numbered
    WHERE kind IN (10, 11)
),
followed AS (
    SELECT *,
           greatest(0, coalesce(max(ahead) FILTER (kind = 10) OVER earlier_replies, 0)) AS without_command
    FROM ahead
    WINDOW earlier_replies AS (
        PARTITION BY session ORDER BY told, kind DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)
SELECT file_no,
       line,
       session,
       kind,
       code,
       moment,
       text,
       asked,
       if(ahead > without_command, NULL, told + 1 - without_command) AS answers
FROM followed;

-- A failing reply of several lines reads as one text.
CREATE TEMP TABLE long_replies AS
SELECT session, answers, asked, string_agg(text, ' ' ORDER BY kind DESC, file_no, line) AS text
FROM answered AS r
SEMI JOIN (SELECT session FROM answered WHERE kind = 11) USING (session)
WHERE code >= 400
GROUP BY session, answers, asked;

CREATE TEMP TABLE verdicts AS
SELECT r.file_no, r.line, r.session, r.answers, r.asked, r.code, r.moment, coalesce(l.text, r.text) AS text
FROM answered AS r
LEFT JOIN long_replies AS l
    ON l.session = r.session AND l.asked = r.asked AND l.answers IS NOT DISTINCT FROM r.answers
WHERE r.kind = 10;

-- Commands of the envelope and the body, each with its reply.
CREATE TEMP TABLE exchanges AS
SELECT c.session, c.message, c.asked, c.kind, c.file_no, c.line, c.text AS command, v.code, v.moment, v.text AS reply,
       v.file_no AS reply_file, v.line AS reply_line
FROM numbered AS c
LEFT JOIN verdicts AS v ON v.session = c.session AND v.answers = c.asked
WHERE c.kind BETWEEN 1 AND 5;

-- What decided over the body of each message: its final reply, or the first refusal of a part.
CREATE TEMP TABLE bodies AS
SELECT session,
       message,
       arg_min(
           {
               'event': if(kind = 3, 'DATA ', 'BDAT ') || code,
               'code': code,
               'text': reply,
               'moment': moment,
               'file_no': reply_file,
               'line': reply_line
           },
           asked
       ) AS verdict
FROM exchanges
WHERE kind >= 3 AND (code >= 400 OR kind <> 4)
GROUP BY session, message
HAVING count(code) > 0;

-- The message that a session was left with: open unless it was reset, or the session was taken leave of.
CREATE TEMP TABLE last_messages AS
SELECT session,
       max(message) AS message,
       coalesce(max(asked) FILTER (kind < 6) > max(asked) FILTER (kind >= 6), true) AS is_open
FROM numbered
WHERE kind IN (1, 2, 6, 7)
GROUP BY session
HAVING count(*) FILTER (kind < 6) > 0;

-- How sessions ended on which something was open: closed by a reply, a failed TLS handshake, a lost connection.
CREATE TEMP TABLE endings AS
WITH ends AS (
    SELECT session, 1 AS rank, 'closed ' || code AS event, code, text, moment, file_no, line
    FROM verdicts
    WHERE code = 421
    UNION ALL
    SELECT session,
           if(kind = 22, 2, 3),
           if(kind = 22, 'TLS failed', 'disconnected'),
           NULL,
           text,
           moment,
           file_no,
           line
    FROM talk
    WHERE kind IN (22, 24) AND fault IS NULL
),
open_sessions AS (
    SELECT l.session
    FROM last_messages AS l
    ANTI JOIN (SELECT session, message FROM bodies WHERE verdict.code IS NOT NULL) AS b
        ON b.session = l.session AND b.message = l.message
    WHERE l.is_open
)
SELECT session,
       arg_min(
           {'event': event, 'code': code, 'text': text, 'moment': moment, 'file_no': file_no, 'line': line},
           (rank, moment)
       ) AS verdict
FROM ends
SEMI JOIN open_sessions USING (session)
GROUP BY session;

-- What each recipient, and each message without one, came to. A recipient whose MAIL stands in a file that is missing
-- has message 0.
CREATE TEMP TABLE fates AS
WITH mails AS (
    SELECT session,
           message,
           command,
           if(
               code >= 400,
               {
                   'event': 'MAIL ' || code,
                   'code': code,
                   'text': reply,
                   'moment': moment,
                   'file_no': reply_file,
                   'line': reply_line
               },
               NULL
           ) AS refused
    FROM exchanges
    WHERE kind = 1
),
recipients AS (
    SELECT session,
           message,
           command,
           file_no,
           line,
           if(
               code >= 400,
               {
                   'event': 'RCPT ' || code,
                   'code': code,
                   'text': reply,
                   'moment': moment,
                   'file_no': reply_file,
                   'line': reply_line
               },
               NULL
           ) AS refused
    FROM exchanges
    WHERE kind = 2
    UNION ALL
    SELECT session, message, NULL, file_no, line, NULL
    FROM exchanges
    ANTI JOIN (SELECT session, message FROM exchanges WHERE kind = 2) USING (session, message)
    WHERE kind = 1
),
decided AS (
    SELECT r.session,
           r.message,
           m.command AS mail,
           r.command AS rcpt,
           r.file_no,
           r.line,
           coalesce(
               m.refused,
               r.refused,
               if(r.command IS NULL, NULL, b.verdict),
               if(l.is_open AND l.message = r.message, n.verdict, NULL)
           ) AS verdict
    FROM recipients AS r
    LEFT JOIN mails AS m ON m.session = r.session AND m.message = r.message
    LEFT JOIN bodies AS b ON b.session = r.session AND b.message = r.message
    LEFT JOIN last_messages AS l ON l.session = r.session
    LEFT JOIN endings AS n ON n.session = r.session
)
SELECT d.session,
       d.message,
       path_of(d.mail) AS sender,
       TRY_CAST(nullif(regexp_extract(upper(d.mail), ' SIZE=([0-9]+)', 1), '') AS BIGINT) AS size_bytes,
       path_of(d.rcpt) AS recipient,
       d.verdict,
       t.connector_id,
       t.remote_endpoint,
       t.session_id
FROM decided AS d
JOIN talk AS t ON t.file_no = d.file_no AND t.line = d.line AND t.kind < 3
WHERE d.verdict IS NOT NULL;

-- Sessions that never came to a message: turned away at the greeting, at TLS or at authentication.
CREATE TEMP TABLE turned_away AS
WITH strangers AS (
    SELECT file_no, line, session, kind, text, moment, connector_id, remote_endpoint, session_id
    FROM talk
    WHERE kind IN (10, 22, 24) AND connector_id IS NOT NULL AND fault IS NULL
        AND session NOT IN (SELECT session FROM last_messages)
),
greeted AS (
    SELECT n.session, max(n.asked) AS asked
    FROM numbered AS n
    SEMI JOIN strangers USING (session)
    JOIN verdicts AS v ON v.session = n.session AND v.answers = n.asked
    WHERE n.kind = 9 AND v.code < 300 AND upper(n.text[1:4]) IN ('EHLO', 'HELO', 'LHLO')
    GROUP BY n.session
),
causes AS (
    SELECT s.*,
           v.code,
           v.text AS reply,
           coalesce(c.kind, 0) AS asked_kind,
           CASE
               WHEN s.kind = 22 THEN 'TLS failed'
               WHEN s.kind = 24 THEN 'disconnected'
               WHEN v.answers IS NULL THEN if(v.asked = 0, 'connect ', 'closed ') || v.code
               WHEN c.kind IN (3, 4, 5) THEN if(c.kind = 3, 'DATA ', 'BDAT ') || v.code
               ELSE upper(regexp_extract(c.text, '^[A-Za-z0-9-]+')) || ' ' || v.code
           END AS event
    FROM strangers AS s
    LEFT JOIN verdicts AS v ON v.file_no = s.file_no AND v.line = s.line
    LEFT JOIN numbered AS c ON c.session = s.session AND c.asked = v.answers AND c.kind < 10
    LEFT JOIN greeted AS g ON g.session = s.session
    WHERE s.kind <> 10 OR coalesce(v.answers > g.asked, true) OR v.answers IS NULL
)
SELECT *
FROM causes
WHERE coalesce(asked_kind, 0) NOT IN (6, 7);

-- TLS and names, by session.
CREATE TEMP TABLE secured AS
SELECT session,
       any_value(
           replace(
               regexp_extract(text, 'SP_PROT_((?:TLS|SSL)[0-9](?:_[0-9])?)', 1), '_', '.'
           )
       ) AS version
FROM talk
WHERE kind = 21
GROUP BY session;
