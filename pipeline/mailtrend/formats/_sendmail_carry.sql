-- Sendmail: rows that wait for the next slice. The end of this one, where the lines of a mail that comes in may go on;
-- and the last deferral of each recipient of mail that is still queued, for a line that gives up names no recipients.
-- Never more than 500 lines and twice 20,000 rows.

CREATE TEMP TABLE held AS
WITH facts AS (
    SELECT file_no::BIGINT << 40 | line AS place,
           unit,
           kind,
           if(kind = 2, split_part(said, ', delay=', 1), NULL) AS recipient,
           kind = 2 AND contains(said, ', stat=Deferred') AS deferred
    FROM lines
    WHERE kind BETWEEN 1 AND 9 AND queue_id IS NOT NULL
),
tail AS (
    SELECT max(file_no)::BIGINT << 40
           | (SELECT greatest(max(line) - 500, 0) FROM raw WHERE file_no = (SELECT max(file_no) FROM raw)) AS place
    FROM raw
),
arrived AS (
    SELECT DISTINCT unit FROM facts WHERE kind IN (1, 3, 4, 5, 9) AND place >= (SELECT place FROM tail)
),
arriving AS (
    SELECT place FROM facts SEMI JOIN arrived USING (unit) ORDER BY place DESC LIMIT 20000
),
ended AS (
    SELECT unit, max(place) AS place FROM facts WHERE kind = 7 GROUP BY unit
),
latest AS (
    SELECT f.unit, max(f.place) AS place, arg_max(f.deferred, f.place) AS deferred
    FROM facts AS f
    LEFT JOIN ended AS e USING (unit)
    WHERE f.kind = 2 AND f.place > coalesce(e.place, -1)
    GROUP BY f.unit, f.recipient
),
-- With what was delivered meanwhile, for the recipients of one line part ways in later ones.
waiting AS (
    SELECT place
    FROM latest
    SEMI JOIN (SELECT unit FROM latest WHERE deferred) USING (unit)
    ORDER BY place DESC
    LIMIT 20000
)
SELECT (place >> 40)::INTEGER AS file_no, place & 1099511627775 AS line
FROM (FROM arriving UNION FROM waiting);
