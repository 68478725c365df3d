-- Windows SMTP service: commands with their replies, and the messages they belong to.

-- Where connections overlap, each command is answered in the end, and each is closed. A stretch of several that is not even
-- holds one that broke off: there a connection ends where the next begins, or all replies behind it would be shifted.
CREATE TEMP TABLE kept AS
WITH uneven AS (
    SELECT session
    FROM stretches
    ANTI JOIN held USING (file_no, line)
    GROUP BY session
    HAVING count(*) FILTER (role = 'R' AND begins) > 1
        AND (
            count(*) FILTER (role = 'C' AND kind > 0) <> count(*) FILTER (kind = 10 AND NOT begins)
            OR count(*) FILTER (role = 'R' AND begins) <> count(*) FILTER (role = 'R' AND closes)
        )
)
SELECT s.* EXCLUDE (session),
       if(
           u.session IS NULL,
           s.session,
           hash(s.session, sum(s.begins::INTEGER) OVER (PARTITION BY s.session ORDER BY s.line ROWS UNBOUNDED PRECEDING))
       ) AS session
FROM stretches AS s
ANTI JOIN held AS h ON h.file_no = s.file_no AND h.line = s.line
LEFT JOIN uneven AS u ON u.session = s.session;

-- `asked` commands up to this row, `told` replies before it; the greeting answers nothing.
CREATE TEMP TABLE talk AS
SELECT file_no,
       line,
       lane,
       session,
       role,
       kind,
       code,
       moment,
       ip,
       site,
       server,
       verb,
       args,
       bytes,
       status,
       begins,
       count(*) FILTER (role = 'C') OVER dialogue AS asked,
       count(*) FILTER (kind = 10 AND NOT begins) OVER dialogue - (kind = 10 AND NOT begins)::INTEGER AS told
FROM kept
WHERE kind > 0
WINDOW dialogue AS (PARTITION BY session ORDER BY line ROWS UNBOUNDED PRECEDING);

-- Replies come in the order of their commands, pipelined or not. One that comes when no command is open answers none.
CREATE TEMP TABLE replies_told AS
WITH ahead AS (
    SELECT *, told + 1 - asked AS ahead
    FROM talk
    WHERE kind = 10 AND NOT begins
),
followed AS (
    SELECT *,
           greatest(
               0,
               coalesce(
                   max(ahead) OVER (PARTITION BY session ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                   0
               )
           ) AS without_command
    FROM ahead
),
long_replies AS (
    SELECT session, told, string_agg(args, '+' ORDER BY line) AS text
    FROM talk
    WHERE kind IN (10, 11) AND code >= 400
    GROUP BY session, told
    HAVING count(*) > 1
)
SELECT f.* EXCLUDE (ahead, without_command, asked),
       coalesce(l.text, f.args) AS text,
       if(f.ahead > f.without_command, NULL, f.told + 1 - f.without_command) AS answers
FROM followed AS f
LEFT JOIN long_replies AS l ON l.session = f.session AND l.told = f.told;

-- Commands with what was answered: by the remote server in a row of its own, by us in the same row.
CREATE TEMP TABLE exchanges AS
SELECT c.file_no,
       c.line,
       c.lane,
       c.session,
       c.role,
       c.kind,
       c.ip,
       c.site,
       c.server,
       c.verb,
       c.args,
       c.bytes,
       if(c.role = 'I', nullif(c.status, 0), r.code) AS code,
       r.text,
       if(c.role = 'I', c.moment, r.moment) AS moment,
       if(c.role = 'I', c.line, r.line) AS told_at
FROM talk AS c
LEFT JOIN replies_told AS r ON r.session = c.session AND r.answers = c.asked AND c.role = 'C'
WHERE c.kind < 10;

-- MAIL and the ends of bodies, numbered. Messages of overlapping connections are entangled: a tangle lasts as long as
-- one of them is open. A message is open from MAIL up to the reply to its body, a refusal of MAIL, or RSET.
CREATE TEMP TABLE envelope AS
WITH marks AS (
    SELECT session,
           line,
           kind IN (3, 5) OR (kind = 4 AND code >= 400) AS is_body,
           kind,
           CASE WHEN kind = 1 THEN 1 WHEN kind = 6 THEN -1 ELSE 0 END AS step
    FROM exchanges
    WHERE kind BETWEEN 1 AND 6
    UNION ALL
    SELECT session, told_at + 0.5, false, 0, -1
    FROM exchanges
    WHERE told_at IS NOT NULL AND (kind IN (3, 5) OR (kind = 4 AND code >= 400) OR (kind = 1 AND code >= 400))
),
counted AS (
    SELECT *,
           sum(step) OVER so_far AS height,
           count(*) FILTER (kind = 1) OVER so_far AS mail,
           count(*) FILTER (is_body) OVER so_far AS body
    FROM marks
    WINDOW so_far AS (PARTITION BY session ORDER BY line ROWS UNBOUNDED PRECEDING)
),
levelled AS (
    SELECT *,
           lag(height, 1, 0) OVER (PARTITION BY session ORDER BY line) AS last_height,
           coalesce(
               min(height) OVER (PARTITION BY session ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0
           ) AS floor
    FROM counted
)
SELECT session,
       line,
       kind,
       is_body,
       mail,
       body,
       count(*) FILTER (kind = 1 AND last_height - least(0, floor) <= 0) OVER (
           PARTITION BY session ORDER BY line ROWS UNBOUNDED PRECEDING
       ) AS tangle
FROM levelled;
