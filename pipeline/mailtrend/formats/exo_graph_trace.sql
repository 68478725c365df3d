-- Message traces and message events as JSON: an object is one or the other. `$paths` spell the members as this file does.
CREATE TEMP TABLE members AS
WITH found AS (
    SELECT
        file_no,
        line,
        place,
        hash(file_no, place) AS unit,
        CASE
            WHEN json_valid(text) THEN
                json_extract_string(text, [$paths, '$$.value', '$$.d.results'])
        END AS f
    FROM raw
)
SELECT
    file_no,
    line,
    place,
    unit,
    f IS NOT NULL AS valid,
    $columns,
    coalesce(f[-2], f[-1]) = '[]' AS is_empty_page
FROM found;

-- PowerShell 5 writes a date with notes on it as an object.
CREATE TEMP TABLE objects AS
SELECT
    * EXCLUDE (received_told, date_told),
    CASE
        WHEN starts_with(received_told, '{') THEN json_extract_string(received_told, '$$.value')
        ELSE trim(received_told)
    END AS received,
    CASE
        WHEN starts_with(date_told, '{') THEN json_extract_string(date_told, '$$.value')
        ELSE trim(date_told)
    END AS date,
    status IS NULL AND (event IS NOT NULL OR detail IS NOT NULL) AS is_detail
FROM members;

CREATE TEMP VIEW traces AS
FROM objects
WHERE valid AND NOT is_detail;

CREATE TEMP VIEW details AS
FROM objects
WHERE valid AND is_detail;

$statuses
$details
CREATE TEMP VIEW parsed_events AS
FROM status_events
UNION ALL BY NAME
FROM detail_events;

CREATE TEMP TABLE parsed_rows AS
WITH judged AS (
    SELECT
        file_no,
        line,
        place,
        unit,
        CASE
            WHEN NOT valid THEN 'not valid JSON'
            WHEN is_empty_page THEN 'a page without rows'
            WHEN received IS NULL AND date IS NULL THEN 'neither a message trace nor a message event'
            WHEN is_detail AND coalesce(date, '') = '' THEN 'no date'
            WHEN is_detail AND $date IS NULL THEN 'unreadable date ''' || date[:60] || ''''
            WHEN is_detail AND coalesce(event, '') = '' AND coalesce(detail, '') = '' THEN 'no event'
            WHEN is_detail THEN NULL
            WHEN coalesce(received, '') = '' THEN 'no date'
            WHEN $received IS NULL THEN 'unreadable date ''' || received[:60] || ''''
            WHEN coalesce(recipient, '') = '' THEN 'no recipient'
        END AS reason
    FROM objects
)
SELECT
    file_no,
    line,
    CASE
        WHEN reason IS NULL THEN 'used'
        WHEN reason = 'a page without rows' THEN 'context'
        ELSE 'reject'
    END AS disposition,
    reason,
    CASE WHEN reason IS NULL THEN unit END AS unit,
    -- A reject is found by it: several records may stand on one line.
    place
FROM judged;
