-- Lines with to=, stat=: what became of each recipient at one attempt.

-- What is wrong with the configuration stands in a line of its own: `SYSERR(root): host. config error: text`.
CREATE TEMP TABLE config_errors AS
SELECT unit, arg_max(substr(said, strpos(said, '): ') + 3), (moment, file_no, line)) AS said
FROM lines
WHERE kind = 13 AND reason IS NULL
GROUP BY unit;

CREATE TEMP TABLE attempts AS
-- Step by step, for what is named twice is worked out twice.
WITH beginnings AS (
    SELECT file_no,
           line,
           unit,
           moment,
           server,
           queue_id,
           said,
           CASE
               WHEN contains(said, '"') THEN
                   regexp_extract(
                       said,
                       '^to=((?:"(?:[^"\\]|\\.)*"|[^"])*?), (?:ctladdr|delay|xdelay|mailer|pri|relay|dsn|stat)=',
                       1
                   )
               ELSE ''
           END AS quoted
    FROM lines
    WHERE kind = 2 AND reason IS NULL
),
lists AS (
    SELECT *,
           CASE
               WHEN quoted <> '' THEN quoted
               -- Any of these may be lost: the list ends at the first that is there.
               ELSE
                   split_part(
                       split_part(
                           split_part(
                               split_part(split_part(substr(said, 4), ', stat=', 1), ', mailer=', 1),
                               ', xdelay=',
                               1
                           ),
                           ', delay=',
                           1
                       ),
                       ', ctladdr=',
                       1
                   )
           END AS named
    FROM beginnings
),
rests AS (
    SELECT * EXCLUDE (said, quoted), substr(said, 4 + length(named)) AS rest FROM lists
),
halves AS (
    SELECT *, strpos(rest, ', stat=') AS mark FROM rests
),
cut AS (
    SELECT * EXCLUDE (rest, mark), left(rest, mark - 1) AS head, trim(substr(rest, mark + 7)) AS stat FROM halves
),
pieces AS (
    SELECT *,
           cell_of(head, ', mailer=') AS mailer,
           cell_of(head, ', relay=') AS relay,
           cell_of(head, ', dsn=') AS dsn,
           cell_of(head, ', delay=') AS delay,
           if(contains(head, ', reply='), nullif(split_part(head, ', reply=', 2), ''), NULL) AS told_reply,
           CASE
               WHEN contains(head, ', ctladdr=') THEN
                   bare(split_part(split_part(split_part(head, ', ctladdr=', 2), ', delay=', 1), ' (', 1))
           END AS owner
    FROM cut
),
peers AS (
    SELECT *,
           is_local_mailer(mailer) AS is_local,
           bracketed(relay) AS address,
           split_part(relay, ' ', 1) AS peer,
           mailer IS NULL AND dsn IS NULL AND relay IS NULL AND NOT contains(head, ', xdelay=') AS at_the_door
    FROM pieces
),
addresses AS (
    SELECT * EXCLUDE (head, address), only_address(address) AS remote_ip FROM peers
),
hosts AS (
    SELECT *, if(is_local AND remote_ip IS NULL, NULL, host_of(peer)) AS remote_host FROM addresses
),
cells AS (
    SELECT *, NOT is_local AND is_own_host(remote_host, remote_ip) AS own_host FROM hosts
),
judged AS (
    SELECT c.*,
           CASE
               WHEN starts_with(stat, 'Sent') THEN
                   CASE WHEN own_host THEN 'info' WHEN mailer = 'discard' THEN 'dropped' ELSE 'delivered' END
               WHEN starts_with(stat, 'Deferred') THEN 'deferred'
               WHEN starts_with(stat, 'queued') THEN 'pending'
               WHEN starts_with(stat, 'quarantine') THEN 'quarantined'
               WHEN starts_with(stat, 'discard') THEN 'dropped'
               WHEN starts_with(stat, 'Cannot send message for ') THEN 'expired'
               WHEN at_the_door THEN coalesce(v.outcome, if(stat[1] = '4', 'deferred', 'rejected'))
               WHEN dsn[1] = '4' THEN 'deferred'
               WHEN dsn[1] = '2' THEN 'info'
               ELSE 'failed'
           END AS outcome,
           CASE
               WHEN told_reply IS NOT NULL THEN told_reply
               WHEN at_the_door AND v.outcome IN ('rejected', 'deferred') THEN v.reply
               WHEN starts_with(stat, 'Sent (') THEN if(suffix(stat, ')'), stat[7:-2], stat[7:])
               WHEN starts_with(stat, 'Deferred: ') THEN trim(stat[11:])
               WHEN starts_with(stat, 'Deferred (') THEN if(suffix(stat, ')'), stat[11:-2], stat[11:])
               WHEN stat IN ('Sent', 'queued') THEN NULL
               WHEN stat = 'Local configuration error' THEN coalesce(e.said, stat)
               ELSE stat
           END AS response,
           CASE
               WHEN ltrim(stat[1], '0123456789') = '' THEN stat[1:3]
               ELSE left(split_part(split_part(split_part(stat, ':', 1), ' (', 1), ' by ', 1), 60)
           END AS word
    FROM cells AS c
    LEFT JOIN verdicts AS v USING (unit)
    LEFT JOIN config_errors AS e USING (unit)
),
told_to AS (
    SELECT *, recipients_of(named) AS items FROM judged
),
each_of AS (
    SELECT *, unnest(CASE len(items) WHEN 1 THEN items WHEN 0 THEN [NULL] ELSE list_distinct(items) END) AS item
    FROM told_to
)
SELECT file_no,
       line,
       unit,
       moment,
       server,
       queue_id,
       'stat=' || word AS event,
       outcome,
       CASE
           WHEN at_the_door AND outcome IN ('rejected', 'deferred') THEN 'inbound'
           WHEN own_host THEN 'internal'
           WHEN is_local THEN 'inbound'
           ELSE 'outbound'
       END AS direction,
       mailer,
       CASE
           WHEN item[1] IN ('"', '|', '/', ':') AND owner IS NOT NULL AND is_local THEN owner
           WHEN suffix(item, '>') THEN bare(regexp_extract(item, '<[^<]*>$$'))
           ELSE ltrim(bare(item), '\')
       END AS recipient,
       CASE
           WHEN own_host OR at_the_door OR (is_local AND remote_ip IS NULL) THEN coalesce(domain_of(recipient), server)
           ELSE coalesce(remote_host, remote_ip)
       END AS destination,
       remote_host,
       remote_ip,
       -- A code such as 5.0.0 was made up by Sendmail from its exit status: one that the server named says more.
       CASE
           WHEN suffix(dsn, '.0.0') AND regexp_matches(response, '^[45][0-9]{2}[ -][45]\.[0-9]{1,3}\.[0-9]') THEN NULL
           WHEN regexp_full_match(dsn, '[245]\.[0-9]{1,3}\.[0-9]{1,3}') THEN dsn
       END AS status_code,
       response,
       seconds_of(delay) AS delay_seconds,
       at_the_door
FROM each_of;
