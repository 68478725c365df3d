-- Mail that was turned away at the door, and what went wrong there without a message: one event each.

CREATE TEMP TABLE refusals AS
WITH words AS (
    SELECT file_no,
           line,
           unit,
           moment,
           server,
           queue_id,
           kind,
           said,
           CASE
               WHEN kind = 9 THEN 'discarded'
               WHEN kind = 8 THEN if(starts_with(said, 'TLS'), 'TLS error', 'SMTP data timeout')
               ELSE refusal_words(said)
           END AS event,
           regexp_extract(
               said,
               '(?:\bH=|(?:\bfor|\bfrom|connection from H=|on connection from) )((?:[^ \[(=]+ )?(?:\(.*?\) )?\[[0-9A-Fa-f:.]+\])',
               1
           ) AS peer,
           regexp_extract(said, '\bF=(?:<((?:"[^"]*"|[^>"])*)>|([^ <>]+))', ['wrapped', 'plain']) AS given,
           regexp_matches(said, '\bF=[^ ]') AS has_sender,
           regexp_extract(said, '\brejected (?:MAIL (?:FROM:)?|from )<([^>]*)>', 1) AS mail_from,
           regexp_extract(
               said,
               '\b(?:RCPT|VRFY) (?:TO:)?(?:<((?:"[^"]*"|[^>"])*)>|([^ <>:]+))',
               ['wrapped', 'plain']
           ) AS asked,
           nullif(only_address(regexp_extract(said, '\bI=\[([0-9A-Fa-f:.]+)\]', 1)), '') AS interface,
           regexp_extract(said, '\bX=([^ ]+)', 1) AS cipher,
           regexp_extract(said, '^(?:[^:]|:[^ ])*?\brejected .*?: (.*)$$', 1) AS reply
    FROM lines
    WHERE kind IN (7, 8) OR (kind = 9 AND queue_id IS NULL)
),
cells AS (
    SELECT *,
           nullif(coalesce(nullif(asked.wrapped, ''), asked.plain), '') AS recipient,
           CASE
               WHEN has_sender THEN coalesce(nullif(given.wrapped, ''), given.plain)
               WHEN regexp_matches(said, 'rejected (?:MAIL |from )') THEN mail_from
           END AS sender,
           -- Without recipient and mail only the whole line tells one refusal from another.
           if(recipient IS NULL AND queue_id IS NULL OR reply = '', said, reply) AS response
    FROM words
)
SELECT file_no,
       line,
       unit,
       moment,
       server,
       queue_id,
       event,
       CASE
           WHEN kind = 8 THEN 'info'
           WHEN kind = 9 THEN 'dropped'
           WHEN contains(event, 'temporarily') OR regexp_matches(response, '^4[0-9]{2}[ -]') THEN 'deferred'
           WHEN event = 'refused connection' AND contains(said, 'refused: too many') THEN 'deferred'
           WHEN event = 'authenticator failed' AND regexp_matches(said, '\]?(?::[0-9]+)?: 4[0-9]{2} ') THEN 'deferred'
           ELSE 'rejected'
       END AS outcome,
       sender,
       recipient,
       coalesce(nullif(regexp_extract(recipient, '@([^@]*)$$', 1), ''), server, interface, 'this server') AS destination,
       peer_name(peer) AS remote_host,
       peer_address(peer) AS remote_ip,
       response,
       tls_of(cipher) AS tls_version
FROM cells;
