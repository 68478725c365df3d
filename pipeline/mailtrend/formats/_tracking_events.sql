-- Message tracking: an event a row, told by the word of the event, the connector and the hosts at both ends.
CREATE TEMP TABLE words AS
SELECT word, meaning
FROM (VALUES $words) AS w (word, meaning);

-- What each row is; narrow, so that times are worked out once.
CREATE TEMP TABLE marked AS
WITH spoken AS (
    SELECT
        c.file_no,
        c.line,
        c.event_time,
        w.word,
        w.meaning,
        trim(c.recipient_address, '; ') <> '' OR (w.word = 'EXPAND' AND c.related_recipient_address <> '') AS named,
        $lost AS lost,
        upper(c.source) IN ('SMTP', 'AGENT') AND contains(c.connector_id, '\') AS at_the_door,
        -- Connectors that Exchange itself has between its servers and services.
        upper(c.source) = 'STOREDRIVER'
        OR lower(c.connector_id[1:18]) = 'intra-organization'
        OR contains(lower(c.connector_id), 'internal send connector')
        OR contains(lower(c.connector_id), 'shadow')
        OR starts_with(lower(c.connector_id), 'edgesync - inbound')
        OR (coalesce(c.connector_id, '') = '' AND c.server_hostname = c.client_hostname) AS at_home
    FROM cells AS c
    LEFT JOIN words AS w ON w.word = upper(trim(c.event_id))
),
judged AS (
    SELECT
        *,
        CASE meaning
            WHEN 'step' THEN NULL
            WHEN 'sent' THEN CASE WHEN at_home THEN NULL ELSE 'delivered' END
            WHEN 'failed' THEN CASE WHEN at_the_door THEN 'rejected' ELSE 'failed' END
            ELSE meaning
        END AS row_outcome
    FROM spoken
)
SELECT
    * EXCLUDE (at_home, at_the_door, named, lost),
    coalesce(at_home, false) AS at_home,
    coalesce(at_the_door, false) AS at_the_door,
    row_outcome IS NOT NULL
    AND event_time IS NOT NULL
    AND (named OR lost OR row_outcome NOT IN ('received', 'delivered', 'expanded')) IS TRUE AS gives
FROM judged;

CREATE TEMP TABLE judged AS
SELECT
    c.* EXCLUDE (event_time, recipient_address),
    -- A group ends in its expansion; its members go on.
    CASE
        WHEN m.word = 'EXPAND' AND c.related_recipient_address <> '' THEN c.related_recipient_address
        WHEN trim(c.recipient_address, '; ') <> '' THEN c.recipient_address
    END AS recipient_address,
    coalesce(
        contains(
            CASE
                WHEN m.word = 'EXPAND' AND c.related_recipient_address <> '' THEN c.related_recipient_address
                ELSE trim(c.recipient_address, '; ')
            END,
            ';'
        ),
        false
    ) AS is_list,
    m.event_time,
    m.word,
    m.row_outcome,
    m.at_home,
    m.at_the_door,
    m.meaning = 'sent' AS sent
FROM cells AS c
INNER JOIN marked AS m USING (file_no, line)
WHERE m.gives;

$lists

-- The name or address at the other end, without the zone of a link-local address.
CREATE OR REPLACE TEMP MACRO far_ip(cell) AS nullif(split_part(trim(cell), '%', 1), '');

-- Words of the source about a failure: its context may be a mailbox, or begin with the session that it belongs to.
CREATE OR REPLACE TEMP MACRO telling(context) AS
    filled(
        CASE
            WHEN starts_with(context, 'MDB:') THEN NULL
            WHEN regexp_matches(context, '^[0-9A-Fa-f]{11,16};') THEN
                regexp_replace(context, '^[0-9A-Fa-f]{11,16};(?:[0-9TZ:.+-]*;)?(?:[0-9]+(?:;|\z))?(?:[0-9TZ:.+-]*\z)?', '')
            ELSE context
        END
    );

-- A time span as .NET writes it: `00:00:14.5130000`, `1.02:00:00`.
CREATE OR REPLACE TEMP MACRO time_span(cell) AS
    TRY_CAST(regexp_replace(regexp_replace(cell, '^([0-9]+)[.]([0-9]+:)', '\1 days \2'), '([.][0-9]{6})[0-9]+', '\1') AS INTERVAL);

CREATE TEMP TABLE told AS
SELECT
    *,
    row_outcome IN ('failed', 'deferred', 'expired', 'rejected', 'dropped', 'filtered', 'info') AS answered,
    -- Outgoing and not at home: then the two hosts are this one and the next.
    row_outcome IN ('failed', 'deferred', 'expired') AND NOT at_home AND server_hostname <> '' AND client_hostname <> ''
    AND NOT at_the_door AS onward,
    lower(directionality[1:4]) AS way
FROM one_each;

CREATE TEMP TABLE parsed_events AS
SELECT
    file_no,
    line,
    event_time,
    CASE
        WHEN word IN ('RECEIVE', 'DELIVER', 'DUPLICATEDELIVER') OR at_the_door THEN
            coalesce(filled(server_hostname), filled(client_hostname))
        ELSE coalesce(filled(client_hostname), filled(server_hostname))
    END AS server,
    event_id AS event,
    -- A drop with 250 is the end of a copy that was rightly not needed: an out-of-office reply, a group.
    CASE
        WHEN row_outcome = 'dropped' AND regexp_matches(reply, '(?:^|LED=)\s*2[0-9]{2}[ -]') THEN 'info'
        ELSE row_outcome
    END AS outcome,
    CASE
        WHEN row_outcome = 'rejected' THEN 'inbound'
        WHEN way = 'orig' AND (at_home AND word <> 'RECEIVE') THEN 'internal'
        WHEN way = 'orig' THEN 'outbound'
        WHEN way = 'inco' THEN 'inbound'
        WHEN sent OR onward THEN 'outbound'
        ELSE 'unknown'
    END AS direction,
    connector_name(connector_id) AS connector,
    coalesce(sender_of(filled(sender_address)), sender_of(filled(return_path))) AS sender,
    bare(trim(recipient)) AS recipient,
    -- A mailbox, or this server's own door: no other host was to be reached.
    CASE
        WHEN (at_home OR at_the_door) AND contains(recipient, '@') THEN
            nullif(lower(split_part(bare(trim(recipient)), '@', -1)), '')
    END AS destination,
    CASE
        -- The reply's own FQDN says which server was tried last.
        WHEN sent OR (onward AND NOT coalesce(contains(replace(reply, '{FQDN=}', ''), '{FQDN='), false)) THEN
            filled(server_hostname)
    END AS remote_host,
    CASE
        WHEN sent OR (onward AND NOT coalesce(contains(replace(reply, '{IP=}', ''), '{IP='), false)) THEN
            far_ip(server_ip)
        WHEN (word = 'RECEIVE' AND upper(source) = 'SMTP') OR at_the_door THEN
            coalesce(far_ip(original_client_ip), far_ip(client_ip))
    END AS remote_ip,
    CASE WHEN answered THEN coalesce(filled(reply), telling(source_context)) END AS response,
    bare(trim(message_id)) AS message_id,
    guid(network_message_id) AS network_message_id,
    filled(internal_message_id) AS queue_id,
    nullif(whole_number(total_bytes), 0) AS size_bytes,
    nullif(message_subject, '') AS subject,
    CASE
        WHEN contains(custom_data, 'lsversion') OR contains(custom_data, 'lsVersion') THEN
            tls_name(regexp_extract(custom_data, '(?i)tlsversion(?:=|, )((?:SP_PROT_)?TLS[0-9._]+)', 1))
    END AS tls_version,
    CASE
        WHEN row_outcome <> 'delivered' THEN NULL
        WHEN contains(custom_data, 'E2ELatency') THEN
            TRY_CAST(regexp_extract(custom_data, '\bE2ELatency(?:=|, )([0-9.]+)', 1) AS DOUBLE)
        WHEN message_latency <> '' THEN epoch(time_span(message_latency))
        -- Exchange 2010: from the time when it came in.
        WHEN $zone_known AND substring(message_info, 11, 1) = 'T' THEN
            nullif(
                greatest(epoch_us(event_time) - epoch_us(utc_time(split_part(message_info, ';', 1))), -1) / 1e6,
                -0.000001
            )
    END AS delay_seconds
FROM told;

CREATE TEMP VIEW parsed_rows AS
SELECT
    m.file_no,
    m.line,
    CASE
        WHEN m.event_time IS NOT NULL AND m.word IS NOT NULL AND m.row_outcome IS NULL THEN 'context'
        ELSE 'reject'
    END AS disposition,
    CASE
        WHEN coalesce(c.date_time, '') = '' THEN 'no date'
        WHEN m.event_time IS NULL THEN 'unreadable date ''' || c.date_time[:60] || ''''
        WHEN coalesce(trim(c.event_id), '') = '' THEN 'no event'
        WHEN m.word IS NULL THEN 'unknown event ''' || c.event_id[:60] || ''''
        WHEN m.row_outcome IS NOT NULL THEN 'no recipient'
        ELSE 'a step inside the organization'
    END AS reason,
    CAST(NULL AS UBIGINT) AS unit
FROM marked AS m
INNER JOIN cells AS c USING (file_no, line)
WHERE NOT m.gives;
