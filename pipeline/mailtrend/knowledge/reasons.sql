-- The grammar of failure texts: which part is the reply, which codes it carries, which server it came from.
-- One implementation for ingest and for `mailtrend explain`. Only distinct texts come here; the regular expressions for
-- codes and causes run once per shape, that is, after addresses, hosts, ids and times have been taken out of the text.

-- A text on one line. Exim writes line ends as `\n`; what was pasted from a browser or a mail has blanks and quotes beyond
-- ASCII (no-break, zero width, byte order mark).
CREATE OR REPLACE TEMP MACRO reason_line(told) AS
    CASE
        WHEN told IS NULL THEN ''
        WHEN strlen(told) > length(told) OR contains(told, chr(10)) OR contains(told, chr(13)) OR contains(told, chr(9))
        OR contains(told, '\n') THEN
            replace(
                translate(
                    told,
                    chr(10) || chr(13) || chr(9) || chr(160) || chr(8239) || chr(8203) || chr(65279) || '“”„‘’',
                    '       """'''''
                ),
                '\n',
                ' '
            )
        ELSE told
    END;

-- Without the blanks and quotes around it. (`trim` is slow, so it is kept for texts that have any.)
CREATE OR REPLACE TEMP MACRO unquoted(line) AS
    CASE
        WHEN starts_with(line, ' ') OR starts_with(line, '''') OR starts_with(line, '"') OR ends_with(line, ' ')
        OR ends_with(line, '''') OR ends_with(line, '"') THEN trim(line, ' ''"')
        ELSE line
    END;

-- Single blanks only: lists printed over several lines are indented, and IIS writes blanks as `+`.
CREATE OR REPLACE TEMP MACRO single_blanks(line) AS
    CASE
        WHEN contains(line, '  ') THEN regexp_replace(line, ' {2,}', ' ', 'g')
        WHEN contains(line, '+') AND NOT contains(line, ' ') THEN replace(line, '+', ' ')
        ELSE line
    END;

-- A value of Exchange's `[{LED=…};{MSG=…};{FQDN=…};{IP=…};{LRT=…}]` without what follows it. The order of the keys
-- differs, and a value may hold brackets, braces and semicolons: it ends where a known key begins or the list ends.
-- Macros are pasted in, so a parameter must not be used twice where such macros nest: the work would double each time.
-- (`split_part` is such a macro; `string_split` is none.)
CREATE OR REPLACE TEMP MACRO led_value(told) AS
    string_split(
        string_split(
            string_split(string_split(string_split(string_split(told, '};{MSG=')[1], '};{FQDN=')[1], '};{IP=')[1], '};{L')[1],
            '}];[{'
        )[1],
        '. OutboundProxyTarget'
    )[1];

-- The MSG of a list; nothing if the list was cut inside it.
CREATE OR REPLACE TEMP MACRO closed_message(told) AS
    CASE
        WHEN contains(told, '};{') OR contains(told, '}]') THEN
            ' [Message=' || string_split(string_split(told, '};{')[1], '}]')[1] || ']'
        ELSE ''
    END;

-- The reply of an Exchange list and its MSG, as `reply [Message=…]`; other texts as they stand. `}]` at the very end
-- closes the list; what is left of a list that was cut short stays as it is.
CREATE OR REPLACE TEMP MACRO reason_led(line) AS
    CASE
        WHEN contains(line, 'LED=') THEN
            regexp_replace(
                led_value(substr(replace(line, '}; {', '};{'), strpos(replace(line, '}; {', '};{'), 'LED=') + 4)),
                '\}\][}.'';"\s]*$',
                ''
            )
            || CASE
                WHEN contains(line, '{MSG=') AND NOT contains(line, '{MSG=}') THEN
                    closed_message(string_split(replace(line, '}; {', '};{'), '{MSG=')[2])
                ELSE ''
            END
        ELSE line
    END;

-- Exchange's tags stand together at the end; only a reply in parentheses may follow them.
CREATE OR REPLACE TEMP MACRO without_tags(led) AS
    CASE
        WHEN contains(led, '[LastAttempted') THEN
            string_split(led, '[LastAttempted')[1] || '~ ' || string_split(led, ']')[-1]
        ELSE led
    END;

-- The text without what differs from one message to the next: Exchange's tags, the command that was answered,
-- `host[address]`, mail addresses, and long words with digits (ids, times, GUIDs). Codes are too short to be hit, and
-- in `550-Unfortunately` three digits and a dash keep their word.
CREATE OR REPLACE TEMP MACRO reason_shape(led) AS
    lower(
        regexp_replace(
            without_tags(led),
            '\[SmtpSecurity=[^\]]*\]?|\[[A-Z]{2}[A-Z0-9]{8,}[^\]]*\]?|\(in reply to [^)]*\)?|(?:[A-Za-z0-9_.-]+|[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+ )?\[[0-9a-fA-F.:]{7,}\](?::\d+)?|[^ <>"''(),;:\[\]{}=]+@[^ <>"''(),;:\[\]{}]+|[A-Za-z._:=+/-]+[0-9][A-Za-z0-9._:=+/-]{12,}|\b(?:[0-9]{4,}|[0-9]{1,3}[A-Za-z._:=+/]|[0-9]{1,2}-)[A-Za-z0-9._:=+/-]{11,}',
            '~',
            'g'
        )
    );

-- Where the reply proper begins: behind `host ~ said:`, or in `#<host #5.7.1 smtp; 550 5.7.1 …>` of Exchange's reports,
-- which becomes `550 5.7.1 …`, or behind `host gave this error:` of its newer ones.
CREATE OR REPLACE TEMP MACRO reason_words(shape) AS
    CASE
        WHEN contains(shape, ' smtp;') AND contains(shape, '#') THEN
            regexp_replace(
                shape,
                '#([245]\.[0-9]{1,3}\.[0-9]{1,3}) smtp; ?([245][0-5][0-9])(?: [245]\.[0-9]{1,3}\.[0-9]{1,3})?',
                '\2 \1'
            )
        WHEN contains(shape, ' gave this error: ') THEN substr(shape, strpos(shape, ' gave this error: ') + 18)
        WHEN contains(shape, '~ said: ') THEN substr(shape, strpos(shape, '~ said: ') + 8)
        WHEN contains(shape, '~ refused to talk to me: ') THEN
            substr(shape, strpos(shape, '~ refused to talk to me: ') + 25)
        ELSE shape
    END;

-- Codes as (reply, status, bare): `450 4.4.317`, `451-4.7.23`, `550 #5.1.1`, `451 4-4.395`, `450`, or only `5.7.1`.
-- What follows must not go on: `550 5.79.12.14` is an address behind a bare 550, `4.16.55.1` is no code at all.
CREATE OR REPLACE TEMP MACRO codes_after(words, opening) AS
    regexp_extract(
        words,
        opening
        || '(?:([245][0-5][0-9])(?:[ -]+#?([245][.-][0-9]{1,3}\.[0-9]{1,3}))?|([245]\.[0-9]{1,3}\.[0-9]{1,3}))(?:[^0-9a-z.]|\.?$|\.[^0-9a-z])',
        ['reply', 'status', 'bare']
    );

CREATE OR REPLACE TEMP MACRO reply_in(codes) AS TRY_CAST(nullif(codes.reply, '') AS SMALLINT);

CREATE OR REPLACE TEMP MACRO status_in(codes) AS
    replace(coalesce(nullif(codes.status, ''), nullif(codes.bare, '')), '-', '.');

-- The outer reply. First choice is the beginning, behind words such as `Reason:` or `smtp;`; then a full pair anywhere;
-- then a bare reply code, but only behind words that announce one, so that no count or address is taken for it.
CREATE OR REPLACE TEMP MACRO outer_codes(words) AS
    CASE
        WHEN regexp_matches(words, '^[^0-9a-z]*(?:[a-z-]{2,20}[:;=] ?){0,3}[^0-9a-z]*[245][0-5.][0-9]')
        AND codes_after(words, '^[^0-9a-z]*(?:[a-z-]{2,20}[:;=] ?){0,3}[^0-9a-z]*') <> {'reply': '', 'status': '', 'bare': ''} THEN
            codes_after(words, '^[^0-9a-z]*(?:[a-z-]{2,20}[:;=] ?){0,3}[^0-9a-z]*')
        WHEN regexp_matches(words, '(?:^|[^0-9a-z.@_/-])[245][0-5][0-9][ -]#?[245]\.[0-9]{1,3}\.[0-9]{1,3}(?:[^0-9a-z.]|\.?$|\.[^0-9a-z])') THEN
            regexp_extract(
                words,
                '(?:^|[^0-9a-z.@_/-])([245][0-5][0-9])[ -]#?([245]\.[0-9]{1,3}\.[0-9]{1,3})()(?:[^0-9a-z.]|\.?$|\.[^0-9a-z])',
                ['reply', 'status', 'bare']
            )
        ELSE
            codes_after(
                words,
                '(?:~:|said:|returned:?|replied:?|responded with:?|answered:?|error:|code:?|smtp[;:]?|status:?|server:|rejected:|reject[:=]|reply:?|deferred:|failed:|->) ?[''"]?'
            )
    END;

-- An enhanced code that stands behind its sentence, as in `550 no mailbox here by that name (#5.1.1)`.
CREATE OR REPLACE TEMP MACRO trailing_status(words) AS
    nullif(regexp_extract(words, '[\[(#]#?([245]\.[0-7]\.[0-9]{1,3})[\])]', 1), '');

-- The enhanced code of a reply over several lines whose first line lacks it: `550-Refused 550 5.7.1 …`.
CREATE OR REPLACE TEMP MACRO same_reply(rest, reply) AS
    CASE
        WHEN contains(rest, CAST(reply AS VARCHAR)) THEN
            list_extract(
                list_filter(
                    [regexp_extract(
                        rest,
                        '(?:^|[^0-9a-z.(>])([245][0-5][0-9])[ -]#?([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9a-z.]|\.?$|\.[^0-9a-z])',
                        ['reply', 'status']
                    )],
                    lambda pair: pair.reply = CAST(reply AS VARCHAR)
                ),
                1
            ).status
    END;

-- What stands behind the outer codes: only there can a wrapped reply be.
CREATE OR REPLACE TEMP MACRO behind(words, reply, status) AS
    CASE
        WHEN reply IS NOT NULL THEN substr(words, strpos(words, CAST(reply AS VARCHAR)) + 3)
        WHEN status IS NOT NULL THEN substr(words, strpos(words, status) + length(status))
        ELSE ''
    END;

-- The wrapped reply, innermost first: quoted behind `responded with:`, behind `->`, in `[Message=…]`, in parentheses,
-- quoted behind `returned` or `with`, behind `Response:` or an address, and as `<host #4.4.1>`.
CREATE OR REPLACE TEMP MACRO inner_codes(rest) AS
    CASE
        WHEN rest = '' OR NOT regexp_matches(rest, '[245][0-5.][0-9]') THEN {'reply': '', 'status': '', 'bare': ''}
        WHEN regexp_matches(rest, 'responded with:? ?[''"]?[245][0-5.][0-9]') THEN
            codes_after(rest, 'responded with:? ?[''"]?')
        WHEN regexp_matches(rest, '-> ?[''"]?[245][0-5.][0-9]') THEN codes_after(rest, '-> ?[''"]?')
        WHEN regexp_matches(rest, '\[message=[245][0-5.][0-9]') THEN codes_after(rest, '\[message=')
        WHEN regexp_matches(rest, '\([45][0-5][0-9][ -][45]\.[0-9]') THEN codes_after(rest, '\(')
        WHEN regexp_matches(rest, '\([45][0-5][0-9] [a-z][^()]*\)[''" .]*$') THEN
            regexp_extract(rest, '\(([45][0-5][0-9])()() [a-z][^()]*\)[''" .]*$', ['reply', 'status', 'bare'])
        WHEN regexp_matches(rest, '(?:returned|with|said|replied):? [''"][245][0-5.][0-9]') THEN
            codes_after(rest, '(?:returned|with|said|replied):? [''"]')
        WHEN regexp_matches(rest, '(?:~ said: |response: |~:)[245][0-5.][0-9]') THEN
            codes_after(rest, '(?:~ said: |response: |~:)')
        WHEN contains(rest, ' #') THEN
            regexp_extract(rest, '<[^<> ]+() #([245]\.[0-9]{1,3}\.[0-9]{1,3})()>', ['reply', 'status', 'bare'])
        ELSE {'reply': '', 'status': '', 'bare': ''}
    END;

-- The words of a reply over several lines without the code at the beginning of each: it would stand in the middle of
-- sentences, as in `presents a potential 552-5.7.0 security issue`.
CREATE OR REPLACE TEMP MACRO sentences(words) AS
    CASE
        WHEN contains(words, '-5.') OR contains(words, '-4.') THEN
            regexp_replace(words, ' [245][0-5][0-9]-[245]\.[0-9]{1,3}\.[0-9]{1,3} ', ' ', 'g')
        ELSE words
    END;

-- A server's name, or NULL: Exchange writes nothing or `xxx` where it has none, and a name that was cut is none.
CREATE OR REPLACE TEMP MACRO sound_host(host) AS
    CASE
        WHEN lower(host) IN ('', 'xxx', 'none', 'null', 'unknown', 'localhost') THEN NULL
        WHEN regexp_full_match(host, '[A-Za-z0-9_][A-Za-z0-9_.:-]*') THEN rtrim(host, '.')
    END;

-- An address without its port, brackets and zone, or NULL.
CREATE OR REPLACE TEMP MACRO sound_address(address) AS
    CASE
        WHEN regexp_full_match(address, '(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]+)?') THEN split_part(address, ':', 1)
        WHEN contains(address, ':') THEN
            nullif(regexp_extract(address, '^\[?([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:%[0-9A-Za-z]+)?(?:\](?::[0-9]+)?)?$', 1), '')
    END;

-- What Exchange's tags say of the server: tried last, then the list's own keys, then the suffix behind a cut text.
CREATE OR REPLACE TEMP MACRO tagged_host(line) AS
    coalesce(
        CASE
            WHEN contains(line, 'LastAttemptedServerName=') THEN
                sound_host(regexp_extract(line, 'LastAttemptedServerName=([^\]]*)\]', 1))
        END,
        CASE WHEN contains(line, '{FQDN=') THEN sound_host(regexp_extract(line, '\{FQDN=([^}]*)\}', 1)) END,
        CASE
            WHEN contains(line, '{Last attempted server name=') THEN
                sound_host(regexp_extract(line, '\{Last attempted server name=([^}]*)\}', 1))
        END,
        CASE
            WHEN contains(line, ' gave this error: ') THEN
                sound_host(regexp_extract(line, '([A-Za-z0-9_.-]+) gave this error: ', 1))
        END,
        CASE
            WHEN contains(line, 'OutboundProxyTargetHostName: ') THEN
                sound_host(regexp_extract(line, 'OutboundProxyTargetHostName: ([^ ;,\]}]*)', 1))
        END
    );

CREATE OR REPLACE TEMP MACRO tagged_address(line) AS
    coalesce(
        CASE
            WHEN contains(line, 'last endpoint attempted was ') THEN
                sound_address(regexp_extract(line, 'last endpoint attempted was (\[?[0-9A-Fa-f:.]+\]?:[0-9]+)', 1))
        END,
        CASE
            WHEN contains(line, 'LastAttemptedIP=') THEN
                sound_address(regexp_extract(line, 'LastAttemptedIP=(\[[^\]]*\](?::[0-9]+)?|[^\]]*)\]', 1))
        END,
        CASE WHEN contains(line, '{IP=') THEN sound_address(regexp_extract(line, '\{IP=([^}]*)\}', 1)) END,
        CASE
            WHEN contains(line, '{Last attempted IP=') THEN
                sound_address(regexp_extract(line, '\{Last attempted IP=([^}]*)\}', 1))
        END,
        CASE
            WHEN contains(line, 'OutboundProxyTargetIP: ') THEN
                sound_address(rtrim(regexp_extract(line, 'OutboundProxyTargetIP: ([^ ;,\]}]*)', 1), '.'))
        END
    );

-- `host H[IP] said`, `connect to H[IP]:25:`, `lost connection with H[IP]`, Exim's `H=h [ip]:`, `Server at H (IP)`, and
-- `h [ip]: …` or `h [ip] Connection refused` at the very beginning. Exchange's lists have keys of their own for that.
CREATE OR REPLACE TEMP MACRO told_server(line) AS
    CASE
        WHEN contains(line, '{FQDN=') THEN {'host': '', 'address': ''}
        WHEN regexp_matches(line, '(?:host|connect(?:ed)? to|with|[Ss]erver at|connection to|error to|failed for|relay=|H=) ?[^ \[(]+ ?[\[(]') THEN
            regexp_extract(
                line,
                '(?:host|connect(?:ed)? to|(?:connection|conversation) with|[Ss]erver at|connection to|error to|failed for|relay=|\bH=) ?([A-Za-z0-9_][A-Za-z0-9_.-]*)? ?[\[(]([0-9A-Fa-f:.]{2,})[\])](?::[0-9]+)?(?:[ :,]|$)',
                ['host', 'address']
            )
        WHEN contains(line, ' [') THEN
            regexp_extract(
                line,
                '^([A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+) \[([0-9A-Fa-f:.]{2,})\](?::[0-9]+)?(?:[ :,]|$)',
                ['host', 'address']
            )
        ELSE {'host': '', 'address': ''}
    END;

-- A host that has no address in DNS is the server that was to be tried; a domain without MX is no server.
CREATE OR REPLACE TEMP MACRO unresolved_host(line) AS
    CASE
        WHEN contains(line, 'Name service error for name=') THEN
            sound_host(regexp_extract(line, 'Name service error for name=([^ ]+) type=A', 1))
        WHEN contains(line, 'Server at ') OR contains(line, 'server at ') THEN
            sound_host(regexp_extract(line, '[Ss]erver at ([A-Za-z0-9_.-]+) ', 1))
        WHEN contains(line, 'actively refused it ') OR contains(line, 'Destination domain: ') THEN NULL
    END;

-- The address at the end of a Winsock message: `… actively refused it 192.0.2.9:25`.
CREATE OR REPLACE TEMP MACRO winsock_address(line) AS
    CASE
        WHEN contains(line, 'Error Message: ') THEN
            sound_address(rtrim(regexp_extract(line, ' (\[?[0-9A-Fa-f:.]{7,}\]?:[0-9]+)[."]*$', 1), '.'))
    END;

-- Who wrote the reply: Exchange's own component names, tags and sentences, or somebody else; NULL where there are no
-- words.
CREATE OR REPLACE TEMP MACRO issuer_of(line) AS
    CASE
        WHEN regexp_matches(
            line,
            'RESOLVER\.|STOREDRV|QUEUE\.|TRANSPORT\.|SMTPSEND\.|TenantAttribution|TenantInboundAttribution|\bAS\(?[0-9]{2,}|\(S[0-9]{3,}|ATTR[0-9]|PRX[0-9]|(?i:prod\.outlook\.com|protection\.outlook\.com)|LastAttempted|OutboundProxyTarget|MapiException|(?i:starttls is required to send|exchange server authentication|authentication unsuccessful|client submission|authenticated by (?:the )?organi[sz]ation|bad outbound sender)|[0-9] SMTP; '
        ) THEN 'microsoft'
        WHEN regexp_matches(line, '[A-Za-z]{3}') THEN 'standard'
    END;

-- Did the message wait until nobody tried again? A permanent reply that says so, or one of the codes that mean nothing else.
CREATE OR REPLACE TEMP MACRO is_expired(words, reply, status) AS
    CASE
        WHEN reply BETWEEN 200 AND 499 THEN false
        WHEN status IN ('5.4.7', '5.4.300') OR (status = '4.4.7' AND reply >= 500) THEN true
        WHEN regexp_matches(
            words,
            'messages? (?:has |was |have )?expired|queue\.expired|delivery time expired|retry time(?:out)? exceeded|expired, returned to sender|could not be delivered for (?:more than )?[0-9]|could not send message for past|failing for too long|in queue too long'
        ) THEN reply >= 500 OR coalesce(status[1:1], '5') = '5'
        WHEN status IN ('5.4.312', '5.4.315', '5.4.316', '5.4.317', '5.4.318', '5.7.320') THEN
            NOT regexp_matches(words, '[a-z]{3}')
        ELSE false
    END;

-- Texts (response, reply_code, status_code) with everything that is known of them; `texts` is a relation's name.
-- A macro's argument is put in wherever it is named, so each step is MATERIALIZED: expressions would multiply otherwise.
CREATE OR REPLACE TEMP MACRO reasons(texts) AS TABLE
WITH given AS MATERIALIZED (
    SELECT t.response, t.reply_code, t.status_code, reason_line(t.response) AS line
    FROM query_table(texts) AS t
),
bare AS MATERIALIZED (
    SELECT g.response, g.reply_code, g.status_code, unquoted(g.line) AS line
    FROM given AS g
),
lines AS MATERIALIZED (
    SELECT b.response, b.reply_code, b.status_code, single_blanks(b.line) AS line
    FROM bare AS b
),
leds AS MATERIALIZED (
    SELECT l.response, l.reply_code, l.status_code, l.line, reason_led(l.line) AS led
    FROM lines AS l
),
shaped AS MATERIALIZED (
    SELECT l.response, l.reply_code, l.status_code, l.line, reason_shape(l.led) AS shape
    FROM leds AS l
),
worded AS MATERIALIZED (
    SELECT s.response, s.reply_code, s.status_code, s.line, reason_words(s.shape) AS words
    FROM shaped AS s
),
shapes AS MATERIALIZED (
    SELECT DISTINCT w.words, w.reply_code, w.status_code
    FROM worded AS w
),
outers AS MATERIALIZED (
    SELECT s.words, s.reply_code, s.status_code, outer_codes(s.words) AS codes
    FROM shapes AS s
),
found AS MATERIALIZED (
    SELECT o.words, o.reply_code, o.status_code, reply_in(o.codes) AS found_reply, status_in(o.codes) AS found_status
    FROM outers AS o
),
rests AS MATERIALIZED (
    SELECT f.words, f.reply_code, f.status_code, f.found_reply, behind(f.words, f.found_reply, f.found_status) AS rest,
           coalesce(f.found_status, trailing_status(f.words)) AS told_status
    FROM found AS f
),
inners AS MATERIALIZED (
    SELECT r.words, r.reply_code, r.status_code, r.found_reply, r.rest, r.told_status, inner_codes(r.rest) AS wrapped
    FROM rests AS r
),
wrapped AS MATERIALIZED (
    SELECT i.words, i.reply_code, i.status_code, coalesce(i.reply_code, i.found_reply) AS out_reply_code,
           coalesce(
               i.status_code,
               i.told_status,
               CASE WHEN i.wrapped.reply = '' THEN same_reply(i.rest, i.found_reply) END
           ) AS out_status_code,
           reply_in(i.wrapped) AS remote_reply_code, status_in(i.wrapped) AS remote_status_code,
           sentences(i.words) AS sentences
    FROM inners AS i
),
judged AS MATERIALIZED (
    SELECT w.words, w.reply_code, w.status_code, w.out_reply_code, w.out_status_code, w.remote_reply_code,
           w.remote_status_code,
           cause_of(w.sentences, w.out_reply_code, w.out_status_code, w.remote_reply_code, w.remote_status_code) AS cause,
           is_expired(w.words, w.out_reply_code, w.out_status_code) AS expired
    FROM wrapped AS w
),
served AS MATERIALIZED (
    SELECT w.response, w.reply_code, w.status_code, w.line, w.words, told_server(w.line) AS server
    FROM worded AS w
)
SELECT s.response, s.reply_code, s.status_code, j.out_reply_code, j.out_status_code, j.remote_reply_code,
       j.remote_status_code,
       coalesce(tagged_host(s.line), sound_host(s.server.host), unresolved_host(s.line)) AS remote_host,
       coalesce(tagged_address(s.line), sound_address(s.server.address), winsock_address(s.line)) AS remote_ip,
       j.cause, j.expired
FROM served AS s
JOIN judged AS j
  ON s.words = j.words
 AND s.reply_code IS NOT DISTINCT FROM j.reply_code
 AND s.status_code IS NOT DISTINCT FROM j.status_code;
