-- Every line of the log: where it comes from, the mail it is about, and what it states. `kind` is a number, which sorts
-- and groups faster than a word; 0 states nothing that is counted:
-- 1 from=, size=  2 to=, stat=  3 ruleset= that refuses  4 a filter's verdict  5 <address>... text  6 client refused
-- 7 given up  8 STARTTLS with its version  9 discarded  10 report under a new id  11 clone of a mail
-- 12 a line that was cut  13 an error of the configuration.
CREATE TEMP TABLE told AS
WITH whole AS (
    SELECT file_no, line, without_prefix(text) AS text FROM raw
),
blanks AS (
    SELECT *,
           CASE
               WHEN substr(text, 4, 1) <> ' ' THEN strpos(text, ' ')
               WHEN substr(text, 16, 1) = ' ' THEN 16
               ELSE 15 + strpos(substr(text, 16), ' ')
           END AS blank,
           strpos(text, ': ') AS colon
    FROM whole
),
-- FreeBSD may write `<mail.info>` before the host, AIX `mail:info` after it, Solaris `[ID 8 mail.info]` after the tag.
origins AS (
    SELECT file_no,
           line,
           text,
           blank,
           if(colon > blank, trim(substr(text, blank + 1, colon - blank - 1)), '') AS origin,
           CASE
               WHEN substr(text, colon + 2, 4) = '[ID ' THEN
                   substr(text, colon + 3 + strpos(substr(text, colon + 2), '] '))
               WHEN colon > blank THEN substr(text, colon + 2)
               ELSE ''
           END AS message
    FROM blanks
),
ids AS (
    SELECT file_no,
           line,
           text,
           if(blank > 1, left(text, blank - 1), '') AS stamp,
           split_part(origin, ' ', if(starts_with(origin, '<'), 2, 1)) AS server,
           split_part(origin, ' ', -1) AS tag,
           message,
           split_part(message, ': ', 1) AS word,
           length(word) BETWEEN 7 AND 19
           AND TRY_CAST(right(word, 5) AS INTEGER) IS NOT NULL
           AND NOT contains(tag, '/')
           AND regexp_full_match(
               word,
               '[0-9A-Za-z][0-9AB][1-9A-V][0-9A-N][0-9A-Za-x]{4}[0-9]{5,10}|[A-Z]{2,3}[0-9]{5,6}'
           ) AS has_id
    FROM origins
)
SELECT file_no,
       line,
       text,
       stamp,
       server,
       split_part(tag, '[', 1) AS program,
       split_part(split_part(tag, '[', 2), ']', 1) AS process,
       if(has_id, word, NULL) AS queue_id,
       CASE
           WHEN has_id THEN substr(message, length(word) + 3)
           WHEN word = 'NOQUEUE' THEN substr(message, 10)
           ELSE message
       END AS said
FROM ids;

CREATE TEMP TABLE lines AS
WITH known AS (
    SELECT *,
           lower(program) IN ('mta', 'msp')
           OR starts_with(program, 'sm-')
           OR (starts_with(lower(program), 'sendmail') AND NOT contains(program, '/')) AS ours
    FROM told
),
kinds AS (
    SELECT *,
           CASE
               WHEN queue_id IS NULL AND NOT ours THEN 0
               WHEN queue_id IS NOT NULL AND starts_with(said, 'to=') THEN if(contains(said, ', stat='), 2, 12)
               WHEN queue_id IS NOT NULL AND starts_with(said, 'from=') THEN if(contains(said, ', size='), 1, 12)
               WHEN starts_with(said, 'ruleset=') THEN ruleset_kind(said)
               WHEN starts_with(said, 'Milter: ') OR starts_with(said, 'milter=') THEN filter_kind(said)
               WHEN starts_with(said, 'STARTTLS=') THEN
                   if(contains(said, ', version=') AND regexp_matches(said, '^STARTTLS=(?:client|server), '), 8, 0)
               WHEN NOT ours THEN 0
               WHEN starts_with(said, '<') AND contains(said, '>... ') THEN address_kind(said)
               WHEN starts_with(said, 'AUTH failure (') THEN 6
               WHEN starts_with(said, 'tcpwrappers (') AND contains(said, ' rejection') THEN 6
               WHEN starts_with(said, 'rejecting commands from ') THEN 6
               WHEN queue_id IS NULL THEN 0
               WHEN said = 'discarded' THEN 9
               WHEN starts_with(said, 'SYSERR(') AND contains(said, ' config error: ') THEN 13
               WHEN starts_with(said, 'clone ') AND contains(said, ', owner=') THEN 11
               WHEN contains(said, ' notify: ') OR contains(said, ': DSN: ') OR contains(said, ': return ') THEN
                   report_kind(said)
               ELSE 0
           END AS kind
    FROM known
)
SELECT file_no,
       line,
       kind,
       queue_id,
       server,
       process,
       if(kind = 0, NULL, said) AS said,
       CASE
           WHEN kind = 10 THEN hash(server, split_part(said, ': ', 1))
           WHEN queue_id IS NULL THEN hash(file_no, line)
           ELSE hash(server, queue_id)
       END AS unit,
       CASE
           WHEN kind = 0 THEN NULL
           WHEN stamp[4] = ' ' THEN classic_time(stamp)
           ELSE iso_time(stamp)
       END AS moment,
       CASE
           WHEN (kind = 0 OR moment IS NULL) AND NOT has_syslog_head(text) THEN 'not a syslog line'
           WHEN kind > 0 AND moment IS NULL THEN 'no such time'
           WHEN kind <> 12 THEN NULL
           WHEN starts_with(said, 'to=') THEN 'a delivery line without its stat='
           WHEN starts_with(said, 'from=') THEN 'an arrival line without its size='
           ELSE 'a refusal without its reply'
       END AS reason
FROM kinds;

-- Queue ids of old versions come back after a day or so: a mail that comes in later than an hour after the first one
-- under its id is another. Set in place, because it is rare.
CREATE TEMP TABLE reused AS
WITH again AS (
    SELECT unit
    FROM lines
    WHERE kind = 1 AND moment IS NOT NULL
    GROUP BY unit
    HAVING count(*) > 1 AND max(moment) > min(moment) + INTERVAL 1 HOUR
)
SELECT l.file_no,
       l.line,
       hash(
           l.unit,
           greatest(count(*) FILTER (l.kind = 1) OVER (PARTITION BY l.unit ORDER BY l.moment, l.file_no, l.line), 1)
       ) AS unit
FROM lines AS l
SEMI JOIN again USING (unit);

UPDATE lines SET unit = r.unit FROM reused AS r WHERE r.file_no = lines.file_no AND r.line = lines.line;
