-- Postfix: rows that wait for the next slice. Mail that came in at the end of this one and is not in the queue yet;
-- and of mail that is queued, the last deferral of each recipient (an expiry names no recipients), with the line that
-- names its sender once more. Never more than a fifth of the slice and twice 20,000 rows.
WITH told AS (
    SELECT file_no::BIGINT << 40 | line AS place,
           text,
           strpos(text, ']: ') + 3 AS message,
           if(text[4] = ' ', 16, strpos(text, ' ')) AS blank
    FROM raw
    WHERE contains(text, ': client=')
        OR contains(text, ': message-id=')
        OR contains(text, ': from=<')
        OR contains(text, 'status=deferred')
        OR contains(text, ': uid=')
        OR suffix(text, ': removed')
),
cut AS (
    SELECT place, text, message, blank, message + strpos(substr(text, message, 34), ': ') + 1 AS fact
    FROM told
),
facts AS (
    SELECT place,
           hash(substr(text, blank, strpos(text, '/') - blank), substr(text, message, fact - message)) AS mail,
           CASE substr(text, fact, 1)
               WHEN 'c' THEN 'arrival'
               WHEN 'm' THEN 'arrival'
               WHEN 'u' THEN 'arrival'
               WHEN 'f' THEN if(contains(text, ', size='), 'from', 'end')
               WHEN 't' THEN 'deferred'
               WHEN 'r' THEN 'end'
           END AS kind,
           if(kind = 'deferred', left(substr(text, fact), strpos(substr(text, fact), ', relay=')), NULL) AS recipient
    FROM cut
    WHERE fact > message + 5
),
mails AS (
    SELECT mail,
           coalesce(max(place) FILTER (kind = 'end'), -1) AS ended,
           coalesce(max(place) FILTER (kind = 'arrival'), -1) AS arrived,
           max(place) FILTER (kind = 'from') AS active
    FROM facts
    GROUP BY mail
),
tail AS (
    SELECT max(file_no)::BIGINT << 40
           | (SELECT max(line) - count(*) // 5 FROM raw WHERE file_no = (SELECT max(file_no) FROM raw)) AS place
    FROM raw
),
arriving AS (
    SELECT f.place
    FROM facts AS f
    JOIN mails AS m USING (mail)
    JOIN tail AS t ON f.place >= t.place
    WHERE f.kind = 'arrival' AND f.place > m.ended AND coalesce(m.active < f.place, true)
),
waiting AS (
    SELECT f.mail, max(f.place) AS place
    FROM facts AS f
    JOIN mails AS m USING (mail)
    WHERE f.kind = 'deferred' AND f.place > m.ended
    GROUP BY f.mail, f.recipient
    ORDER BY place DESC
    LIMIT 20000
),
named_again AS (
    SELECT max(f.place) AS place
    FROM facts AS f
    SEMI JOIN waiting USING (mail)
    JOIN mails AS m USING (mail)
    WHERE f.kind = 'from' AND f.place > greatest(m.arrived, m.ended)
    GROUP BY f.mail
    HAVING count(*) > 1 OR any_value(m.arrived) < 0
)
SELECT (place >> 40)::INTEGER AS file_no, place & 1099511627775 AS line
FROM (FROM arriving UNION SELECT place FROM waiting UNION FROM named_again);
