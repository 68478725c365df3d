-- Message traces: one row a recipient, its Status as it stood when the trace was exported.
CREATE TEMP VIEW parsed_events AS
SELECT
    file_no,
    line,
    $received AS event_time,
    nullif(status, '') AS event,
    CASE status
        WHEN 'Delivered' THEN 'delivered'
        ELSE
            CASE lower(status)
                WHEN 'delivered' THEN 'delivered'
                WHEN 'failed' THEN 'failed'
                WHEN 'pending' THEN 'pending'
                WHEN 'gettingstatus' THEN 'pending'
                WHEN 'filteredasspam' THEN 'filtered'
                WHEN 'quarantined' THEN 'quarantined'
                WHEN 'expanded' THEN 'expanded'
                ELSE 'info'
            END
    END AS outcome,
    CASE
        WHEN to_ip <> '' AND coalesce(from_ip, '') = '' THEN 'outbound'
        WHEN from_ip <> '' AND coalesce(to_ip, '') = '' THEN 'inbound'
        ELSE 'unknown'
    END AS direction,
    sender_of(sender) AS sender,
    bare(recipient) AS recipient,
    nullif(to_ip, '') AS remote_ip,
    bare(message_id) AS message_id,
    guid(trace_id) AS network_message_id,
    whole_number(size) AS size_bytes,
    nullif(subject, '') AS subject
FROM raw
WHERE
    recipient <> ''
    AND $received IS NOT NULL;

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
