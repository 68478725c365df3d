-- Exchange's lists: `[{LED=…};{MSG=…};{FQDN=…};{IP=…};{LRT=…}]`, keys in any order, one list a recipient, often cut short.
-- A value may hold brackets, braces and semicolons: it ends where a known key begins or the list ends, and only there.

-- Keys close together, as some queues do not print them.
CREATE OR REPLACE TEMP MACRO close_keys(line) AS
    CASE WHEN contains(line, '}; {') THEN replace(line, '}; {', '};{') ELSE line END;

CREATE OR REPLACE TEMP MACRO first_failing(lists) AS
    coalesce(list_filter(lists, lambda told: regexp_matches(told, 'LED=[45]'))[1], lists[1]);

-- Of several recipients' lists the first that failed, else the first.
CREATE OR REPLACE TEMP MACRO one_list(line) AS
    CASE
        WHEN contains(line, '}]') AND regexp_matches(line, '\}\][;,| ]{1,3}\[\{[A-Z]{2,4}=') THEN
            first_failing(
                string_split(
                    regexp_replace(line, '(\}\])[;,| ]{1,3}(\[\{[A-Z]{2,4}=)', '\1' || chr(3) || '\2', 'g'), chr(3)
                )
            )
        ELSE line
    END;

-- What stands behind `LED=`, with chr(1) where the next key begins, chr(2) where the suffix of a cut text does, and
-- chr(1) for the `}]` at the very end. NULL for other texts.
CREATE OR REPLACE TEMP MACRO led_marked(line) AS
    CASE
        WHEN contains(line, 'LED=') THEN
            regexp_replace(
                replace(
                    replace(
                        replace(
                            replace(
                                replace(substr(line, strpos(line, 'LED=') + 4), '};{MSG=', chr(1)), '};{FQDN=', chr(1)
                            ),
                            '};{IP=',
                            chr(1)
                        ),
                        '};{LRT=',
                        chr(1)
                    ),
                    '. OutboundProxyTarget',
                    chr(2)
                ),
                '\}\][}.'';"\s]*($|\x02)',
                chr(1)
            )
    END;

-- The value of LED; `…` stands at its end where the list was cut inside it.
CREATE OR REPLACE TEMP MACRO led_value(marked) AS
    CASE
        WHEN contains(marked, chr(1)) THEN string_split(marked, chr(1))[1]
        ELSE string_split(marked, chr(2))[1] || '…'
    END;

-- The MSG of a list as ` {MSG=…}`; nothing if it is empty or the list was cut inside it.
CREATE OR REPLACE TEMP MACRO closed_message(line) AS
    CASE
        WHEN contains(line, '{MSG=') AND NOT contains(line, '{MSG=}') THEN
            coalesce(' {MSG=' || nullif(regexp_extract(line, '\{MSG=(.*?)(?:\};\{|\}\])', 1), '') || '}', '')
        ELSE ''
    END;

-- The reply of a list and its MSG; other texts as they stand. Where the list was cut before the reply in LED, what its
-- other keys say is no reply: MSG alone would be taken for the outer one, and an address for a code.
CREATE OR REPLACE TEMP MACRO reason_led(line, marked) AS
    CASE
        WHEN contains(marked, chr(1)) OR regexp_matches(marked, '^ ?[245][0-9][0-9][ -]') THEN
            led_value(marked) || closed_message(line)
        WHEN marked IS NOT NULL THEN led_value(marked)
        WHEN contains(line, '[{') AND NOT contains(line, '}]') AND regexp_matches(line, '\[\{(?:MSG|FQDN|IP|LRT)=') THEN
            string_split(line, '[{')[1] || '…'
        WHEN contains(line, '. OutboundProxyTarget') THEN string_split(line, '. OutboundProxyTarget')[1] || '…'
        ELSE line
    END;

-- Exchange's tags stand together at the end; only a reply in parentheses, or MSG, may follow them.
CREATE OR REPLACE TEMP MACRO without_tags(led) AS
    CASE
        WHEN contains(led, '[LastAttempted') THEN
            string_split(led, '[LastAttempted')[1] || '~ ' || string_split(led, ']')[-1]
        ELSE led
    END;
