-- Message events: Event says what happened, Detail why, Data (XML) through which connector and to which host. Read from
-- `$source`, which has event, detail, data, sender, recipient, message_id, trace_id and the date.
CREATE TEMP VIEW named AS
SELECT
    *,
    $date AS event_time,
    lower(replace(event, ' ', '')) AS word
FROM $source;

CREATE TEMP VIEW judged AS
SELECT
    *,
    CASE
        WHEN word = 'defer' THEN 'deferred'
        WHEN word = 'fail' THEN 'failed'
        WHEN word IN ('deliver', 'sendexternal') THEN 'delivered'
        WHEN word IN ('receive', 'submit') THEN 'received'
        WHEN word IN ('expanddl', 'expand') THEN 'expanded'
        WHEN word IN ('spam', 'filteredasspam') THEN 'filtered'
        WHEN word IN ('quarantine', 'quarantined') THEN 'quarantined'
        -- A drop with 250 is the end of a copy that was rightly not needed: an out-of-office reply, a group.
        WHEN word = 'drop' THEN
            CASE WHEN regexp_matches(detail, '(?:^|LED=|Reason: )\s*2[0-9]{2}[ -]') THEN 'info' ELSE 'dropped' END
        -- Between servers of Exchange Online it is no delivery.
        WHEN word = 'send' THEN
            CASE WHEN contains(lower(concat(detail, data)), '.prod.outlook.com') THEN 'info' ELSE 'delivered' END
        ELSE 'info'
    END AS outcome,
    mep(data, 'ConnectorId') AS connector_id,
    mep(data, 'OutboundProxyTargetHostName') AS target_host,
    mep(data, 'OutboundProxyTargetIPAddress') AS target_ip,
    -- What stands behind the reason, which is cut at 300 characters: `. OutboundProxyTargetIP: … . Outbound…`
    split_part(detail, ' OutboundProxyTargetIP: ', 2) AS suffix
FROM named
WHERE
    event_time IS NOT NULL
    AND (event <> '' OR detail <> '');

CREATE TEMP TABLE detail_events AS
SELECT
    $ids,
    event_time,
    CASE
        WHEN word = 'receive' THEN
            coalesce(
                mep(data, 'ServerHostName'),
                nullif(split_part(split_part(detail, 'received by: ', 2), ' ', 1), '')
            )
    END AS server,
    nullif(trim(event), '') AS event,
    outcome,
    CASE
        WHEN word = 'sendexternal' OR target_host <> '' OR suffix <> '' THEN 'outbound'
        ELSE 'unknown'
    END AS direction,
    connector_name(xml_text(connector_id)) AS connector,
    sender_of(sender) AS sender,
    bare(recipient) AS recipient,
    coalesce(
        target_host,
        CASE
            WHEN suffix <> '' THEN
                nullif(trim(split_part(split_part(suffix, 'OutboundProxyTargetHostName: ', 2), ' ', 1), '. '), '')
        END
    ) AS remote_host,
    coalesce(
        target_ip,
        CASE WHEN suffix <> '' THEN nullif(trim(split_part(suffix, ' ', 1), '. '), '') END
    ) AS remote_ip,
    CASE
        WHEN outcome IN ('deferred', 'failed', 'dropped') OR word = 'drop' THEN nullif(trim(detail), '')
    END AS response,
    bare(message_id) AS message_id,
    guid(trace_id) AS network_message_id,
    CASE
        WHEN contains(detail, ' using TLS') THEN split_part(split_part(detail, ' using ', 2), ' ', 1)
        WHEN contains(data, 'lsversion') OR contains(data, 'lsVersion') THEN
            tls_name(
                regexp_extract(data, '(?i)tlsversion(?:"\s+\w+\s*=\s*"|=)((?:SP_PROT_)?TLS[0-9._]+)', 1)
            )
    END AS tls_version
FROM judged;
