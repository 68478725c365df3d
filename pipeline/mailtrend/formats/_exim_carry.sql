-- Exim: rows that wait for the next slice: pieces of a line that syslog cut, whose last piece is not there yet; and the
-- last deferral of each recipient of mail that is still queued, for a line that gives up names no reason. Never more than
-- 20,000 deferrals.

CREATE TEMP TABLE held AS
WITH facts AS (
    SELECT file_no::BIGINT << 40 | line AS place,
           unit,
           kind,
           if(kind = 4, split_part(substr(said, 4), ' ', 1), NULL) AS recipient,
           if(kind = 4, NOT is_not_tried(said), false) AS tried
    FROM lines
    WHERE kind BETWEEN 2 AND 6
),
ended AS (
    SELECT unit, max(place) AS place FROM facts WHERE kind IN (3, 5, 6) GROUP BY unit
),
waiting AS (
    SELECT max(f.place) AS place
    FROM facts AS f
    LEFT JOIN ended AS e USING (unit)
    ANTI JOIN (SELECT file_no::BIGINT << 40 | line AS place FROM parts) AS p ON p.place = f.place
    WHERE f.kind = 4 AND f.tried AND f.place > coalesce(e.place, -1)
    GROUP BY f.unit, f.recipient
    ORDER BY place DESC
    LIMIT 20000
),
tail AS (
    SELECT max(file_no) AS file_no, max(line) - 1000 AS line
    FROM raw
    WHERE file_no = (SELECT max(file_no) FROM raw)
)
SELECT (place >> 40)::INTEGER AS file_no, place & 1099511627775 AS line FROM waiting
UNION
SELECT p.file_no, p.line
FROM parts AS p
JOIN tail AS t ON p.file_no = t.file_no AND p.first_line >= t.line
WHERE NOT p.complete;
