-- Lines about mail that did not get in: which of them are refusals, and lines that continue others.

-- The kind of a line that may tell of a refusal: what a remote server said in the course of a delivery (it stands after
-- a colon), what an ACL merely warned of, and what was only checked, is none.
CREATE OR REPLACE TEMP MACRO refusal_kind(said) AS
    CASE
        WHEN regexp_matches(
            said,
            '^(?:[^:]|:[^ ])*?\b(?:temporarily )?rejected (?:RCPT|MAIL|EHLO|HELO|connection|DATA|BDAT|AUTH|STARTTLS'
            || '|VRFY|EXPN|ETRN|QUIT|after |during |by |from |mail )'
        )
            AND NOT regexp_matches(said, '^(?:[^:]|:[^ ])*? Warning: ') THEN 7
        WHEN starts_with(said, 'SMTP protocol synchronization error ') THEN 7
        WHEN starts_with(said, 'refused connection from ')
            OR regexp_matches(said, '^(?:SMTP c|C)onnection from (?:[^:]|:[^ ])*? refused(?::| )') THEN 7
        WHEN regexp_matches(said, '^[^ :]+ authenticator failed for ') THEN 7
        WHEN regexp_matches(said, '^SMTP call from (?:[^:]|:[^ ])*? dropped: too many ') THEN 7
        WHEN regexp_matches(said, '^(?:[^:]|:[^ ])*? RCPT [^ ]+: discarded by ') THEN 9
        WHEN starts_with(said, 'TLS error on connection from ') OR starts_with(said, 'SMTP data timeout ') THEN 8
        ELSE 0
    END;

-- Header lines that a reject log quotes below a refusal, and the second line of a message to the panic log.
CREATE OR REPLACE TEMP MACRO is_continuation(text) AS
    regexp_matches(text, '^(?:Envelope-(?:from|to): |[A-Z* ] [!-9;-~]+:|[-+]{10,}$$|[ \t]+[^ \t])')
    AND NOT regexp_matches(text, ' (?:<=|=>|->|\*\*|==) ');

CREATE OR REPLACE TEMP MACRO names_zone(stamp) AS
    suffix(stamp, 'Z') OR regexp_matches(stamp, '[+-][0-9]{2}:?[0-9]{2}$$');

-- The words of a refusal up to what was refused, without the argument: `temporarily rejected RCPT`.
CREATE OR REPLACE TEMP MACRO refusal_words(said) AS
    CASE
        WHEN starts_with(said, 'SMTP protocol synchronization error ') THEN 'synchronization error'
        WHEN contains(said, ' authenticator failed for ') AND NOT starts_with(said, 'H=') THEN 'authenticator failed'
        WHEN starts_with(said, 'SMTP call from ') THEN 'dropped'
        WHEN starts_with(said, 'refused connection from ') OR contains(left(said, 20), 'onnection from ') THEN
            'refused connection'
        ELSE
            regexp_extract(
                said,
                '\b((?:temporarily )?rejected (?:EHLO or HELO|after [A-Z]+|during [A-Z]+(?: ACL)?|by [^ :]+(?: ACL)?|[A-Za-z]+))',
                1
            )
    END;
