-- Every line of the log, with what it states.

CREATE OR REPLACE TEMP MACRO has_syslog_head(text) AS
    regexp_matches(
        text,
        '^(?:<[0-9]{1,3}>|[^ ]+ *\| *)?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3][0-9] '
        || '[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]+)?|[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]'
        || ':[0-6][0-9](?:[.][0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?) +[^ ]+ +[^ ]'
    );

-- Stamps: `Dec  7 13:28:02` (local, without a year) or ISO 8601, which is moved by the offset that it names.
CREATE OR REPLACE TEMP MACRO utc_of_local(moment) AS $utc_of_local;

CREATE OR REPLACE TEMP MACRO classic_time(stamp) AS
    utc_of_local(try_strptime($year_of_stamp || ' ' || stamp, ['%Y %b %d %H:%M:%S', '%Y %b %d %H:%M:%S.%f']));

CREATE OR REPLACE TEMP MACRO iso_time(stamp) AS
    CASE
        WHEN suffix(stamp, 'Z') OR regexp_matches(stamp, '[+-][0-9]{2}:?[0-9]{2}$$') THEN
            timezone('UTC', TRY_CAST(stamp AS TIMESTAMPTZ))
        ELSE utc_of_local(TRY_CAST(stamp AS TIMESTAMP))
    END;

-- One pass over the text. What it says is kept of lines that need it, the stamp read where an event may come of it, and
-- the head of a line checked where nothing else shows that it is one of a syslog.
CREATE TEMP TABLE lines AS
$pieces
SELECT file_no,
       line,
       kind,
       mail AS unit,
       CASE
           WHEN kind IN (0, 1, 2, 3, 7) THEN NULL
           WHEN substr(text, 4, 1) = ' ' THEN classic_time(left(text, blank - 1))
           ELSE iso_time(left(text, blank - 1))
       END AS moment,
       if(kind IN (0, 3, 7), NULL, origin) AS origin,
       if(kind IN (0, 1, 2, 3, 7), NULL, queue_id) AS queue_id,
       if(kind IN (0, 7), NULL, detail) AS detail,
       CASE
           WHEN kind NOT IN (0, 9) THEN NULL
           WHEN NOT has_syslog_head(text) THEN 'not a syslog line'
           WHEN contains(text, 'message repeated ') THEN 'counts repeats of another line'
       END AS remark
FROM told;

