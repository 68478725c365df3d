-- Mails that were given up, and what remains to be told of those that were turned away.

-- A mail is given up once, for each recipient that was last deferred, else without one.
CREATE TEMP TABLE expiries AS
WITH given_up AS (
    SELECT unit, arg_min(l, (moment, file_no, line)) AS l
    FROM lines AS l
    ANTI JOIN (SELECT unit FROM attempts WHERE outcome = 'expired') USING (unit)
    WHERE kind = 7 AND reason IS NULL
    GROUP BY unit
),
last_tries AS (
    SELECT a.unit, a.recipient, arg_max(a, (a.moment, a.file_no, a.line)) AS try
    FROM attempts AS a
    SEMI JOIN given_up USING (unit)
    WHERE a.outcome <> 'pending'
    GROUP BY a.unit, a.recipient
),
told AS (
    SELECT g.unit,
           g.l.file_no AS file_no,
           g.l.line AS line,
           g.l.moment AS moment,
           g.l.server AS server,
           g.l.queue_id AS queue_id,
           substr(g.l.said, strpos(g.l.said, ': Cannot send ') + 2) AS said
    FROM given_up AS g
)
SELECT t.*, 'Cannot send message' AS event, l.try
FROM told AS t
LEFT JOIN last_tries AS l ON l.unit = t.unit AND l.try.outcome = 'deferred';

-- What is said of a mail as a whole is told where no line names its recipients, and once.
CREATE TEMP TABLE refusals AS
WITH by_recipient AS (
    SELECT unit FROM attempts WHERE at_the_door
),
ranked AS (
    SELECT *,
           row_number() OVER (
               PARTITION BY unit, whole, if(whole, NULL, lower(bare(about))), if(kind IN (3, 5), NULL, line)
               ORDER BY kind, moment, file_no, line
           ) AS nth,
           bool_or(outcome = 'dropped' AND NOT whole) OVER (PARTITION BY unit) AS thrown_away
    FROM doors
)
SELECT file_no,
       line,
       unit,
       moment,
       server,
       queue_id,
       CASE kind
           WHEN 3 THEN 'ruleset=' || step
           WHEN 4 THEN if(said[1] = 'm', 'milter', 'Milter: ' || step)
           WHEN 5 THEN left(split_part(split_part(reply, ':', 1), ' (', 1), 60)
           WHEN 6 THEN
               CASE said[1] WHEN 'A' THEN 'AUTH failure' WHEN 'r' THEN 'rejecting commands' ELSE 'tcpwrappers' END
           ELSE 'discarded'
       END AS event,
       outcome,
       if(of_sender, sender_of(about), NULL) AS sender,
       if(of_sender, NULL, bare(about)) AS recipient,
       peer_host(peer) AS remote_host,
       peer_ip(peer) AS remote_ip,
       -- Without recipient and mail only the client tells one refusal from another.
       if(
           queue_id IS NULL AND about IS NULL AND kind = 3,
           substr(said, strpos(said, ', relay=') + if(contains(said, ', relay='), 8, 0)),
           reply
       ) AS response
FROM ranked AS r
WHERE CASE
    WHEN whole THEN
        nth = 1
        AND NOT (kind = 9 AND thrown_away)
        AND NOT EXISTS (SELECT 1 FROM by_recipient AS b WHERE b.unit = r.unit)
    WHEN kind = 5 THEN nth = 1
    ELSE true
END;
