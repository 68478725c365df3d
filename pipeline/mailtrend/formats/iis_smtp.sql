-- Windows SMTP service (IIS): one event per recipient from the reply that decided, and one per refusal that names none.

$cells
$rows
$hold
$dialogue
$fates

-- The address in `FROM:<a@b>+SIZE=1`, `+TO:+<a@b>`; '' for `<>`. Some clients leave the brackets out.
CREATE OR REPLACE TEMP MACRO address_in(args) AS
    CASE
        WHEN contains(args, '<"') THEN regexp_extract(args, '<("(?:[^"\\]|\\.)*"[^>]*)>', 1)
        WHEN contains(args, '<') THEN split_part(split_part(args, '<', 2), '>', 1)
        ELSE nullif(regexp_extract(args, ':[+ ]*([^+ ]+)', 1), '')
    END;

-- A host name that a server gives of itself: `220-mx.example.org+ESMTP`.
CREATE OR REPLACE TEMP MACRO greeting_host(reply) AS
    nullif(regexp_extract(reply, '^[245][0-9]{2}[-+ ]+((?:[A-Za-z0-9_-]+\.)+[A-Za-z][A-Za-z0-9-]*)\.?(?:[+ ]|$$)', 1), '');

CREATE TEMP TABLE hosts AS
SELECT session, greeting_host(arg_min(args, line)) AS host
FROM talk
WHERE role = 'R' AND begins
GROUP BY session;

CREATE TEMP TABLE happened AS
SELECT f.file_no,
       f.session,
       f.role,
       f.ip,
       f.site,
       f.server,
       f.mail_args,
       f.rcpt_args,
       f.body_args,
       f.bytes,
       coalesce(
           f.verdict,
           {'event': 'reply ' || s.code, 'code': s.code, 'text': s.text, 'moment': s.moment, 'line': s.line}
       ) AS verdict
FROM fates AS f
LEFT JOIN closings AS c ON c.session = f.session AND c.line = f.line
LEFT JOIN strays AS s ON s.session = c.session AND s.line = c.stray
WHERE f.verdict IS NOT NULL OR s.line IS NOT NULL
UNION ALL
SELECT s.file_no,
       s.session,
       'R',
       s.ip,
       s.site,
       s.server,
       NULL,
       NULL,
       NULL,
       NULL,
       {'event': 'reply ' || s.code, 'code': s.code, 'text': s.text, 'moment': s.moment, 'line': s.line}
FROM strays AS s
ANTI JOIN closings AS c ON c.session = s.session AND c.stray = s.line
UNION ALL
SELECT t.file_no,
       t.session,
       t.role,
       t.ip,
       t.site,
       t.server,
       NULL,
       NULL,
       NULL,
       NULL,
       {'event': t.verb || ' ' || t.code, 'code': t.code, 'text': t.text, 'moment': t.moment, 'line': t.told_at}
FROM turned_away AS t;

CREATE TEMP TABLE told_events AS
SELECT h.file_no,
       h.verdict.line AS line,
       h.session AS unit,
       h.verdict.moment AS moment,
       h.server,
       h.verdict.event AS event,
       CASE
           WHEN h.role = 'I' THEN if(h.verdict.code < 400, 'received', if(h.verdict.code < 500, 'deferred', 'rejected'))
           WHEN h.verdict.code < 400 THEN 'delivered'
           WHEN h.verdict.code < 500 THEN 'deferred'
           ELSE 'failed'
       END AS outcome,
       if(h.role = 'I', 'inbound', 'outbound') AS direction,
       h.site AS connector,
       address_in(h.mail_args) AS sender,
       address_in(h.rcpt_args) AS recipient,
       coalesce(n.host, if(starts_with(h.verdict.event, 'reply '), greeting_host(h.verdict.text), NULL)) AS remote_host,
       h.ip AS remote_ip,
       if(h.role = 'I', h.verdict.code, NULL) AS reply_code,
       h.verdict.text AS response,
       nullif(
           if(
               h.role = 'I',
               if(h.verdict.code < 400 AND contains(h.body_args, '<'), address_in(h.body_args), NULL),
               if(
                   h.verdict.code < 400 AND contains(h.verdict.text, '<'),
                   regexp_extract(h.verdict.text, '^2[0-9]{2}[-+ ](?:2[.0-9]+[+ ]+)?<([^>]*)>', 1),
                   NULL
               )
           ),
           ''
       ) AS message_id,
       coalesce(
           TRY_CAST(nullif(regexp_extract(upper(h.mail_args), '[+ ]SIZE=([0-9]+)', 1), '') AS BIGINT),
           if(h.role = 'I', h.bytes, NULL)
       ) AS size_bytes
FROM happened AS h
LEFT JOIN hosts AS n ON n.session = h.session;

-- Times are whole seconds. Of what reads the same within one second, each is a microsecond after the last: a server that
-- turns away five mails to one address at once did so five times.
CREATE TEMP TABLE parsed_events AS
SELECT * EXCLUDE (moment),
       moment + to_microseconds(
           row_number() OVER (
               PARTITION BY file_no, moment, event, outcome, lower(recipient), response, message_id, server
               ORDER BY line, sender
           ) - 1
       ) AS event_time,
       coalesce(lower(remote_host), if(recipient IS NULL AND direction = 'outbound', remote_ip, NULL)) AS destination
FROM told_events;

CREATE TEMP VIEW parsed_rows AS
SELECT file_no,
       line,
       CASE WHEN fault IS NOT NULL THEN 'reject' WHEN kind > 0 THEN 'used' ELSE 'context' END AS disposition,
       fault AS reason,
       session AS unit
FROM kept;
