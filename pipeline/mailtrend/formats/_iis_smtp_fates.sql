-- Windows SMTP service: what every recipient came to.

-- Each command of the envelope with its numbers.
CREATE TEMP TABLE placed AS
SELECT e.*, v.is_body, v.mail, v.body, v.tangle
FROM exchanges AS e
JOIN envelope AS v ON v.session = e.session AND v.line = e.line AND v.kind = e.kind;

-- Where a tangle has as many recipients as messages, and as many bodies as accepted recipients, the first belongs to the
-- first; else a recipient belongs to the MAIL before it and to the end of a body after it.
CREATE TEMP TABLE tangles AS
SELECT session,
       tangle,
       min(mail) FILTER (kind = 1) AS first_mail,
       min(body) FILTER (is_body) AS first_body,
       count(*) FILTER (kind = 2) = count(*) FILTER (kind = 1) AS has_mails,
       count(*) FILTER (kind = 2 AND coalesce(code, 0) < 400) = count(*) FILTER (is_body) AS has_bodies
FROM placed
GROUP BY session, tangle;

CREATE TEMP TABLE recipients AS
WITH ranked AS (
    SELECT *,
           row_number() OVER (PARTITION BY session, tangle ORDER BY line) - 1 AS nth,
           row_number() OVER (PARTITION BY session, tangle, coalesce(code, 0) < 400 ORDER BY line) - 1 AS nth_accepted
    FROM placed
    WHERE kind = 2
)
SELECT r.*,
       if(t.has_mails, t.first_mail + r.nth, r.mail) AS its_mail,
       if(t.has_bodies, t.first_body + r.nth_accepted, r.body + 1) AS its_body
FROM ranked AS r
JOIN tangles AS t ON t.session = r.session AND t.tangle = r.tangle;

-- A verdict is the reply that decided.
CREATE TEMP TABLE fates AS
WITH mails AS (
    SELECT session, mail, args, code, verb, text, moment, told_at
    FROM placed
    WHERE kind = 1
),
bodies AS (
    SELECT session, body, args, bytes, code, verb, text, moment, told_at
    FROM placed
    WHERE is_body
)
SELECT r.session,
       r.line,
       r.file_no,
       r.role,
       r.ip,
       r.site,
       r.server,
       m.args AS mail_args,
       r.args AS rcpt_args,
       if(r.code >= 400 OR m.code >= 400, NULL, b.args) AS body_args,
       if(r.code >= 400 OR m.code >= 400, NULL, b.bytes) AS bytes,
       CASE
           WHEN m.code >= 400 THEN
               {'event': 'MAIL ' || m.code, 'code': m.code, 'text': m.text, 'moment': m.moment, 'line': m.told_at}
           WHEN r.code >= 400 THEN
               {'event': 'RCPT ' || r.code, 'code': r.code, 'text': r.text, 'moment': r.moment, 'line': r.told_at}
           WHEN b.code IS NOT NULL THEN
               {'event': b.verb || ' ' || b.code, 'code': b.code, 'text': b.text, 'moment': b.moment, 'line': b.told_at}
       END AS verdict
FROM recipients AS r
LEFT JOIN mails AS m ON m.session = r.session AND m.mail = r.its_mail
LEFT JOIN bodies AS b ON b.session = r.session AND b.body = r.its_body
UNION ALL
SELECT p.session,
       p.line,
       p.file_no,
       p.role,
       p.ip,
       p.site,
       p.server,
       p.args,
       NULL,
       NULL,
       NULL,
       {'event': 'MAIL ' || p.code, 'code': p.code, 'text': p.text, 'moment': p.moment, 'line': p.told_at}
FROM placed AS p
ANTI JOIN recipients AS r ON r.session = p.session AND r.its_mail = p.mail
WHERE p.kind = 1 AND p.code >= 400;

-- Failing replies that answer no command: a greeting that refuses, a server that closes, a log without commands.
-- The first after recipients that are still open is the answer to these.
CREATE TEMP TABLE strays AS
SELECT file_no, line, session, ip, site, server, code, moment, text
FROM replies_told
WHERE answers IS NULL AND code >= 400;

CREATE TEMP TABLE closings AS
SELECT f.session, f.line, min(s.line) AS stray
FROM fates AS f
JOIN strays AS s ON s.session = f.session AND s.line > f.line
WHERE f.verdict IS NULL
GROUP BY f.session, f.line;

-- Refusals that no message was named after: of a greeting, of TLS, of a logon. Many clients and servers have a second way
-- (HELO after EHLO), so the last one counts, and only if the next thing was not MAIL after all. Clients that fail to log
-- on are told of each time.
CREATE TEMP TABLE turned_away AS
WITH refused AS (
    SELECT *, role = 'I' AND kind = 8 AS is_logon
    FROM exchanges
    WHERE kind IN (8, 9) AND code >= 400
),
turns AS (
    SELECT lane, line, kind
    FROM exchanges
    WHERE kind IN (1, 7) AND lane IN (SELECT lane FROM refused)
),
followed AS (
    SELECT r.*, t.kind AS next_kind, t.line AS next_line
    FROM refused AS r
    ASOF LEFT JOIN turns AS t ON t.lane = r.lane AND t.line > r.line
)
SELECT DISTINCT ON (lane, next_line, if(is_logon, line, 0)) *
FROM followed
WHERE is_logon OR next_kind IS DISTINCT FROM 1
ORDER BY lane, next_line, if(is_logon, line, 0), line DESC;
