-- Every line of the log: its frame, its stamp, the mail it is about, and what it states. `kind` is a number, which sorts
-- and groups faster than a word; 0 states nothing that is counted:
-- 1 arrival  2 delivery  3 failure  4 deferral  5 completed  6 removed from the queue  7 refusal at the door  8 told only
-- 9 thrown away on arrival.

-- Exim writes to its own file, or to a syslog whose frame stands before the line and may double its stamp.
CREATE TEMP TABLE framed AS
WITH whole AS (
    SELECT file_no, line, without_prefix(text) AS text FROM raw
),
kinds AS (
    SELECT *,
           text[5] = '-' AND text[8] = '-' AND text[11] = ' ' AND text[14] = ':' AND text[17] = ':' AS own,
           CASE
               WHEN own THEN 0
               WHEN text[4] = ' ' AND text[10] = ':' AND text[13] = ':' THEN if(text[16] = '.', strpos(substr(text, 17), ' ') + 15, 15)
               WHEN text[5] = '-' AND text[11] = 'T' THEN strpos(text, ' ') - 1
               ELSE -1
           END AS stamp_end,
           if(stamp_end > 0, strpos(text, ': '), 0) AS colon
    FROM whole
),
cut AS (
    SELECT file_no,
           line,
           own,
           stamp_end,
           colon,
           text,
           if(colon > 0, left(text, stamp_end), NULL) AS frame_stamp,
           if(colon > 0, trim(substr(text, stamp_end + 1, colon - stamp_end - 1)), NULL) AS origin,
           CASE
               WHEN own THEN text
               WHEN colon > 0 THEN substr(text, colon + 2)
           END AS body
    FROM kinds
)
SELECT file_no,
       line,
       frame_stamp,
       nullif(split_part(origin, ' ', 1), '') AS server,
       origin,
       body,
       CASE
           WHEN NOT own AND body[1] = '[' THEN
               regexp_extract(body, '^\[([0-9]{1,3})([/\\])([0-9]{1,3})\] ?(.*)$$', ['part', 'sign', 'parts', 'text'])
       END AS split,
       CASE
           WHEN own THEN NULL
           WHEN stamp_end > 0 AND colon > 0 AND has_syslog_head(text) THEN NULL
           ELSE text
       END AS odd
FROM cut;

