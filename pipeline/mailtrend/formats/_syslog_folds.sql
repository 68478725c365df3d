-- Stamps that a zone's clocks showed twice, told apart by the order of the lines. The few lines of such an hour are
-- looked at; those of its first pass get an offset, and all others are read as of the second.

ALTER VIEW raw RENAME TO raw_as_read;

-- When a stamp is local: the moment it shows. NULL for one that names its offset.
CREATE OR REPLACE TEMP MACRO stamp_length(text) AS
    CASE
        WHEN substr(text, 4, 1) <> ' ' THEN strpos(text, ' ') - 1
        WHEN substr(text, 16, 1) = ' ' THEN 15
        ELSE 14 + strpos(substr(text, 16), ' ')
    END;

CREATE OR REPLACE TEMP MACRO local_of(text) AS
    CASE
        WHEN substr(text, 4, 1) = ' ' THEN classic_local(left(text, stamp_length(text)))
        WHEN NOT has_offset(left(text, stamp_length(text))) THEN TRY_CAST(left(text, stamp_length(text)) AS TIMESTAMP)
    END;

-- The lines of such an hour and those around them. `part` counts the lines outside of it, so that logs that were put
-- together in one file keep their own order.
CREATE TEMP TABLE around AS
WITH folds(began, span, offset_before) AS (VALUES $folds),
candidates AS MATERIALIZED (
    SELECT file_no, line, without_prefix(text) AS text
    FROM raw_as_read
    WHERE $showing
),
hours AS (
    SELECT c.file_no, f.began, any_value(f.span) AS span, any_value(f.offset_before) AS offset_before,
           min(c.line) - 5 AS low, max(c.line) + 5 AS high
    FROM candidates AS c
    JOIN folds AS f ON local_of(c.text) >= f.began AND local_of(c.text) < f.began + f.span
    GROUP BY c.file_no, f.began
),
near AS (
    SELECT r.file_no, r.line, h.began, h.span, h.offset_before, without_prefix(r.text) AS text
    FROM hours AS h
    JOIN raw_as_read AS r ON r.file_no = h.file_no AND r.line BETWEEN h.low AND h.high
),
stamped AS (
    SELECT *, local_of(text) AS local FROM near
)
SELECT *,
       local >= began AND local < began + span AS inside,
       count(*) FILTER (NOT inside) OVER (PARTITION BY file_no, began ORDER BY line) AS part
FROM stamped
WHERE local IS NOT NULL;

CREATE TEMP TABLE twice_shown AS
SELECT *, row_number() OVER in_turn AS nth, local - lag(local) OVER in_turn AS gap
FROM around
WHERE inside
WINDOW in_turn AS (PARTITION BY file_no, began, part ORDER BY line);

-- Where stamps jump back, the clock did. Where they do not, the hour that no stamp shows lies where the log was silent
-- longest; a log that begins within the hour is taken to begin with the second pass, one that ends in it goes on
-- without a break.
CREATE TEMP TABLE first_pass AS
WITH jumps AS (
    SELECT *, count(*) FILTER (gap < -span / 2) OVER (PARTITION BY file_no, began, part ORDER BY line) AS jumped
    FROM twice_shown
),
hours AS (
    SELECT file_no, began, part, any_value(span) AS span, count(*) AS rows,
           arg_min(local, line) AS first_local, arg_max(local, line) AS last_local
    FROM twice_shown
    GROUP BY file_no, began, part
),
beside AS (
    SELECT h.file_no,
           h.began,
           h.part,
           h.span,
           h.rows,
           if(b.local <= h.first_local, h.first_local - b.local, NULL) AS gap_before,
           if(a.local >= h.last_local, a.local - h.last_local, NULL) AS gap_after
    FROM hours AS h
    LEFT JOIN around AS b ON NOT b.inside AND b.file_no = h.file_no AND b.began = h.began AND b.part = h.part
    LEFT JOIN around AS a ON NOT a.inside AND a.file_no = h.file_no AND a.began = h.began AND a.part = h.part + 1
),
silences AS (
    SELECT file_no, began, part, nth, gap FROM twice_shown WHERE gap IS NOT NULL
    UNION ALL
    SELECT file_no, began, part, 1, coalesce(gap_before, INTERVAL 1 DAY) FROM beside
    UNION ALL
    SELECT file_no, began, part, rows + 1, coalesce(gap_after, span / 2) FROM beside
),
turns AS (
    SELECT file_no, began, part, arg_max(nth, (gap, -nth)) AS turn FROM silences GROUP BY file_no, began, part
),
judged AS (
    SELECT j.*, t.turn, max(j.jumped) OVER (PARTITION BY j.file_no, j.began, j.part) AS all_jumps
    FROM jumps AS j
    JOIN turns AS t USING (file_no, began, part)
)
SELECT file_no,
       line,
       strftime(local, '%Y-%m-%dT%H:%M:%S.%f') || offset_before || substr(text, stamp_length(text) + 1) AS text
FROM judged
WHERE if(all_jumps > 0, jumped % 2 = 0, nth < turn);

CREATE TEMP VIEW raw AS
SELECT r.file_no, r.line, coalesce(f.text, r.text) AS text
FROM raw_as_read AS r
LEFT JOIN first_pass AS f ON f.file_no = r.file_no AND f.line = r.line;
