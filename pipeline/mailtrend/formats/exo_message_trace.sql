-- Message traces as CSV: one row a recipient.
$statuses
CREATE TEMP VIEW parsed_events AS
FROM status_events;

-- Appended exports repeat the header, which is no loss; all else without a time or a recipient is.
CREATE TEMP VIEW parsed_rows AS
SELECT
    file_no,
    line,
    CASE WHEN lower(status) = 'status' THEN 'context' ELSE 'reject' END AS disposition,
    CASE
        WHEN lower(status) = 'status' THEN 'header'
        WHEN coalesce(received, '') = '' THEN 'no date'
        WHEN $received IS NULL THEN 'unreadable date ''' || received[:60] || ''''
        ELSE 'no recipient'
    END AS reason,
    CAST(NULL AS UBIGINT) AS unit
FROM raw
WHERE
    coalesce(recipient, '') = ''
    OR $received IS NULL;
