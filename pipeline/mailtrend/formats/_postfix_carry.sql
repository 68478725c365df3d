-- Postfix: rows that wait for the next slice. Mail that came in at the end of this one and is not in the queue yet;
-- and of mail that is queued, the last deferral of each recipient (an expiry names no recipients), with the line that
-- names its sender once more. Never more than a fifth of the slice and twice 20,000 rows.

CREATE TEMP TABLE held AS
WITH facts AS (
    SELECT file_no::BIGINT << 40 | line AS place,
           unit AS mail,
           kind,
           if(kind = 6, left(detail, strpos(detail, ', relay=')), NULL) AS recipient
    FROM lines
    WHERE kind BETWEEN 1 AND 7 AND (kind <> 6 OR contains(detail, 'status=deferred'))
),
tail AS (
    SELECT max(file_no)::BIGINT << 40
           | (SELECT max(line) - count(*) // 5 FROM raw WHERE file_no = (SELECT max(file_no) FROM raw)) AS place
    FROM raw
),
open AS MATERIALIZED (
    SELECT *
    FROM facts
    SEMI JOIN (
        SELECT mail FROM facts WHERE kind = 6 OR (kind < 4 AND place >= (SELECT place FROM tail))
    ) USING (mail)
),
mails AS (
    SELECT mail,
           coalesce(max(place) FILTER (kind IN (5, 7)), -1) AS ended,
           coalesce(max(place) FILTER (kind < 4), -1) AS arrived,
           max(place) FILTER (kind = 4) AS active
    FROM open
    GROUP BY mail
),
arriving AS (
    SELECT f.place
    FROM open AS f
    JOIN mails AS m USING (mail)
    WHERE f.kind < 4
        AND f.place >= (SELECT place FROM tail)
        AND f.place > m.ended
        AND coalesce(m.active < f.place, true)
),
waiting AS (
    SELECT f.mail, max(f.place) AS place
    FROM open AS f
    JOIN mails AS m USING (mail)
    WHERE f.kind = 6 AND f.place > m.ended
    GROUP BY f.mail, f.recipient
    ORDER BY place DESC
    LIMIT 20000
),
named_again AS (
    SELECT max(f.place) AS place
    FROM open AS f
    SEMI JOIN waiting USING (mail)
    JOIN mails AS m USING (mail)
    WHERE f.kind = 4 AND f.place > greatest(m.arrived, m.ended)
    GROUP BY f.mail
    HAVING count(*) > 1 OR any_value(m.arrived) < 0
)
SELECT (place >> 40)::INTEGER AS file_no, place & 1099511627775 AS line
FROM (FROM arriving UNION SELECT place FROM waiting UNION FROM named_again);
