-- Extended reports: an event a row; recipients and their replies are lists of equal length, parted by semicolons.
CREATE TEMP VIEW judged AS
SELECT
    *,
    $date_time AS event_time,
    upper(event_id) AS word,
    contains(recipient_address, ';') AS is_list,
    ';' AS parting,
    CASE upper(event_id)
        WHEN 'RECEIVE' THEN 'received'
        WHEN 'DELIVER' THEN 'delivered'
        WHEN 'SENDEXTERNAL' THEN 'delivered'
        WHEN 'DEFER' THEN 'deferred'
        WHEN 'FAIL' THEN 'failed'
        WHEN 'EXPAND' THEN 'expanded'
        WHEN 'DROP' THEN 'dropped'
        -- From one server of Exchange Online to the next it is no delivery.
        WHEN 'SEND' THEN CASE WHEN lower(server_hostname) LIKE '%.prod.outlook.com' THEN NULL ELSE 'delivered' END
    END AS row_outcome
FROM raw;

$lists
CREATE TEMP TABLE parsed_events AS
SELECT
    file_no,
    line,
    event_time,
    CASE
        WHEN word = 'RECEIVE' THEN nullif(server_hostname, '')
        WHEN row_outcome = 'delivered' THEN nullif(client_hostname, '')
    END AS server,
    event_id AS event,
    -- A drop with 250 is the end of a copy that was rightly not needed: an out-of-office reply, a group.
    CASE
        WHEN row_outcome = 'dropped' AND regexp_matches(reply, '(?:^|LED=)\s*2[0-9]{2}[ -]') THEN 'info'
        ELSE row_outcome
    END AS outcome,
    CASE lower(directionality)
        WHEN 'originating' THEN 'outbound'
        WHEN 'incoming' THEN 'inbound'
        ELSE 'unknown'
    END AS direction,
    connector_name(connector_id) AS connector,
    sender_of(sender_address) AS sender,
    bare(recipient) AS recipient,
    CASE WHEN word IN ('SENDEXTERNAL', 'SEND') THEN nullif(server_hostname, '') END AS remote_host,
    CASE WHEN word IN ('SENDEXTERNAL', 'SEND') THEN nullif(server_ip, '') END AS remote_ip,
    CASE
        WHEN row_outcome IN ('deferred', 'failed', 'dropped') THEN
            coalesce(filled(reply), filled(source_context))
    END AS response,
    bare(message_id) AS message_id,
    guid(network_message_id) AS network_message_id,
    whole_number(total_bytes) AS size_bytes,
    nullif(message_subject, '') AS subject,
    CASE
        WHEN contains(custom_data, 'lsversion') OR contains(custom_data, 'lsVersion') THEN
            tls_name(regexp_extract(custom_data, '(?i)tlsversion=((?:SP_PROT_)?TLS[0-9._]+)', 1))
    END AS tls_version,
    CASE
        WHEN row_outcome = 'delivered' AND contains(custom_data, 'E2ELatency=') THEN
            TRY_CAST(regexp_extract(custom_data, '\bE2ELatency=([0-9.]+)', 1) AS DOUBLE)
    END AS delay_seconds
FROM one_each;

CREATE TEMP VIEW parsed_rows AS
SELECT
    file_no,
    line,
    CASE
        WHEN word = 'EVENT_ID' THEN 'context'
        WHEN event_time IS NULL OR coalesce(word, '') = '' OR row_outcome IS NOT NULL THEN 'reject'
        ELSE 'context'
    END AS disposition,
    CASE
        WHEN word = 'EVENT_ID' THEN 'header'
        WHEN coalesce(date_time_utc, '') = '' THEN 'no date'
        WHEN event_time IS NULL THEN 'unreadable date ''' || date_time_utc[:60] || ''''
        WHEN coalesce(word, '') = '' THEN 'no event'
        WHEN row_outcome IS NOT NULL THEN 'no recipient'
        ELSE 'a step inside Exchange Online'
    END AS reason,
    CAST(NULL AS UBIGINT) AS unit
FROM judged
WHERE
    row_outcome IS NULL
    OR event_time IS NULL
    OR (is_list AND len(items(recipient_address)) = 0);
