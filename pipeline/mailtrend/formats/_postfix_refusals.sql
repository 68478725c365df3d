-- Mail that was turned away, `reject: RCPT from host[ip]: 554 5.7.1 text; from=<> to=<> proto=ESMTP helo=<>`, put on hold
-- or thrown away, `hold: header Subject: text from host[ip]; from=<> to=<> proto=ESMTP helo=<>: text`.

-- What stands behind the envelope; a rule's own words need no code. Mail that was posted here comes `from local` and has
-- neither proto= nor helo=; what asks for an address (VRFY) has no from=.
CREATE TEMP TABLE refusals AS
WITH cells AS (
    SELECT file_no,
           line,
           unit,
           moment,
           nullif(queue_id, 'NOQUEUE') AS queue_id,
           server_of(origin) AS server,
           service_of(origin) AS service,
           regexp_extract(detail, '^((?:[a-z]+-)?(?:reject|hold|discard): [^ :]+)', 1) AS event,
           regexp_extract(detail, ' from ([^ \[]*\[[^\]]*\])', 1) AS peer,
           CASE
               WHEN regexp_matches(detail, '^[a-z-]+: (?:header|body|mime-header|nested-header) ') THEN
                   coalesce(
                       nullif(
                           regexp_extract(
                               detail, '>: ((?:[245][0-9]{2}[ -])?[245]\.[0-9]{1,3}\.[0-9]{1,3} [^>]*)$$', 1
                           ),
                           ''
                       ),
                       regexp_extract(detail, '>: ([^>]*)$$', 1)
                   )
               ELSE
                   regexp_extract(
                       detail,
                       '(?:reject|hold|discard): [^ :]+(?: from [^ \[]*\[[^\]]*\](?::[0-9]+)?)?: '
                           || '(.*?)(?:; (?:from=<|to=<|proto=|helo=<).*)?$$',
                       1
                   )
           END AS response,
           regexp_extract(
               detail,
               '; (?:from=<(.*?)>(?:,? to=<(.*?)>)?|to=<(.*?)>)(?:,? (?:proto=|helo=)|: |,? ?$$)',
               ['sender', 'recipient', 'asked']
           ) AS envelope,
           contains(detail, '; from=<>') AS from_nobody
    FROM facts
    WHERE kind = 8
)
SELECT * EXCLUDE (envelope, from_nobody),
       CASE
           WHEN envelope.sender <> '' THEN envelope.sender
           WHEN from_nobody THEN ''
       END AS sender,
       nullif(envelope.recipient || envelope.asked, '') AS recipient,
       contains(event, 'hold:') AS held,
       contains(event, 'discard:') AS discarded,
       regexp_extract(response, '^(?:[245][0-9]{2}[ -])?([245]\.[0-9]{1,3}\.[0-9]{1,3})', 1) AS code
FROM cells;
