-- Export of Get-MessageTrackingLog: local times, and lists as whoever exported them joined them.

-- The name of a .NET type, which Export-Csv writes in place of a list.
CREATE OR REPLACE TEMP MACRO only_a_type(cell) AS
    (starts_with(cell, 'System.') OR starts_with(cell, 'Microsoft.Exchange.') OR starts_with(cell, 'Deserialized.'))
    AND NOT contains(cell, '@')
    AND regexp_full_match(cell, '[A-Za-z0-9_.+]+(?:`[0-9]+)?(?:\[.*)?');

-- As the shell shows a list on the screen: in braces.
CREATE OR REPLACE TEMP MACRO unbraced(cell) AS
    CASE WHEN starts_with(cell, '{') AND suffix(cell, '}') THEN substring(cell, 2, length(cell) - 2) ELSE cell END;

-- How many addresses stand in a list, if none is quoted.
CREATE OR REPLACE TEMP MACRO ats(cell) AS length(cell) - length(replace(cell, '@', ''));

CREATE TEMP TABLE unwrapped AS
SELECT
    * EXCLUDE (recipient_address, recipient_status, related_recipient_address, message_latency, message_latency_type),
    local_time AS date_time,
    $local_time AS event_time,
    only_a_type(recipient_address) OR $unnamed AS lost,
    CASE WHEN only_a_type(recipient_address) THEN NULL ELSE trim(unbraced(trim(recipient_address)), ' ,;|') END AS listed,
    CASE WHEN only_a_type(recipient_status) THEN NULL ELSE trim(unbraced(trim(recipient_status))) END AS recipient_status,
    CASE WHEN only_a_type(related_recipient_address) THEN NULL ELSE related_recipient_address END
        AS related_recipient_address,
    CASE WHEN lower(message_latency_type) = 'localserver' THEN NULL ELSE message_latency END AS message_latency
FROM raw;

-- A comma or a blank parts a list only where each part is an address.
CREATE TEMP VIEW parted AS
SELECT
    *,
    CASE
        WHEN contains(listed, ';') OR contains(listed, '"') THEN ';'
        WHEN contains(listed, '|') THEN '|'
        WHEN contains(listed, chr(10)) THEN chr(10)
        WHEN contains(listed, ',') AND ats(listed) = len(string_split(listed, ',')) THEN ','
        WHEN contains(listed, ' ') AND ats(listed) = len(string_split(listed, ' ')) THEN ' '
        ELSE ';'
    END AS parting
FROM unwrapped;

CREATE TEMP TABLE cells AS
SELECT
    * EXCLUDE (listed),
    replace(listed, parting, ';') AS recipient_address
FROM parted;

$tracking
