-- Any dialogue: how a session ended, and what its recipients came to.

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
       size_of(d.mail) AS size_bytes,
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
