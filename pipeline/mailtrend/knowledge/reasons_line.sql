-- The first step of the grammar: a text on one line, without what is only around it.
-- The grammar stands in reasons_*.sql and reasons.sql, loaded in the order that grammar.py says; what opens a reply, a wrapped reply or a server is data, in forms.toml. One implementation
-- for ingest and for `mailtrend explain`. Only distinct texts come here.
-- Macros are pasted in, so a parameter must not be named twice where such macros nest: the work would double each time.

-- A text on one line. Exim writes line ends as `\n`; what was pasted from a browser or a mail has blanks, quotes, dashes
-- and arrows beyond ASCII (no-break, zero width, byte order mark).
CREATE OR REPLACE TEMP MACRO reason_line(told) AS
    CASE
        WHEN told IS NULL THEN ''
        WHEN strlen(told) > length(told) OR contains(told, chr(10)) OR contains(told, chr(13)) OR contains(told, chr(9))
        OR contains(told, '\n') THEN
            replace(
                replace(
                    translate(
                        told,
                        chr(10) || chr(13) || chr(9) || chr(160) || chr(8239) || chr(8203) || chr(65279) || '“”„«»‘’‹›‐‑–—−…',
                        '       """""''''''''-----.'
                    ),
                    '→',
                    '->'
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

-- Single blanks only: lists printed over several lines are indented, IIS writes blanks as `+`, and qmail as `_` with a
-- `/` at the end of each line.
CREATE OR REPLACE TEMP MACRO single_blanks(line) AS
    CASE
        WHEN contains(line, '  ') THEN regexp_replace(line, ' {2,}', ' ', 'g')
        WHEN contains(line, ' ') THEN line
        WHEN contains(line, '+') THEN replace(line, '+', ' ')
        WHEN contains(line, '/Remote_host_said:_') OR contains(line, '_(#') THEN translate(line, '_/', '  ')
        ELSE line
    END;
