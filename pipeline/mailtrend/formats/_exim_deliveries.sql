-- Lines with `=>`, `->`, `>>`, `*>`, `**`, `==`: what became of one recipient at one attempt.

-- Where the fields end and the text of a failure begins: the first colon outside quotes that a blank follows.
CREATE TEMP TABLE halves AS
WITH cut AS (
    SELECT file_no,
           line,
           unit,
           kind,
           moment,
           server,
           queue_id,
           left(said, 2) AS flag,
           CASE
               WHEN kind <> 2 THEN
                   regexp_extract(substr(said, 4), '^((?:"(?:[^"\\]|\\.)*"|[^":]|:[^ ])*?) ?: (.*)$$', ['head', 'text'])
               WHEN contains(said, ' C="') THEN
                   {
                       'head': substr(said, 4, strpos(said, ' C="') - 4)
                       || ' ' || split_part(replace(substr(said, strpos(said, ' C="') + 4), '\"', chr(1)), '"', 2),
                       'text': replace(
                           split_part(replace(substr(said, strpos(said, ' C="') + 4), '\"', chr(1)), '"', 1),
                           chr(1),
                           '"'
                       )
                   }
               ELSE {'head': substr(said, 4), 'text': ''}
           END AS half,
           said
    FROM lines
    WHERE kind IN (2, 3, 4)
)
SELECT * EXCLUDE (half, said),
       if(half.head = '', substr(said, 4), half.head) AS head,
       nullif(half.text, '') AS text
FROM cut;

-- One step after the other: an alias that is used again within its own SELECT is worked out again, and copied again.
CREATE TEMP TABLE deliveries AS
WITH told_first AS (
    SELECT *,
           trim(
               split_part(
                   split_part(
                       split_part(
                           split_part(split_part(split_part(head, ' R=', 1), ' F=', 1), ' P=<', 1),
                           ' SRS=<',
                           1
                       ),
                       ' T=',
                       1
                   ),
                   ' defer (',
                   1
               )
           ) AS told_address
    FROM halves
),
told_bare AS (
    SELECT *,
           if(suffix(told_address, ' routing'), left(told_address, length(told_address) - 8), told_address) AS address
    FROM told_first
),
addresses AS (
    SELECT *,
           if(suffix(address, '>'), split_part(rtrim(address, '>'), ' <', -1), NULL) AS original,
           split_part(split_part(address, ' <', 1), ' (', 1) AS final,
           if(contains(address, ' ('), split_part(split_part(address, ' (', 2), ')', 1), NULL) AS parent,
           split_part(head, ' H=', 2) AS peer,
           field_of(head, ' R=') AS router,
           field_of(head, ' T=') AS transport
    FROM told_bare
),
peers AS (
    SELECT *,
           CASE
               WHEN contains(final, '@') AND final[1] NOT IN ('|', '/', '>', ':') THEN final
               WHEN contains(parent, '@') THEN parent
               WHEN contains(original, '@') THEN original
               WHEN final[1] IN ('|', '/', '>', ':') THEN nullif(original, '')
               ELSE nullif(final, '')
           END AS recipient,
           CASE
               WHEN peer = '' AND kind <> 2 THEN
                   regexp_extract(text, '(?:^|[ :])host ([^ \[\]]+ \[[0-9A-Fa-f:.]+\])', 1)
               ELSE peer
           END AS told_peer
    FROM addresses
),
named AS (
    SELECT *,
           peer_name(told_peer) AS remote_host,
           peer_address(told_peer) AS remote_ip
    FROM peers
),
placed AS (
    SELECT *, is_own_host(remote_host, remote_ip) AS own_host
    FROM named
)
SELECT file_no,
       line,
       unit,
       kind,
       moment,
       server,
       queue_id,
       flag,
       recipient,
       coalesce(if(transport = '**bypassed**', NULL, transport), router) AS connector,
       remote_host,
       remote_ip,
       own_host,
       CASE
           WHEN flag = '*>' THEN 'info'
           WHEN kind = 2 AND (starts_with(address, ':blackhole:') OR transport = '**bypassed**' OR starts_with(address, '/dev/null')) THEN
               'dropped'
           -- A hop to a content filter on the same host; a mail store that listens there is no hop.
           WHEN kind = 2 AND own_host AND NOT regexp_matches(lower(transport), 'lmtp|dovecot|cyrus|local|mda')
               AND NOT regexp_matches(told_peer, '\]:24(?: |$$)') THEN 'info'
           WHEN kind = 2 THEN 'delivered'
           WHEN kind = 3 AND is_given_up(text) THEN 'expired'
           WHEN kind = 3 THEN 'failed'
           WHEN is_not_tried(text) THEN 'pending'
           ELSE 'deferred'
       END AS outcome,
       CASE
           WHEN kind = 2 THEN text
           WHEN text IS NOT NULL THEN trim(text)
           WHEN contains(head, ' defer (') THEN 'defer (' || split_part(head, ' defer (', 2)
       END AS response,
       sender_of(nullif(split_part(split_part(head, ' F=', 2), ' ', 1), '')) AS sender,
       tls_of(field_of(head, ' X=')) AS tls_version,
       seconds_of(field_of(head, ' QT=')) AS delay_seconds,
       TRY_CAST(field_of(head, ' S=') AS BIGINT) AS size_bytes,
       (remote_host IS NULL AND remote_ip IS NULL) AS is_local
FROM placed
WHERE moment IS NOT NULL;

-- `retry timeout exceeded` says only that the last error was the last: it stands for the deferral before it.
CREATE TEMP TABLE last_errors AS
WITH bare_ends AS (
    SELECT file_no, line, unit, lower(recipient) AS who, moment
    FROM deliveries
    WHERE outcome = 'expired' AND is_bare_end(response)
)
SELECT b.file_no, b.line, arg_max(d, (d.moment, d.file_no, d.line)) AS try
FROM bare_ends AS b
JOIN deliveries AS d
    ON d.unit = b.unit AND lower(d.recipient) = b.who AND d.outcome = 'deferred' AND d.moment <= b.moment
GROUP BY b.file_no, b.line;

-- Mail that an administrator or a timeout took out of the queue: for each recipient that was still waiting.
CREATE TEMP TABLE removals AS
WITH removed AS (
    SELECT unit,
           arg_min(l, (moment, file_no, line)) AS l
    FROM lines AS l
    WHERE kind = 6 AND moment IS NOT NULL
    GROUP BY unit
),
waiting AS (
    SELECT d.unit, arg_max(d, (d.moment, d.file_no, d.line)) AS try
    FROM deliveries AS d
    SEMI JOIN removed USING (unit)
    GROUP BY d.unit, lower(d.recipient)
)
SELECT r.l.file_no AS file_no,
       r.l.line AS line,
       r.unit,
       r.l.moment AS moment,
       r.l.server AS server,
       r.l.queue_id AS queue_id,
       r.l.said AS said,
       w.try AS try
FROM removed AS r
LEFT JOIN waiting AS w ON w.unit = r.unit AND w.try.outcome IN ('deferred', 'pending');
