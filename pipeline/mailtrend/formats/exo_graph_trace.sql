-- Message traces and message events as JSON: an object is one or the other. Names are spelled as Graph, PowerShell and the
-- Reporting Web Service spell them.
CREATE TEMP TABLE members AS
WITH found AS (
    SELECT
        file_no,
        line,
        hash(file_no, place) AS unit,
        CASE
            WHEN json_valid(text) THEN
                json_extract_string(
                    text,
                    [
                        '$$.receivedDateTime', '$$.ReceivedDateTime', '$$.Received', '$$.received',
                        '$$.dateTime', '$$.DateTime', '$$.Date', '$$.date',
                        '$$.senderAddress', '$$.SenderAddress', '$$.recipientAddress', '$$.RecipientAddress',
                        '$$.subject', '$$.Subject', '$$.status', '$$.Status', '$$.toIP', '$$.ToIP', '$$.fromIP', '$$.FromIP',
                        '$$.size', '$$.Size', '$$.messageId', '$$.MessageId', '$$.MessageTraceId', '$$.messageTraceId',
                        '$$.id', '$$.Id', '$$.event', '$$.Event', '$$.description', '$$.Description', '$$.Detail', '$$.detail',
                        '$$.data', '$$.Data', '$$.value', '$$.d.results'
                    ]
                )
        END AS f
    FROM raw
)
SELECT
    file_no,
    line,
    unit,
    f IS NOT NULL AS valid,
    trim(coalesce(f[1], f[2], f[3], f[4])) AS received_told,
    trim(coalesce(f[5], f[6], f[7], f[8])) AS date_told,
    coalesce(f[9], f[10]) AS sender,
    coalesce(f[11], f[12]) AS recipient,
    coalesce(f[13], f[14]) AS subject,
    coalesce(f[15], f[16]) AS status,
    coalesce(f[17], f[18]) AS to_ip,
    coalesce(f[19], f[20]) AS from_ip,
    coalesce(f[21], f[22]) AS size,
    coalesce(f[23], f[24]) AS message_id,
    coalesce(f[25], f[26], f[27], f[28]) AS trace_id,
    coalesce(f[29], f[30]) AS event,
    coalesce(f[31], f[32], f[33], f[34]) AS detail,
    coalesce(f[35], f[36]) AS data,
    coalesce(f[37], f[38]) = '[]' AS is_empty_page
FROM found;

-- PowerShell 5 writes a date with notes on it as an object.
CREATE TEMP TABLE objects AS
SELECT
    * EXCLUDE (received_told, date_told),
    CASE
        WHEN starts_with(received_told, '{') THEN json_extract_string(received_told, '$$.value')
        ELSE received_told
    END AS received,
    CASE
        WHEN starts_with(date_told, '{') THEN json_extract_string(date_told, '$$.value')
        ELSE date_told
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
    CASE WHEN reason IS NULL THEN unit END AS unit
FROM judged;
