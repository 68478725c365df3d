-- Any dialogue: which command a reply answers, and which message a recipient belongs to.

-- The rows of the entangled sessions.
CREATE TEMP TABLE talk AS
SELECT *, fault_of(moment, is_nameless, number, kind) AS fault
FROM heard
SEMI JOIN entangled USING (session)
WHERE kind > 0;

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
