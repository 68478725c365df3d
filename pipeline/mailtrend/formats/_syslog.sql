-- The frame of a syslog line, whatever program and shipper wrote it: `STAMP HOST TAG[PID]: MESSAGE` is made of it.

-- `STAMP HOST TAG[PID]: MESSAGE` of a journal's JSON (`journalctl -o json`), of a container's JSON log, or of a shipper
-- that wraps the whole line. What a journal holds as bytes is UTF-8 or else Latin-1.
CREATE OR REPLACE TEMP MACRO text_of_bytes(cell) AS
    coalesce(
        TRY(
            decode(
                unhex(
                    array_to_string(
                        list_transform(
                            string_split(trim(cell, '[]'), ','),
                            lambda byte: right('0' || to_hex(CAST(byte AS UTINYINT)), 2)
                        ),
                        ''
                    )
                )
            )
        ),
        array_to_string(
            list_transform(string_split(trim(cell, '[]'), ','), lambda byte: chr(TRY_CAST(byte AS INTEGER))),
            ''
        )
    );

CREATE OR REPLACE TEMP MACRO line_of_json(text) AS
    list_transform(
        [
            json_extract_string(
                text,
                [
                    '$$.MESSAGE', '$$.__REALTIME_TIMESTAMP', '$$._SOURCE_REALTIME_TIMESTAMP', '$$._HOSTNAME',
                    '$$.SYSLOG_IDENTIFIER', '$$._COMM', '$$.SYSLOG_PID', '$$._PID', '$$.log', '$$.time', '$$.message'
                ]
            )
        ],
        lambda f: CASE
            WHEN f[2] IS NOT NULL THEN
                strftime(
                    make_timestamp(coalesce(TRY_CAST(f[3] AS BIGINT), TRY_CAST(f[2] AS BIGINT))),
                    '%Y-%m-%dT%H:%M:%S.%fZ'
                )
                || ' ' || coalesce(f[4], '-') || ' ' || coalesce(f[5], f[6], '-')
                || '[' || coalesce(f[7], f[8], '-') || ']: '
                || replace(
                    CASE
                        WHEN f[1] IS NULL THEN ''
                        WHEN regexp_full_match(f[1], '\[[0-9, ]+\]') THEN text_of_bytes(replace(f[1], ' ', ''))
                        ELSE f[1]
                    END,
                    chr(10),
                    ' '
                )
            WHEN f[9] IS NOT NULL AND f[10] IS NOT NULL THEN
                rtrim(regexp_replace(f[9], '^[A-Z][a-z]{2} [ 0-3][0-9] [0-9:.]+ ', f[10] || ' '), chr(10) || chr(13))
            ELSE coalesce(f[9], f[11])
        END
    )[1];

-- `<22>1 2026-10-01T08:00:00.123Z host postfix/smtp 1234 - - MESSAGE` (RFC 5424), with or without its PRI.
CREATE OR REPLACE TEMP MACRO line_of_5424(text) AS
    regexp_replace(
        text,
        '^1 ([12][0-9]{3}-[0-9]{2}-[0-9]{2}T[^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) [^ ]+ '
        || '(?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+)(?: +|$$)\x{FEFF}? *',
        '\1 \2 \3[\4]: '
    );

-- `Thu 2026-10-01 08:00:00 CEST host …` (`journalctl -o short-full`): the name of the zone tells its offset.
CREATE OR REPLACE TEMP MACRO offset_of(zone) AS
    coalesce(
        MAP {$offsets}[zone],
        CASE
            WHEN regexp_full_match(zone, '[+-][0-9]{2}') THEN zone || ':00'
            WHEN regexp_full_match(zone, '[+-][0-9]{2}:?[0-9]{2}') THEN zone
            ELSE ''
        END
    );

CREATE OR REPLACE TEMP MACRO line_of_full(text) AS
    substr(text, 5, 10) || 'T' || split_part(text, ' ', 3) || offset_of(split_part(text, ' ', 4))
    || substr(text, 17 + length(split_part(text, ' ', 3)) + length(split_part(text, ' ', 4)));

-- `1790841600.123456 host …` (`journalctl -o short-unix`).
CREATE OR REPLACE TEMP MACRO line_of_unix(text) AS
    strftime(make_timestamp(CAST(replace(split_part(text, ' ', 1), '.', '') AS BIGINT)), '%Y-%m-%dT%H:%M:%S.%fZ')
    || substr(text, strpos(text, ' '));

-- What shippers put before and around a line is taken off. Most lines begin with a month or with the digits of a year,
-- which comparing tells at no cost; the others may take their time.
CREATE OR REPLACE TEMP MACRO without_prefix(text) AS
    CASE$wrapped
        WHEN text >= '19' AND text < '3' THEN text
        WHEN text >= 'A' AND text < 'Su'
            AND NOT (text >= 'Fr' AND text < 'G' OR text >= 'Mo' AND text < 'N' OR text >= 'Sa' AND text < 'Se') THEN text
        WHEN starts_with(text, '{') THEN
            CASE WHEN json_valid(text) THEN coalesce(line_of_json(text), text) ELSE text END
        WHEN regexp_matches(text, '^[FMSTW][a-z]{2} [12][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9:.]+ [^ ]+ [^ ]') THEN
            line_of_full(text)
        WHEN regexp_matches(text, '^1[0-9]{9}[.][0-9]{6} ') THEN line_of_unix(text)
        ELSE line_of_5424(regexp_replace(text, '^(?:[^ |<]+ *\| *)*(?:<[0-9]{1,3}>)?', ''))
    END;

-- Does the text begin with a stamp, a host and a tag?
CREATE OR REPLACE TEMP MACRO has_syslog_head(text) AS
    regexp_matches(
        text,
        '^(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3][0-9] '
        || '[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]+)?|[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]'
        || ':[0-6][0-9](?:[.][0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?) +[^ ]+ +[^ ]'
    );

-- Stamps: `Dec  7 13:28:02` (local, without a year) or ISO 8601, which is moved by the offset that it names.
CREATE OR REPLACE TEMP MACRO utc_of_local(moment) AS $utc_of_local;

CREATE OR REPLACE TEMP MACRO classic_local(stamp) AS
    try_strptime($year_of_stamp || ' ' || stamp, ['%Y %b %d %H:%M:%S', '%Y %b %d %H:%M:%S.%f']);

CREATE OR REPLACE TEMP MACRO classic_time(stamp) AS utc_of_local(classic_local(stamp));

CREATE OR REPLACE TEMP MACRO has_offset(stamp) AS
    suffix(stamp, 'Z') OR regexp_matches(stamp, '[+-][0-9]{2}:?[0-9]{2}$$');

CREATE OR REPLACE TEMP MACRO iso_time(stamp) AS
    CASE
        WHEN has_offset(stamp) THEN timezone('UTC', TRY_CAST(stamp AS TIMESTAMPTZ))
        ELSE utc_of_local(TRY_CAST(stamp AS TIMESTAMP))
    END;
