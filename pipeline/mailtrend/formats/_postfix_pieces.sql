-- `STAMP HOST TAG[PID]: QUEUE: FACT`, cut once at its colons, so that every later test looks at a short text. What the
-- line states is a number, which sorts and groups faster than a word; 0 states nothing that is counted:
-- 1 client=  2 uid= (pickup)  3 message-id=  4 from=, size=  5 from=, status=expired  6 to=  7 removed
-- 8 reject, hold, discard  9 TLS connection. `origin` is `HOST TAG[PID`; `mail` is what lines about one mail have in common.
WITH whole AS (
    SELECT file_no, line, without_prefix(text) AS text FROM raw
),
pieces AS (
    SELECT file_no, line, text, string_split(text, ': ') AS pieces FROM whole
),
ids AS (
    SELECT file_no,
           line,
           text,
           pieces,
           suffix(pieces[1], ']') AS tagged,
           -- Some templates of a shipper leave out the colon of the tag: `postfix/smtpd[11] QUEUE: FACT`.
           NOT tagged AND contains(pieces[1], '] ') AS bare,
           CASE
               WHEN tagged THEN length(pieces[1]) + 3
               WHEN bare THEN strpos(pieces[1], '] ') + 2
               ELSE strpos(text, ']: ') + 3
           END AS message,
           if(tagged, pieces[2], split_part(substr(text, message), ': ', 1)) AS queue_id
    FROM pieces
),
details AS (
    SELECT file_no,
           line,
           text,
           message,
           bare,
           queue_id,
           length(queue_id) BETWEEN 4 AND 32 AS queued,
           CASE
               WHEN message <= 20 THEN ''
               WHEN tagged AND len(pieces) < 4 THEN coalesce(pieces[3], '')
               ELSE substr(text, message + length(queue_id) + 2)
           END AS detail
    FROM ids
),
kinds AS (
    SELECT file_no,
           line,
           text,
           message,
           bare,
           queue_id,
           detail,
           CASE
               WHEN detail = '' THEN 0
               WHEN NOT queued THEN if(contains(queue_id, ' TLS connection established to '), 9, 0)
               WHEN starts_with(detail, 'to=') THEN if(contains(detail, ', status='), 6, 0)
               WHEN starts_with(detail, 'client=') THEN 1
               WHEN starts_with(detail, 'message-id=') THEN 3
               WHEN starts_with(detail, 'removed') THEN 7
               WHEN starts_with(detail, 'from=') THEN
                   CASE
                       WHEN contains(detail, ', size=') THEN 4
                       WHEN contains(detail, ', status=') AND contains(detail, 'expired') THEN 5
                       ELSE 0
                   END
               WHEN starts_with(detail, 'reject:')
                   OR starts_with(detail, 'milter-reject:')
                   OR starts_with(detail, 'proxy-reject:') THEN 8
               WHEN starts_with(detail, 'uid=') THEN 2
               WHEN starts_with(detail, 'hold:')
                   OR starts_with(detail, 'discard:')
                   OR starts_with(detail, 'milter-hold:')
                   OR starts_with(detail, 'milter-discard:') THEN 8
               ELSE 0
           END AS kind,
           CASE
               WHEN kind = 0 THEN NULL
               WHEN substr(text, 4, 1) <> ' ' THEN strpos(text, ' ')
               WHEN substr(text, 16, 1) = ' ' THEN 16
               ELSE 15 + strpos(substr(text, 16), ' ')
           END AS blank
    FROM details
),
origins AS (
    SELECT *, if(kind = 0, NULL, substr(text, blank + 1, message - blank - if(bare, 3, 4))) AS origin FROM kinds
),
told AS (
    SELECT *,
           CASE
               WHEN kind IN (0, 9) THEN NULL
               WHEN kind = 8 AND queue_id = 'NOQUEUE' THEN hash(file_no, line)
               ELSE hash(left(origin, strpos(origin, '/') - 1), queue_id)
           END AS mail
    FROM origins
)