-- Syslog lines are short: Exim cuts long ones into `[1/3] …`, and with `\` where a line ended. They are one line again.
CREATE TEMP TABLE parts AS
WITH numbered AS (
    SELECT file_no,
           line,
           origin,
           frame_stamp,
           server,
           TRY_CAST(split.part AS INTEGER) AS part,
           TRY_CAST(split.parts AS INTEGER) AS parts,
           if(split.sign = '\', split.text || '\n', split.text) AS text,
           count(*) FILTER (TRY_CAST(split.part AS INTEGER) = 1) OVER (
               PARTITION BY file_no, origin
               ORDER BY line
           ) AS nth
    FROM framed
    WHERE split.part <> ''
)
SELECT *,
       if(nth = 0, NULL, min(line) OVER (PARTITION BY file_no, origin, nth)) AS first_line,
       max(part) OVER (PARTITION BY file_no, origin, nth) >= parts AS complete
FROM numbered;

CREATE TEMP TABLE told AS
WITH bodies AS (
    SELECT file_no, line, frame_stamp, server, origin, body, odd
    FROM framed
    WHERE split IS NULL OR split.part = ''
    UNION ALL
    SELECT file_no,
           first_line,
           any_value(frame_stamp),
           any_value(server),
           any_value(origin),
           string_agg(text, '' ORDER BY line),
           NULL
    FROM parts
    WHERE first_line IS NOT NULL
    GROUP BY file_no, origin, first_line
),
stamped AS (
    SELECT *,
           coalesce(
               body[5] = '-' AND body[8] = '-' AND body[11] = ' ' AND body[14] = ':' AND body[17] = ':',
               false
           ) AS has_stamp,
           if(has_stamp, strpos(substr(body, 18), ' ') + 16, 0) AS stamp_end,
           if(has_stamp, substr(body, if(stamp_end = 16, length(body), stamp_end) + 2), body) AS after_stamp,
           CASE
               WHEN has_stamp AND after_stamp[1] IN ('+', '-') AND (after_stamp[6] = ' ' OR length(after_stamp) = 5)
                   AND TRY_CAST(after_stamp[2:5] AS INTEGER) IS NOT NULL THEN
                   after_stamp[1:3] || ':' || after_stamp[4:5]
           END AS zone,
           if(zone IS NULL, after_stamp, substr(after_stamp, 7)) AS after_zone
    FROM bodies
),
processes AS (
    SELECT * EXCLUDE (after_stamp),
           if(after_zone[1] = '[', strpos(left(after_zone, 12), '] '), 0) AS bracket,
           if(
               bracket > 2 AND TRY_CAST(substr(after_zone, 2, bracket - 2) AS BIGINT) IS NOT NULL,
               substr(after_zone, bracket + 2),
               after_zone
           ) AS rest
    FROM stamped
)
SELECT file_no,
       line,
       frame_stamp,
       server,
       origin,
       odd,
       has_stamp,
       zone,
       if(has_stamp, left(body, if(stamp_end = 16, length(body), stamp_end)), NULL) AS stamp,
       CASE
           WHEN rest[7] <> '-' THEN NULL
           WHEN rest[14] = '-' AND (rest[17] = ' ' OR length(rest) = 16) AND NOT contains(left(rest, 16), ' ') THEN
               left(rest, 16)
           WHEN rest[19] = '-' AND (rest[24] = ' ' OR length(rest) = 23) AND NOT contains(left(rest, 23), ' ') THEN
               left(rest, 23)
       END AS queue_id,
       if(queue_id IS NULL, rest, substr(rest, length(queue_id) + 2)) AS said
FROM processes;

CREATE TEMP TABLE lines AS
WITH kinds AS (
    SELECT *,
           CASE
               WHEN odd IS NOT NULL OR said IS NULL THEN 0
               WHEN queue_id IS NOT NULL AND said[3] = ' ' AND said[2] IN ('=', '>', '*') THEN
                   CASE said[1:2]
                       WHEN '<=' THEN 1
                       WHEN '(=' THEN 1
                       WHEN '=>' THEN if(starts_with(said, '=> blackhole (') OR starts_with(said, '=> discarded'), 9, 2)
                       WHEN '->' THEN 2
                       WHEN '>>' THEN 2
                       WHEN '*>' THEN 2
                       WHEN '**' THEN 3
                       WHEN '==' THEN 4
                       ELSE 0
                   END
               WHEN queue_id IS NOT NULL AND starts_with(said, 'Completed') THEN 5
               WHEN queue_id IS NOT NULL
                   AND (starts_with(said, 'removed by ') OR starts_with(said, 'cancelled by timeout')) THEN 6
               WHEN NOT (has_stamp OR queue_id IS NOT NULL OR contains(origin, 'exim')) THEN 0
               WHEN contains(said, 'rejected')
                   OR contains(said, ' refused')
                   OR contains(said, 'refused connection')
                   OR contains(said, ' authenticator failed for ')
                   OR contains(said, ' dropped: too many ')
                   OR contains(said, ': discarded by ')
                   OR starts_with(said, 'TLS error on connection from ')
                   OR starts_with(said, 'SMTP data timeout ') THEN refusal_kind(said)
               ELSE 0
           END AS kind
    FROM told
)
SELECT file_no,
       line,
       kind,
       queue_id,
       server,
       if(kind = 0, NULL, said) AS said,
       if(queue_id IS NULL, hash(file_no, line), hash(coalesce(server, ''), queue_id)) AS unit,
       CASE
           WHEN odd IS NOT NULL THEN NULL
           WHEN has_stamp AND zone IS NOT NULL THEN timezone('UTC', TRY_CAST(stamp || zone AS TIMESTAMPTZ))
           WHEN has_stamp AND (frame_stamp IS NULL OR frame_stamp[4] = ' ' OR NOT names_zone(frame_stamp)) THEN
               utc_of_local(TRY_CAST(stamp AS TIMESTAMP))
           WHEN frame_stamp[4] = ' ' THEN classic_time(frame_stamp)
           ELSE iso_time(frame_stamp)
       END AS moment,
       CASE
           WHEN odd IS NOT NULL THEN
               CASE WHEN is_continuation(odd) THEN NULL ELSE 'not a line of an Exim log' END
           WHEN moment IS NULL AND (has_stamp OR kind > 0) THEN 'no such time'
       END AS reason
FROM kinds;
