-- Message events as CSV: one row an event.
$details
CREATE TEMP VIEW parsed_events AS
FROM detail_events;

CREATE TEMP VIEW parsed_rows AS
SELECT
    file_no,
    line,
    CASE WHEN word = 'event' AND lower(detail) = 'detail' THEN 'context' ELSE 'reject' END AS disposition,
    CASE
        WHEN word = 'event' AND lower(detail) = 'detail' THEN 'header'
        WHEN coalesce(date, '') = '' THEN 'no date'
        WHEN event_time IS NULL THEN 'unreadable date ''' || date[:60] || ''''
        ELSE 'no event'
    END AS reason,
    CAST(NULL AS UBIGINT) AS unit
FROM named
WHERE
    event_time IS NULL
    OR (coalesce(event, '') = '' AND coalesce(detail, '') = '');
