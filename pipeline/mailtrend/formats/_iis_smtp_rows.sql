-- Windows SMTP service: what each row says, and to which connection it belongs.

-- Who speaks: R a remote server answers, C we speak to it, I a client speaks to us (and our answer is the status).
-- Without a user column, our own side of an outbound connection shows by the status 0.
CREATE OR REPLACE TEMP MACRO role_of(who, names_who, verb, status) AS
    CASE
        WHEN who = 'OutboundConnectionResponse' THEN 'R'
        WHEN who = 'OutboundConnectionCommand' THEN 'C'
        WHEN names_who OR coalesce(status, '0') <> '0' THEN 'I'
        WHEN verb IS NULL THEN 'R'
        ELSE 'C'
    END;

-- 1 MAIL  2 RCPT  3 DATA  4 BDAT  5 BDAT LAST  6 RSET  7 QUIT  8 AUTH  9 other commands  0 tells nothing.
CREATE OR REPLACE TEMP MACRO verb_kind(verb, args, is_client) AS
    CASE substring(verb, 1, 4)
        WHEN 'MAIL' THEN 1
        WHEN 'RCPT' THEN 2
        WHEN 'DATA' THEN 3
        WHEN 'BDAT' THEN if(suffix(upper(args), 'LAST'), 5, 4)
        WHEN 'RSET' THEN 6
        WHEN 'QUIT' THEN 7
        WHEN 'AUTH' THEN 8
        WHEN 'EHLO' THEN 9
        WHEN 'HELO' THEN 9
        ELSE if(is_client OR verb IN ('STARTTLS', 'NOOP', 'VRFY', 'EXPN', 'HELP', 'TURN', 'ATRN', 'ETRN', 'XEXCH50', 'XEXPS'), 9, 0)
    END;

-- All rows; 10 a reply, 11 a part of a failing reply that goes on in the next row. (Of others mostly the first line alone
-- is logged; lines beyond it answer no command, which does no harm.)
CREATE TEMP TABLE rows AS
WITH spoken AS (
    SELECT file_no,
           line,
           moment,
           ip,
           site,
           server,
           args,
           bytes,
           upper(verb) AS verb,
           role_of(who, names_who, verb, status) AS role,
           TRY_CAST(status AS SMALLINT) AS status,
           CASE
               WHEN fault IS NOT NULL THEN fault
               WHEN moment IS NULL THEN 'no such time'
               WHEN status IS NOT NULL AND TRY_CAST(status AS SMALLINT) IS NULL THEN 'the status is no number'
           END AS fault
    FROM cells
),
coded AS (
    SELECT *,
           hash(file_no, ip, role = 'I') AS lane,
           if(
               role = 'R' AND substring(args, 4, 1) IN ('', '+', '-', ' '),
               TRY_CAST(substring(args, 1, 3) AS SMALLINT),
               NULL
           ) AS code
    FROM spoken
),
kinds AS (
    SELECT * EXCLUDE (fault),
           coalesce(
               fault,
               if(role = 'R' AND args IS NOT NULL AND code IS NULL, 'a reply that does not begin with a code', NULL)
           ) AS fault,
           CASE
               WHEN fault IS NOT NULL THEN 0
               WHEN role = 'R' THEN if(code BETWEEN 200 AND 299 OR code BETWEEN 400 AND 599, 10, 0)
               WHEN verb IS NULL AND role = 'I' THEN
                   CASE
                       WHEN starts_with(upper(ltrim(args, '+')), 'FROM:') THEN 1
                       WHEN starts_with(upper(ltrim(args, '+')), 'TO:') THEN 2
                       ELSE 0
                   END
               WHEN verb IS NULL THEN 0
               ELSE verb_kind(verb, args, role = 'I')
           END AS kind
    FROM coded
),
neighbours AS (
    SELECT *,
           lag(moment) OVER in_line AS last_moment,
           lag(verb) OVER in_line AS last_verb,
           lead(code) OVER in_line AS next_code,
           lead(args) OVER in_line AS next_args
    FROM kinds
    WINDOW in_line AS (PARTITION BY lane, kind > 0 ORDER BY line)
),
parts AS (
    SELECT * EXCLUDE (kind, next_code, next_args),
           CASE
               WHEN kind = 10 AND code >= 400 AND substring(args, 4, 1) = '-' AND next_code = code AND next_args <> args THEN 11
               ELSE kind
           END AS kind
    FROM neighbours
),
-- A connection begins with the greeting of the remote server, or with the one of a client.
ends AS (
    SELECT *,
           coalesce((kind = 10 AND code = 220 AND last_verb IS DISTINCT FROM 'STARTTLS')
               OR (role = 'I' AND verb IN ('EHLO', 'HELO') AND kind = 9), false) AS begins,
           coalesce((kind = 10 AND code IN (221, 421)) OR (role = 'I' AND kind = 7), false) AS closes
    FROM parts
)
SELECT * FROM ends;

-- Connections to one address may overlap, and no id tells them apart: such a stretch is read as one dialogue. It is over
-- when all connections in it have been closed, or where one begins after a minute of silence (those before broke off).
CREATE TEMP TABLE stretches AS
WITH counted AS (
    SELECT *,
           sum(begins::INTEGER - closes::INTEGER) OVER (PARTITION BY lane ORDER BY line ROWS UNBOUNDED PRECEDING) AS height
    FROM rows
),
levelled AS (
    SELECT *,
           lag(height, 1, 0) OVER (PARTITION BY lane ORDER BY line) AS last_height,
           coalesce(
               min(height) OVER (PARTITION BY lane ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0
           ) AS floor
    FROM counted
),
cut AS (
    SELECT *,
           begins AND (
               last_height - least(0, floor) <= 0
               OR coalesce(moment - last_moment >= INTERVAL 1 MINUTE, false)
           ) AS is_first
    FROM levelled
)
SELECT * EXCLUDE (height, last_height, floor, is_first, last_moment, last_verb),
       hash(lane, sum(is_first::INTEGER) OVER (PARTITION BY lane ORDER BY line ROWS UNBOUNDED PRECEDING)) AS session
FROM cut;
