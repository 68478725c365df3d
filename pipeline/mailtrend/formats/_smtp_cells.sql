-- Both Exchange protocol logs: how their cells are read.

-- Address of an endpoint `192.0.2.1:25` or `[2001:db8::1]:25`.
CREATE OR REPLACE TEMP MACRO endpoint_ip(endpoint) AS
    nullif(trim(regexp_replace(endpoint, ':[0-9]+$$', ''), '[]'), '');

-- `SERVER\Name - <guid>` is the connector `Name`. The pattern is asked only where something follows a dash.
CREATE OR REPLACE TEMP MACRO without_guid(name) AS
    CASE
        WHEN contains(name, ' - ') THEN
            regexp_replace(name, ' - \{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?$$', '')
        ELSE name
    END;
CREATE OR REPLACE TEMP MACRO plain_connector(cell) AS
    nullif(trim(without_guid(if(contains(cell, '\'), split_part(cell, '\', -1), cell))), '');

-- What stands behind a mark, up to the next `>` or to the end: cutting costs a fifth of a pattern.
CREATE OR REPLACE TEMP MACRO up_to_bracket(text, mark) AS
    split_part(substring(text, strpos(text, mark) + length(mark)), '>', 1);

-- The path in `MAIL FROM:<a@b> SIZE=1` or `RCPT TO:<a@b> NOTIFY=…`; '' for `<>`. Some clients leave the brackets out.
CREATE OR REPLACE TEMP MACRO path_of(command) AS
    CASE
        WHEN contains(command, '<"') THEN regexp_extract(command, '<("(?:[^"\\]|\\.)*"[^>]*)>', 1)
        WHEN contains(command, '<') THEN up_to_bracket(command, '<')
        ELSE regexp_extract(command, ': *([^ ]*)', 1)
    END;
CREATE OR REPLACE TEMP MACRO size_of(command) AS
    TRY_CAST(nullif(regexp_extract(upper(command), ' SIZE=([0-9]+)', 1), '') AS BIGINT);

-- What a command is. Most verbs come in capitals, so those are looked for first.
CREATE OR REPLACE TEMP MACRO command_kind(data) AS
    CASE
        WHEN starts_with(data, 'MAIL') THEN 1
        WHEN starts_with(data, 'RCPT') THEN 2
        WHEN starts_with(data, 'BDAT') AND suffix(data, ' LAST') THEN 5
        WHEN data = 'QUIT' THEN 7
        WHEN starts_with(data, 'EHLO') OR starts_with(data, 'STARTTLS') THEN 9
        ELSE
            CASE upper(substring(data, 1, 4))
                WHEN 'MAIL' THEN 1
                WHEN 'RCPT' THEN 2
                WHEN 'DATA' THEN 3
                WHEN 'BDAT' THEN if(suffix(upper(rtrim(data)), ' LAST'), 5, 4)
                WHEN 'RSET' THEN 6
                WHEN 'QUIT' THEN 7
                WHEN 'AUTH' THEN 8
                ELSE if(upper(substring(data, 1, 1)) BETWEEN 'A' AND 'Z', 9, 0)
            END
    END;

-- What a reply is. One of several lines stands in one row, or each of its lines in a row of its own.
CREATE OR REPLACE TEMP MACRO reply_kind(data) AS
    CASE
        WHEN starts_with(data, '250 ') OR starts_with(data, '220 ') OR starts_with(data, '221 ') THEN 10
        WHEN substring(data, 1, 1) NOT IN ('2', '4', '5') THEN 0
        WHEN substring(data, 4, 1) IN (' ', '') THEN 10
        WHEN substring(data, 4, 1) <> '-' THEN 0
        WHEN contains(data, ' ' || substring(data, 1, 3) || ' ') THEN 10
        WHEN starts_with(data, '2') THEN 0
        ELSE 11
    END;
CREATE OR REPLACE TEMP MACRO code_of(reply) AS
    CASE
        WHEN starts_with(reply, '250') THEN 250
        WHEN starts_with(reply, '220') THEN 220
        ELSE TRY_CAST(substring(reply, 1, 3) AS SMALLINT)
    END;

-- What kind of row it is: commands 1 MAIL  2 RCPT  3 DATA  4 BDAT  5 BDAT LAST  6 RSET  7 QUIT  8 AUTH  9 others;
-- 10 a final reply  11 part of a failing reply that goes on  20 which message comes next  21 TLS agreed  22 TLS failed
-- 23 not connected  24 disconnected; 0 tells nothing. NULL is no event that is known.
CREATE OR REPLACE TEMP MACRO kind_of(event, data, context) AS
    CASE event
        WHEN '$command' THEN command_kind(data)
        WHEN '$reply' THEN reply_kind(data)
        WHEN '*' THEN
            CASE
                WHEN starts_with(context, 'sending message with RecordId') THEN 20
                WHEN starts_with(context, 'TLS protocol ') THEN 21
                WHEN starts_with(context, 'TLS negotiation failed') THEN 22
                WHEN starts_with(context, 'Failed to connect') THEN 23
                ELSE 0
            END
        WHEN '-' THEN 24
        WHEN '+' THEN 0
    END::TINYINT;

-- The Message-ID in `sending message with RecordId 1 and InternetMessageId <a@b>`.
CREATE OR REPLACE TEMP MACRO id_in(note) AS
    CASE
        WHEN NOT contains(note, 'InternetMessageId ') THEN ''
        WHEN strpos(note, 'InternetMessageId <') = strpos(note, 'InternetMessageId ') THEN
            up_to_bracket(note, 'InternetMessageId <')
        ELSE up_to_bracket(note, 'InternetMessageId ')
    END;

-- The version in `TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded …`.
CREATE OR REPLACE TEMP MACRO tls_in(note) AS
    CASE
        WHEN starts_with(note, 'TLS protocol SP_PROT_TLS1_2') THEN 'TLS1.2'
        WHEN starts_with(note, 'TLS protocol SP_PROT_TLS1_3') THEN 'TLS1.3'
        ELSE replace(regexp_extract(note, 'SP_PROT_((?:TLS|SSL)[0-9](?:_[0-9])?)', 1), '_', '.')
    END;

-- What is wrong with a row, if anything is.
CREATE OR REPLACE TEMP MACRO fault_of(moment, is_nameless, number, kind) AS
    CASE
        WHEN moment IS NULL THEN 'no such time'
        WHEN is_nameless THEN 'no session id'
        WHEN number IS NULL THEN 'no sequence number'
        WHEN kind IS NULL THEN 'unknown event: + - > < * are known'
    END;
