-- Extended reports: an event a row; recipients and their replies are lists of equal length, parted by semicolons.
CREATE TEMP VIEW judged AS
SELECT
    *,
    $date_time AS event_time,
    upper(event_id) AS word,
    contains(recipient_address, ';') AS is_list,
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

-- Rows of several recipients that carry replies. A separator inside brackets or quotes is none: the running balance
-- of brackets says where an item of the list ends.
CREATE TEMP TABLE answers AS
WITH pieces AS (
    SELECT
        file_no,
        line,
        unnest(string_split(recipient_status, ';')) AS piece,
        generate_subscripts(string_split(recipient_status, ';'), 1) AS place
    FROM judged
    WHERE
        is_list
        AND row_outcome IN ('deferred', 'failed', 'dropped')
        AND event_time IS NOT NULL
),
weighed AS (
    SELECT
        *,
        strlen(replace(replace(piece, ']', ''), '}', '')) - strlen(replace(replace(piece, '[', ''), '{', '')) AS depth,
        strlen(piece) - strlen(replace(piece, '"', '')) AS quotes
    FROM pieces
),
balanced AS (
    SELECT
        *,
        sum(depth) OVER to_here = 0 AND sum(quotes) OVER to_here % 2 = 0 AS ends_item
    FROM weighed
    WINDOW to_here AS (PARTITION BY file_no, line ORDER BY place)
),
numbered AS (
    SELECT
        *,
        count(*) FILTER (WHERE ends_item) OVER (PARTITION BY file_no, line ORDER BY place)
        - CAST(ends_item AS INTEGER) AS item_no
    FROM balanced
),
joined AS (
    SELECT
        file_no,
        line,
        item_no,
        string_agg(piece, ';' ORDER BY place) AS item
    FROM numbered
    GROUP BY file_no, line, item_no
)
SELECT
    file_no,
    line,
    list(trim(item) ORDER BY item_no) AS replies
FROM joined
GROUP BY file_no, line;

CREATE TEMP VIEW one_each AS
SELECT
    *,
    recipient_address AS recipient,
    recipient_status AS reply
FROM judged
WHERE
    is_list IS NOT TRUE
    AND row_outcome IS NOT NULL
    AND event_time IS NOT NULL
UNION ALL
SELECT
    * EXCLUDE (addresses, replies, place),
    addresses[place] AS recipient,
    -- Lists of unequal length cannot be paired: then the whole text stands for each.
    CASE WHEN len(replies) = len(addresses) THEN replies[place] ELSE recipient_status END AS reply
FROM (
    SELECT
        j.*,
        items(j.recipient_address) AS addresses,
        a.replies,
        unnest(generate_series(1, len(items(j.recipient_address)))) AS place
    FROM judged AS j
    LEFT JOIN answers AS a USING (file_no, line)
    WHERE
        j.is_list
        AND j.row_outcome IS NOT NULL
        AND j.event_time IS NOT NULL
);

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
