-- Every line of the log, with what it states.

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
           WHEN starts_with(queue_id, 'to=') AND contains(text, ' postfix') AND contains(text, ', status=') THEN
               'a delivery without its queue id'
       END AS remark
FROM told;

