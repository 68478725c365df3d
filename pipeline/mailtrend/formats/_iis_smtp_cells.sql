-- Windows SMTP service: the cells of a row, in whichever of its three forms it was written.

-- `-` stands for an empty cell.
CREATE OR REPLACE TEMP MACRO told(cell) AS nullif(nullif(cell, '-'), '');

-- All fields that can be chosen, for rows above which no `#Fields:` line stands (the head of the file is missing).
CREATE OR REPLACE TEMP MACRO all_fields() AS
    'date time c-ip cs-username s-sitename s-computername s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status '
    || 'sc-win32-status sc-bytes cs-bytes time-taken cs-version cs-host cs(User-Agent) cs(Cookie) cs(Referer)';

CREATE TEMP TABLE told_lines AS
SELECT file_no,
       line,
       rtrim(text) AS text,
       coalesce(fields, all_fields()) AS fields,
       dated,
       CASE
           WHEN contains(text, '] "') AND contains(text, ' [') THEN 'ncsa'
           WHEN contains(text, ', SMTPSVC') THEN 'iis'
           ELSE 'w3c'
       END AS form,
       fields IS NULL AS headless
FROM raw;

-- Where each field stands. An admin chooses them, so they differ from file to file, and below a restart.
CREATE TEMP TABLE places AS
WITH named AS (
    SELECT DISTINCT fields, string_split(trim(regexp_replace(lower(fields), '\s+', ' ', 'g')), ' ') AS names
    FROM told_lines
)
SELECT fields,
       len(names) AS width,
       list_position(names, 'date') AS on_date,
       list_position(names, 'time') AS at_time,
       list_position(names, 'c-ip') AS ip,
       list_position(names, 'cs-username') AS who,
       list_position(names, 's-sitename') AS site,
       list_position(names, 's-computername') AS server,
       list_position(names, 'cs-method') AS verb,
       list_position(names, 'cs-uri-query') AS args,
       list_position(names, 'sc-status') AS status,
       list_position(names, 'cs-bytes') AS bytes
FROM named;

-- Rows with a time and no date: how many midnights lie between the `#Date:` above them and their time. A time that is more
-- than an hour before the last one is one of the next day; less may be a clock that was set.
CREATE TEMP TABLE nights AS
WITH undated AS (
    SELECT t.file_no,
           t.line,
           t.dated,
           TRY_CAST(string_split(t.text, ' ')[p.at_time] AS TIME) AS at_time
    FROM told_lines AS t
    JOIN places AS p ON p.fields = t.fields
    WHERE t.form = 'w3c' AND coalesce(p.on_date, 0) = 0 AND p.at_time > 0
),
stepped AS (
    SELECT file_no,
           line,
           dated,
           date_diff('minute', at_time, lag(at_time, 1, TRY_CAST(dated[12:19] AS TIME)) OVER in_order) > 60 AS is_over
    FROM undated
    WHERE at_time IS NOT NULL
    WINDOW in_order AS (PARTITION BY file_no, dated ORDER BY line)
)
SELECT file_no, line, sum(is_over::INTEGER) OVER (PARTITION BY file_no, dated ORDER BY line) AS count
FROM stepped;

-- The moment of a W3C row, which is UTC. What the row lacks, the `#Date:` above it tells.
CREATE OR REPLACE TEMP MACRO w3c_moment(on_date, at_time, dated, nights) AS
    CASE
        WHEN on_date IS NOT NULL AND at_time IS NOT NULL THEN TRY_CAST(on_date || ' ' || at_time AS TIMESTAMP)
        WHEN on_date IS NOT NULL THEN
            TRY_CAST(on_date || ' ' || if(starts_with(dated, on_date), dated[12:19], '00:00:00') AS TIMESTAMP)
        WHEN at_time IS NOT NULL THEN
            TRY_CAST(dated[1:10] || ' ' || at_time AS TIMESTAMP)
            + to_days(coalesce(nights, 0)::INTEGER)
        ELSE TRY_CAST(dated AS TIMESTAMP)
    END;

CREATE TEMP TABLE cells AS
WITH w3c AS (
    SELECT t.file_no, t.line, t.dated, t.headless, n.count AS nights, p.* EXCLUDE (fields), string_split(t.text, ' ') AS cell
    FROM told_lines AS t
    JOIN places AS p ON p.fields = t.fields
    LEFT JOIN nights AS n ON n.file_no = t.file_no AND n.line = t.line
    WHERE t.form = 'w3c'
),
ncsa AS (
    SELECT file_no,
           line,
           string_split(split_part(text, ' [', 1), ' ') AS cell,
           split_part(split_part(text, ' [', 2), ']', 1) AS stamp,
           string_split(ltrim(string_split(text, '"')[-1]), ' ') AS counts,
           substring(
               text,
               strpos(text, '] "') + 3,
               length(text) - length(string_split(text, '"')[-1]) - strpos(text, '] "') - 3
           ) AS request
    FROM told_lines
    WHERE form = 'ncsa'
),
iis AS (
    SELECT file_no, line, string_split(rtrim(text, ','), ', ') AS cell
    FROM told_lines
    WHERE form = 'iis'
)
SELECT file_no,
       line,
       w3c_moment(cell[on_date], cell[at_time], dated, nights) AS moment,
       told(cell[ip]) AS ip,
       told(cell[who]) AS who,
       coalesce(who, 0) > 0 AS names_who,
       told(cell[site]) AS site,
       told(cell[server]) AS server,
       told(cell[verb]) AS verb,
       told(cell[args]) AS args,
       told(cell[status]) AS status,
       TRY_CAST(cell[bytes] AS BIGINT) AS bytes,
       CASE
           WHEN len(cell) = width THEN NULL
           WHEN headless THEN 'no #Fields: line above says what the cells are'
           ELSE len(cell) || ' cells where #Fields: names ' || width
       END AS fault
FROM w3c
UNION ALL
SELECT file_no,
       line,
       CAST(try_strptime(stamp, '%d/%b/%Y:%H:%M:%S %z') AS TIMESTAMP),
       told(cell[1]),
       told(cell[3]),
       true,
       NULL,
       NULL,
       told(split_part(request, ' ', 1)),
       told(regexp_replace(substring(request, strpos(request, ' ') + 1), '^-\??|(?:^| )SMTP$$', '', 'g')),
       told(counts[1]),
       NULL,
       if(len(cell) = 3 AND len(counts) = 2 AND suffix(request, ' SMTP'), NULL, 'not a line of an SMTP log in NCSA form')
FROM ncsa
UNION ALL
SELECT file_no,
       line,
       timezone('UTC', timezone('$zone', try_strptime(translate(cell[3], '.-', '//') || ' ' || cell[4], [$stamps]))),
       told(cell[1]),
       told(cell[2]),
       true,
       told(cell[5]),
       told(cell[6]),
       told(cell[13]),
       told(array_to_string(cell[15:], ', ')),
       told(cell[11]),
       TRY_CAST(cell[9] AS BIGINT),
       if(len(cell) >= 13, NULL, 'fewer cells than a line of an SMTP log has')
FROM iis;
