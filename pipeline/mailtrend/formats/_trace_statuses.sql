-- Message traces: one row a recipient, its Status as it stood when the trace was exported. Read from `$source`, which has
-- received, sender, recipient, subject, status, to_ip, from_ip, size, message_id and trace_id.
CREATE TEMP VIEW status_events AS
SELECT
    $ids,
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
                ELSE $foreign
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
FROM $source
WHERE
    recipient <> ''
    AND $received IS NOT NULL;
