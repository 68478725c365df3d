-- Connectivity log: a session that reached no server, or ended without a message and with a reason, is one event.
$hold

CREATE TEMP TABLE heard AS
SELECT
    file_no,
    line,
    utc_time(date_time) AS moment,
    nullif(trim(session), '') AS session,
    lower(trim(source)) AS source,
    nullif(lower(trim(destination)), '') AS destination,
    direction,
    trim(description) AS description,
    CASE
        WHEN direction = '-' THEN 'end'
        WHEN direction = '+' THEN 'begin'
        WHEN starts_with(description, 'Failed connection to ') OR starts_with(description, 'Failed to connect') THEN 'failed'
        -- An answer without a fault is `DNS server returned Success` or a list of hosts.
        WHEN starts_with(description, 'DNS server returned ')
            AND NOT starts_with(description, 'DNS server returned Success') THEN 'failed'
        WHEN starts_with(description, 'The DNS query for ') AND contains(description, ' failed') THEN 'failed'
        WHEN starts_with(description, 'Established connection to ') THEN 'connected'
        ELSE 'told'
    END AS kind,
    -- The same row may stand in two copies of a log.
    row_number() OVER (
        PARTITION BY session, date_time, direction, description, destination, source
        ORDER BY file_no, line
    ) AS copy
FROM raw
ANTI JOIN held USING (file_no, line);

CREATE TEMP TABLE sessions AS
SELECT
    session,
    any_value(source) FILTER (WHERE source IS NOT NULL) AS source,
    any_value(destination) FILTER (WHERE destination IS NOT NULL) AS destination,
    count(*) FILTER (WHERE kind = 'connected') AS connected,
    arg_max({'file_no': file_no, 'line': line, 'moment': moment, 'text': description}, (file_no, line))
        FILTER (WHERE kind = 'failed') AS failure,
    arg_max({'file_no': file_no, 'line': line, 'moment': moment, 'text': description}, (file_no, line))
        FILTER (WHERE kind = 'end') AS ending,
    arg_max(description, (file_no, line))
        FILTER (
            WHERE kind = 'told' AND direction = '>' AND suffix(description, ']') AND contains(description, '[')
        ) AS peer
FROM heard
WHERE session IS NOT NULL AND moment IS NOT NULL AND copy = 1
GROUP BY session;

-- `Messages: 2 Bytes: 4711 (Retry : …)`: what was sent, and why no more was.
CREATE TEMP TABLE ended AS
SELECT
    *,
    TRY_CAST(regexp_extract(ending.text, '^Messages: *([0-9]+)', 1) AS BIGINT) AS sent,
    trim(regexp_extract(ending.text, '\((.*)\)[^()]*$$', 1)) AS reason,
    coalesce(
        regexp_matches(destination, '^(?:internalproxy|client proxy|shadowredundancy|mailboxtransport\w*|undefined|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$$')
        OR starts_with(source, 'mapi'),
        false
    ) AS is_inner
FROM sessions;

CREATE TEMP TABLE failed AS
SELECT
    session,
    is_inner,
    destination,
    peer,
    coalesce(failure, ending) AS place,
    coalesce(failure.text, reason) AS response
FROM ended
WHERE
    coalesce(sent, 0) = 0
    -- A shadow copy that could not be made fails no delivery.
    AND destination IS DISTINCT FROM 'shadowredundancy'
    AND (
        (failure IS NOT NULL AND connected = 0)
        OR (
            reason <> ''
            AND regexp_matches(lower(reason), 'retry|unreachable|fail|error|timed? ?out|refused|unable|cannot|reset|not active')
        )
    );

CREATE TEMP TABLE parsed_events AS
SELECT
    failed.place.file_no AS file_no,
    failed.place.line AS line,
    hash(session) AS unit,
    failed.place.moment AS event_time,
    CASE WHEN starts_with(response, 'DNS') OR starts_with(response, 'The DNS') THEN 'DNS' ELSE 'connect' END AS event,
    'deferred' AS outcome,
    CASE WHEN is_inner THEN 'internal' ELSE 'outbound' END AS direction,
    CASE WHEN NOT is_inner THEN destination END AS destination,
    coalesce(
        nullif(regexp_extract(response, '\[TargetHost:([A-Za-z0-9_.-]+)', 1), ''),
        nullif(regexp_extract(peer, '^([A-Za-z0-9_.-]+)\[', 1), '')
    ) AS remote_host,
    coalesce(
        nullif(regexp_extract(response, 'Failed connection to \[?([0-9A-Fa-f:.]*[0-9A-Fa-f])\]?:[0-9]+', 1), ''),
        nullif(regexp_extract(response, '([0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]+', 1), ''),
        nullif(regexp_extract(peer, '\[([0-9A-Fa-f:.]+)\]$$', 1), '')
    ) AS remote_ip,
    response,
    session AS queue_id
FROM failed;

CREATE TEMP TABLE parsed_rows AS
SELECT
    file_no,
    line,
    CASE
        WHEN moment IS NULL OR direction IS NULL OR direction NOT IN ('+', '-', '>', '*') THEN 'reject'
        -- The service itself speaks: `service started`, `Session Failover`.
        WHEN session IS NULL THEN 'context'
        WHEN copy > 1 THEN 'duplicate'
        ELSE 'used'
    END AS disposition,
    CASE
        WHEN moment IS NULL THEN 'no such time'
        WHEN direction IS NULL OR direction NOT IN ('+', '-', '>', '*') THEN 'no direction (+, -, > or *)'
        WHEN session IS NULL THEN 'of no session'
    END AS reason,
    CASE WHEN copy = 1 AND session IS NOT NULL THEN hash(session) END AS unit
FROM heard;
