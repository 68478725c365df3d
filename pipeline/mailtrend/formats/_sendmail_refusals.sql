-- Mail that was turned away at the door, thrown away or put aside there.

-- `whole`: the line is about the mail, not about one recipient or sender.
CREATE TEMP TABLE doors AS
WITH cut AS (
    SELECT file_no,
           line,
           unit,
           kind,
           moment,
           server,
           queue_id,
           said,
           CASE kind
               WHEN 3 THEN split_part(split_part(said, ',', 1), '=', 2)
               WHEN 4 THEN regexp_extract(said, '^[Mm]ilter(?:: |=)([a-z]+)', 1)
               ELSE ''
           END AS step,
           CASE
               WHEN kind = 3 AND regexp_matches(said, ', relay=[^,]*, reject=') THEN
                   regexp_extract(said, ', relay=[^,]*, reject=(.*)$$', 1)
               WHEN contains(said, ', reject=') THEN substr(said, strpos(said, ', reject=') + 9)
               WHEN contains(said, ', quarantine=') THEN substr(said, strpos(said, ', quarantine=') + 13)
               WHEN kind = 5 THEN trim(substr(said, strpos(said, '>... ') + 5))
               WHEN kind = 6 THEN split_part(said, ', relay=', 1)
               WHEN kind = 9 OR suffix(said, ', discard') THEN NULL
               ELSE said
           END AS reply,
           CASE
               WHEN kind = 5 THEN left(said, strpos(said, '>... '))
               WHEN kind = 3 THEN
                   regexp_extract(
                       said,
                       ', arg1=(.*?)(?:, arg2=.*?)?(?:, relay=.*?)?, (?:reject=|discard$$|quarantine=)',
                       1
                   )
               WHEN kind = 4 AND step IN ('to', 'from') THEN
                   regexp_extract(said, '^Milter: (?:to|from)=(.*?), (?:reject=|discard$$)', 1)
           END AS address,
           CASE
               WHEN kind = 3 THEN regexp_extract(said, ', relay=([^,]*?), (?:reject=|discard$$|quarantine=)', 1)
               WHEN kind = 6 THEN
                   CASE
                       WHEN starts_with(said, 'rejecting ') THEN
                           regexp_extract(said, ' from +((?:[^ ]+ )?\[[^\]]*\])', 1)
                       WHEN starts_with(said, 'tcp') THEN
                           regexp_replace(said, '^tcpwrappers \(([^,]*), *([^,)]*)\).*$$', '\1 [\2]')
                       ELSE nullif(split_part(said, ', relay=', if(contains(said, ', relay='), -1, 2)), '')
                   END
               WHEN step = 'connect' THEN
                   cell_of(replace(said, ' host=', ', host='), ', host=') || ' [' || cell_of(said, ', addr=') || ']'
           END AS peer
    FROM lines
    WHERE kind IN (3, 4, 5, 6, 9) AND reason IS NULL
)
SELECT *,
       kind = 9
       OR (
           kind = 3
           AND NOT regexp_matches(step, '^(?:check_(?:rcpt|mail|relay|vrfy|expn|etrn)|trust_auth|tls_client)$$')
       )
       OR (kind = 4 AND step NOT IN ('to', 'from', 'helo', 'connect', 'rcpt')) AS whole,
       CASE
           WHEN kind = 9 OR suffix(said, ', discard') THEN 'dropped'
           WHEN kind IN (3, 4) AND NOT contains(said, ', reject=') AND contains(said, ', quarantine=') THEN
               'quarantined'
           WHEN reply[1] = '4' OR suffix(said, 'temp failing commands') THEN 'deferred'
           WHEN kind = 5 AND regexp_matches(reply, '^(?:Too many recipients|Temporary|[Gg]reylist)') THEN 'deferred'
           ELSE 'rejected'
       END AS outcome,
       step IN ('check_mail', 'from')
       OR (
           kind = 5
           AND regexp_matches(reply, '^(?:Domain of sender|[Ss]ender |.*for sender|Real domain name)')
       ) AS of_sender,
       if(
           address = '' OR (kind = 3 AND step NOT IN ('check_mail', 'check_rcpt', 'check_vrfy', 'check_expn')),
           NULL,
           address
       ) AS about
FROM cut;

-- What became of a mail as a whole, said once.
CREATE TEMP TABLE verdicts AS
SELECT unit, arg_min(outcome, (moment, file_no, line)) AS outcome, arg_min(reply, (moment, file_no, line)) AS reply
FROM doors
WHERE whole AND queue_id IS NOT NULL
GROUP BY unit;
