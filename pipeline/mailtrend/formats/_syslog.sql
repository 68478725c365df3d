-- The frame of a syslog line, whatever program wrote it: what stands before the stamp, the stamp, the host.

-- PRI values and container names before the stamp are no part of the line.
CREATE OR REPLACE TEMP MACRO without_prefix(text) AS
    CASE
        WHEN NOT (starts_with(text, '<') OR contains(text, '|')) THEN text
        WHEN (text[4] = ' ' AND text[10] = ':') OR (text[5] = '-' AND text[8] = '-') THEN text
        ELSE regexp_replace(text, '^(?:<[0-9]{1,3}>|[^ ]+ *\| *)+', '')
    END;

-- Does the text begin with a stamp, a host and a tag?
CREATE OR REPLACE TEMP MACRO has_syslog_head(text) AS
    regexp_matches(
        text,
        '^(?:<[0-9]{1,3}>|[^ ]+ *\| *)?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3][0-9] '
        || '[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]+)?|[12][0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]'
        || ':[0-6][0-9](?:[.][0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?) +[^ ]+ +[^ ]'
    );

-- Stamps: `Dec  7 13:28:02` (local, without a year) or ISO 8601, which is moved by the offset that it names.
CREATE OR REPLACE TEMP MACRO utc_of_local(moment) AS $utc_of_local;

CREATE OR REPLACE TEMP MACRO classic_time(stamp) AS
    utc_of_local(try_strptime($year_of_stamp || ' ' || stamp, ['%Y %b %d %H:%M:%S', '%Y %b %d %H:%M:%S.%f']));

CREATE OR REPLACE TEMP MACRO iso_time(stamp) AS
    CASE
        WHEN suffix(stamp, 'Z') OR regexp_matches(stamp, '[+-][0-9]{2}:?[0-9]{2}$$') THEN
            timezone('UTC', TRY_CAST(stamp AS TIMESTAMPTZ))
        ELSE utc_of_local(TRY_CAST(stamp AS TIMESTAMP))
    END;
