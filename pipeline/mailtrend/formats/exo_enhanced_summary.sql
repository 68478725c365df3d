-- Enhanced summary reports: all recipients of a message in one cell, `address##Receive, Send;address##Receive, Fail`.
CREATE TEMP VIEW named AS
SELECT
    *,
    $origin_time AS event_time,
    contains(recipient_status, ';') AS is_list
FROM raw;

CREATE TEMP VIEW lists AS
SELECT
    *,
    items(recipient_status) AS found
FROM named
WHERE
    is_list
    AND event_time IS NOT NULL;

CREATE TEMP VIEW one_each AS
SELECT
    *,
    recipient_status AS item,
    1 AS place
FROM named
WHERE
    is_list IS NOT TRUE
    AND event_time IS NOT NULL
    AND position('##' IN recipient_status) > 1
UNION ALL
SELECT
    * EXCLUDE (found),
    unnest(found) AS item,
    generate_subscripts(found, 1) AS place
FROM lists
WHERE
    len(found) > 0
    AND len(list_filter(found, lambda item: position('##' IN item) <= 1)) = 0;

-- An address may hold ## itself: the last one counts.
CREATE TEMP VIEW cut AS
SELECT
    *,
    split_part(item, '##', -1) AS words
FROM one_each;

CREATE TEMP VIEW states AS
SELECT
    *,
    bare(left(item, -2 - length(words))) AS recipient,
    trim(split_part(words, ',', -1)) AS event
FROM cut;

-- An address that a group brought in twice has its last state.
CREATE TEMP VIEW last_states AS
SELECT *
FROM states
WHERE is_list IS NOT TRUE
UNION ALL
SELECT *
FROM states
WHERE is_list
QUALIFY row_number() OVER (PARTITION BY file_no, line, lower(recipient) ORDER BY place DESC) = 1;

CREATE TEMP VIEW parsed_events AS
SELECT
    file_no,
    line,
    event_time,
    nullif(event, '') AS event,
    CASE lower(replace(event, ' ', ''))
        WHEN 'deliver' THEN 'delivered'
        WHEN 'delivered' THEN 'delivered'
        WHEN 'send' THEN 'delivered'
        WHEN 'sendexternal' THEN 'delivered'
        WHEN 'fail' THEN 'failed'
        WHEN 'failed' THEN 'failed'
        WHEN 'defer' THEN 'pending'
        WHEN 'receive' THEN 'pending'
        WHEN 'pending' THEN 'pending'
        WHEN 'gettingstatus' THEN 'pending'
        WHEN 'drop' THEN 'dropped'
        WHEN 'expand' THEN 'expanded'
        WHEN 'expanded' THEN 'expanded'
        WHEN 'quarantine' THEN 'quarantined'
        WHEN 'quarantined' THEN 'quarantined'
        WHEN 'spam' THEN 'filtered'
        WHEN 'filteredasspam' THEN 'filtered'
        ELSE 'info'
    END AS outcome,
    CASE lower(directionality)
        WHEN 'originating' THEN 'outbound'
        WHEN 'outbound' THEN 'outbound'
        WHEN '2' THEN 'outbound'
        WHEN 'incoming' THEN 'inbound'
        WHEN 'inbound' THEN 'inbound'
        WHEN '1' THEN 'inbound'
        ELSE 'unknown'
    END AS direction,
    connector_name(connector_id) AS connector,
    sender_of(sender) AS sender,
    recipient,
    bare(message_id) AS message_id,
    guid(network_message_id) AS network_message_id,
    whole_number(total_bytes) AS size_bytes,
    nullif(subject, '') AS subject
FROM last_states;

CREATE TEMP VIEW parsed_rows AS
SELECT
    file_no,
    line,
    CASE WHEN lower(recipient_status) = 'recipient_status' THEN 'context' ELSE 'reject' END AS disposition,
    CASE
        WHEN lower(recipient_status) = 'recipient_status' THEN 'header'
        WHEN coalesce(origin_time, '') = '' THEN 'no date'
        WHEN event_time IS NULL THEN 'unreadable date ''' || origin_time[:60] || ''''
        WHEN coalesce(recipient_status, '') = '' THEN 'no recipient'
        ELSE 'a recipient without ## and its status'
    END AS reason,
    CAST(NULL AS UBIGINT) AS unit
FROM named
WHERE
    event_time IS NULL
    OR coalesce(recipient_status, '') = ''
    OR CASE
        WHEN is_list THEN
            len(items(recipient_status)) = 0
            OR len(list_filter(items(recipient_status), lambda item: position('##' IN item) <= 1)) > 0
        ELSE position('##' IN recipient_status) <= 1
    END;
