-- From a text to its words: what differs from one message to the next is taken out, so that expressions for codes and
-- causes run once per shape; then what stands before the reply proper is.

-- Without Exchange's tags, the command that was answered, `host[address]`, mail addresses, and long words with digits
-- (ids, times, GUIDs). Codes are too short to be hit; in `550-Unfortunately` three digits and a dash keep their word, and
-- in `4.7.0 [192.0.2.1]` the code is no host, in `550 [5.7.123]` no address.
CREATE OR REPLACE TEMP MACRO reason_shape(led) AS
    lower(
        regexp_replace(
            without_tags(led),
            '\[SmtpSecurity=[^\]]*\]?|\[[A-Z]{2}[A-Z0-9]{8,}[^\]]*\]?|\(in reply to [^)]*\)?|(?:[A-Za-z0-9_.-]+|[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]*[A-Za-z]\.? )?\[(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]+)\](?::\d+)?|[^ <>"''(),;:\[\]{}=]+@[^ <>"''(),;:\[\]{}]+|[A-Za-z._:=+/-]*[A-Za-z._+/-][0-9][A-Za-z0-9._:=+/-]{12,}|\b(?:[0-9]{4,}|[0-9]{1,3}(?:[A-Za-z._=+/]|:[0-9])|[0-9]{1,2}-)[A-Za-z0-9._:=+/-]{11,}',
            '~',
            'g'
        )
    );

-- Where the reply proper begins: behind a date, or `host ~ said:`, or `Diagnostic-Code:` of a delivery status notification
-- (whose Status counts where the diagnosis has none), or in `#<host #5.7.1 smtp; 550 5.7.1 …>` of Exchange's reports,
-- which becomes `550 5.7.1 …`, or behind `host gave this error:` of its newer ones. Words follow the codes there: `…`
-- says that a text which ends with its codes was cut.
CREATE OR REPLACE TEMP MACRO reason_words(shape) AS
    CASE
        WHEN contains(shape, 'diagnostic-code:') THEN
            regexp_replace(
                shape,
                '^(?:.*(status: ?[245]\.[0-9]{1,3}\.[0-9]{1,3})\b.*)?diagnostic-code: ?(?:.*~ said: |.*~ refused to talk to me: )?(.*)$',
                '\2 (\1)'
            )
        WHEN contains(shape, ' smtp;') AND contains(shape, '#') THEN
            regexp_replace(
                shape,
                '#([245]\.[0-9]{1,3}\.[0-9]{1,3}) smtp; ?([245][0-5][0-9])(?: [245]\.[0-9]{1,3}\.[0-9]{1,3})?',
                '\2 \1'
            )
        WHEN contains(shape, ' gave this error: ') THEN substr(shape, strpos(shape, ' gave this error: ') + 18) || '…'
        WHEN regexp_matches(shape, '^[^0-9a-z]*[245][0-5][0-9][ -]') THEN shape
        WHEN contains(shape, '~ said: ') THEN substr(shape, strpos(shape, '~ said: ') + 8) || '…'
        WHEN contains(shape, '~ refused to talk to me: ') THEN
            substr(shape, strpos(shape, '~ refused to talk to me: ') + 25) || '…'
        WHEN regexp_matches(shape, '^[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4},? [0-9]{1,2}:') THEN
            regexp_replace(shape, '^[0-9./-]+,? [0-9:.]+(?: [ap]\.?m\.?)?', '~')
        ELSE shape
    END;

-- The words of a reply over several lines without the code at the beginning of each: it would stand in the middle of
-- sentences, as in `presents a potential 552-5.7.0 security issue`.
CREATE OR REPLACE TEMP MACRO sentences(words) AS
    CASE
        WHEN contains(words, '-5.') OR contains(words, '-4.') THEN
            regexp_replace(words, ' [245][0-5][0-9][ -][245]\.[0-9]{1,3}\.[0-9]{1,3} ', ' ', 'g')
        ELSE words
    END;
