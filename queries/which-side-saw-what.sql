-- Which side saw what of mail that Exchange Online handed to servers of one's own, or tried to?
--
-- A row a message and recipient over connectors that do not lead to partners or the internet, failures first. The logs
-- of own servers are joined by message id and recipient; where they have none, as of a session that failed at TLS, by
-- time, ten minutes around an attempt, and by an address that Exchange Online calls from. Silence counts only of servers
-- known to stand there: they logged mail of that connector, or go by the name of its host.
--
-- Parameters
--   since (NULL): attempts of Exchange Online from this time on, UTC; NULL for the beginning of the data
--   until (NULL): attempts before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   connector (NULL): only this connector, any case; NULL for all
--   top (200): at most so many rows; NULL for all
--
-- Columns
--   connector: connector of Exchange Online
--   destination: host that it delivers to
--   message_id: Message-ID header
--   network_message_id: Exchange's own id of the message
--   sender: envelope sender
--   recipient: envelope recipient
--   cloud_outcome: outcome of the last attempt of Exchange Online
--   cloud_code: enhanced status code of it
--   cloud_attempts: attempts of Exchange Online
--   cloud_first: time of the first attempt
--   cloud_last: time of the last attempt
--   remote_ip: address that Exchange Online tried last
--   own_outcome: what an own server says became of it; NULL if none knows it
--   own_code: enhanced status code it gave
--   own_server: the server that says so
--   own_source: format of its log
--   own_time: time of that row
--   joined_by: message id, or time and address; NULL if no own server knows it
--   verdict: what follows, in words

CREATE MACRO which_side_saw_what(since := NULL, until := NULL, tenant := NULL, connector := NULL, top := 200) AS TABLE
WITH
apart AS (
    SELECT DISTINCT
        c.tenant,
        lower(c.name) AS name
    FROM connectors AS c
    WHERE
        c.direction = 'outbound'
        AND c.owner_kind IN ('partner', 'internet', 'microsoft')
),
tried AS MATERIALIZED (
    SELECT
        e.tenant,
        e.connector,
        e.destination,
        e.network_message_id,
        e.message_id,
        e.sender,
        e.recipient,
        lower(e.recipient) AS who,
        e.event_time,
        e.outcome,
        e.outcome <> 'delivered' AS failing,
        e.status_code,
        e.remote_ip
    FROM events AS e
    ANTI JOIN apart
        ON
            e.tenant = apart.tenant
            AND lower(e.connector) = apart.name
    WHERE
        settled_by_id(e.source)
        AND e.outcome IN ('delivered', 'deferred', 'failed', 'expired', 'rejected')
        AND e.network_message_id IS NOT NULL
        AND e.recipient IS NOT NULL
        AND e.connector IS NOT NULL
        AND NOT starts_with(lower(e.connector), 'to_default')
        AND (since IS NULL OR e.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR e.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR e.tenant = tenant)
        AND (connector IS NULL OR lower(e.connector) = lower(CAST(connector AS VARCHAR)))
),
-- A second of one message and recipient is one attempt, however many exports tell it.
mails AS MATERIALIZED (
    SELECT
        t.tenant,
        t.network_message_id,
        t.who,
        max(t.message_id) AS message_id,
        min(t.sender) AS sender,
        min(t.recipient) AS recipient,
        arg_max(t.connector, t.event_time) AS connector,
        arg_max(t.destination, t.event_time) AS destination,
        arg_max(t.outcome, t.event_time) AS outcome,
        arg_max(t.status_code, t.event_time) AS status_code,
        arg_max(t.remote_ip, t.event_time) AS remote_ip,
        count(DISTINCT date_trunc('second', t.event_time)) AS attempts,
        min(t.event_time) AS first,
        max(t.event_time) AS last,
        arg_max(t.failing, t.event_time) AS failing
    FROM tried AS t
    GROUP BY t.tenant, t.network_message_id, t.who
),
span AS (
    SELECT
        min(mails.first) AS first,
        max(mails.last) AS last
    FROM mails
),
own AS MATERIALIZED (
    SELECT
        e.tenant,
        coalesce(e.network_message_id, repeats.network_message_id) AS network_message_id,
        coalesce(e.message_id, repeats.message_id) AS message_id,
        lower(e.recipient) AS who,
        e.event_time,
        e.source,
        coalesce(e.server, e.source) AS server,
        e.outcome,
        met_as(e.outcome, e.event, e.cause) AS met,
        e.direction,
        e.remote_ip,
        e.status_code
    FROM events AS e
    CROSS JOIN span
    LEFT JOIN repeats
        ON
            e.file_id = repeats.file_id
            AND e.line = repeats.line
            AND coalesce(e.recipient, '') = repeats.recipient
    WHERE
        NOT settled_by_id(e.source)
        AND e.direction IS DISTINCT FROM 'outbound'
        AND (tenant IS NULL OR e.tenant = tenant)
        AND e.event_time >= span.first - INTERVAL 1 DAY
        AND e.event_time < span.last + INTERVAL 6 DAY
),
by_id AS (
    SELECT
        mails.tenant,
        mails.network_message_id,
        mails.who,
        mails.first,
        own.event_time,
        own.source,
        own.server,
        own.outcome,
        own.met,
        own.remote_ip,
        own.direction,
        own.status_code
    FROM mails
    INNER JOIN own
        ON
            mails.tenant = own.tenant
            AND mails.network_message_id = own.network_message_id
            AND mails.who = own.who
    UNION ALL
    SELECT
        mails.tenant,
        mails.network_message_id,
        mails.who,
        mails.first,
        own.event_time,
        own.source,
        own.server,
        own.outcome,
        own.met,
        own.remote_ip,
        own.direction,
        own.status_code
    FROM mails
    INNER JOIN own
        ON
            mails.tenant = own.tenant
            AND mails.message_id = own.message_id
            AND mails.who = own.who
    WHERE own.network_message_id IS DISTINCT FROM mails.network_message_id
),
-- What became of it behind the door outweighs that it was taken, a later word an earlier one. (arg_max of DuckDB 1.0
-- knows no structs; max does.)
met AS MATERIALIZED (
    SELECT
        b.tenant,
        b.network_message_id,
        b.who,
        max({
            'by': (b.outcome <> 'received', b.event_time, coalesce(b.server, ''), b.source),
            'own': {
                'outcome': b.outcome, 'met': b.met, 'status_code': b.status_code,
                'server': b.server, 'source': b.source, 'time': b.event_time
            }
        }).own AS own,
        bool_or(b.met = 'accepted') AS accepted
    FROM by_id AS b
    WHERE
        b.met IS NOT NULL
        AND b.event_time >= b.first - INTERVAL 10 MINUTE
    GROUP BY b.tenant, b.network_message_id, b.who
),
peers AS (
    SELECT DISTINCT
        b.tenant,
        b.remote_ip
    FROM by_id AS b
    WHERE
        b.direction = 'inbound'
        AND b.met = 'accepted'
        AND b.remote_ip IS NOT NULL
),
-- Mail and sessions of Exchange Online that were stopped before they had an id.
doors AS (
    SELECT
        own.tenant,
        own.who,
        own.event_time,
        own.source,
        own.server,
        own.outcome,
        own.met,
        own.status_code
    FROM own
    LEFT JOIN peers
        ON
            own.tenant = peers.tenant
            AND own.remote_ip = peers.remote_ip
    WHERE
        own.direction = 'inbound'
        AND own.met IN ('tls', 'dropped', 'refused')
        AND own.message_id IS NULL
        AND (peers.remote_ip IS NOT NULL OR is_exchange_online(own.remote_ip))
),
-- Too old ones are left out below, in an aggregate: DuckDB 1.0 takes a filter for a second inequality of the join.
by_time AS (
    SELECT
        tried.tenant,
        tried.network_message_id,
        tried.who,
        tried.event_time AS attempt,
        doors.event_time,
        doors.outcome,
        doors.met,
        doors.status_code,
        doors.server,
        doors.source,
        doors.who IS NOT NULL AS named
    FROM tried
    ASOF JOIN doors
        ON
            tried.tenant = doors.tenant
            AND tried.who = doors.who
            AND tried.event_time + INTERVAL 10 MINUTE >= doors.event_time
    WHERE tried.failing
    UNION ALL
    SELECT
        tried.tenant,
        tried.network_message_id,
        tried.who,
        tried.event_time AS attempt,
        doors.event_time,
        doors.outcome,
        doors.met,
        doors.status_code,
        doors.server,
        doors.source,
        doors.who IS NOT NULL AS named
    FROM tried
    ASOF JOIN (SELECT d.* FROM doors AS d WHERE d.who IS NULL) AS doors
        ON
            tried.tenant = doors.tenant
            AND tried.event_time + INTERVAL 10 MINUTE >= doors.event_time
    WHERE tried.failing
),
stopped AS (
    SELECT
        b.tenant,
        b.network_message_id,
        b.who,
        (max({
            'by': (b.attempt, b.named, b.event_time, coalesce(b.server, ''), b.source),
            'own': {
                'outcome': b.outcome, 'met': b.met, 'status_code': b.status_code,
                'server': b.server, 'source': b.source, 'time': b.event_time
            }
        }) FILTER (b.event_time >= b.attempt - INTERVAL 10 MINUTE)).own AS own
    FROM by_time AS b
    GROUP BY b.tenant, b.network_message_id, b.who
    HAVING bool_or(b.event_time >= b.attempt - INTERVAL 10 MINUTE)
),
-- Servers whose silence counts, by connector.
standing AS (
    SELECT DISTINCT
        mails.tenant,
        mails.connector,
        met.own.server AS server
    FROM met
    INNER JOIN mails
        ON
            met.tenant = mails.tenant
            AND met.network_message_id = mails.network_message_id
            AND met.who = mails.who
    UNION
    SELECT
        hosts.tenant,
        hosts.connector,
        names.server
    FROM (SELECT DISTINCT mails.tenant, mails.connector, mails.destination FROM mails) AS hosts
    INNER JOIN (SELECT DISTINCT own.tenant, own.server FROM own) AS names
        ON
            hosts.tenant = names.tenant
            AND lower(names.server) IN (hosts.destination, split_part(hosts.destination, '.', 1))
),
covered AS (
    SELECT DISTINCT
        standing.tenant,
        standing.connector,
        date_trunc('hour', own.event_time) AS hour
    FROM standing
    INNER JOIN own
        ON
            standing.tenant = own.tenant
            AND standing.server = own.server
),
joined AS (
    SELECT
        mails.*,
        coalesce(met.own, stopped.own) AS own,
        CASE
            WHEN met.own IS NOT NULL THEN 'message id'
            WHEN stopped.own IS NOT NULL THEN 'time and address'
        END AS joined_by,
        coalesce(met.accepted, false) AS accepted,
        covered.hour IS NOT NULL AS is_covered
    FROM mails
    LEFT JOIN met
        ON
            mails.tenant = met.tenant
            AND mails.network_message_id = met.network_message_id
            AND mails.who = met.who
    LEFT JOIN stopped
        ON
            mails.tenant = stopped.tenant
            AND mails.network_message_id = stopped.network_message_id
            AND mails.who = stopped.who
    LEFT JOIN covered
        ON
            mails.tenant = covered.tenant
            AND mails.connector = covered.connector
            AND date_trunc('hour', mails.last) = covered.hour
)
SELECT
    joined.connector,
    joined.destination,
    joined.message_id,
    joined.network_message_id,
    joined.sender,
    joined.recipient,
    joined.outcome AS cloud_outcome,
    joined.status_code AS cloud_code,
    joined.attempts AS cloud_attempts,
    joined.first AS cloud_first,
    joined.last AS cloud_last,
    joined.remote_ip,
    joined.own.outcome AS own_outcome,
    joined.own.status_code AS own_code,
    joined.own.server AS own_server,
    joined.own.source AS own_source,
    joined.own.time AS own_time,
    joined.joined_by,
    CASE
        WHEN joined.own.met = 'tls' THEN 'it reached the server and failed at TLS: see its certificate and TLS versions'
        WHEN joined.own.met = 'dropped' THEN 'it reached the server, and the session broke off'
        WHEN joined.failing AND joined.own.met = 'refused' AND joined.accepted THEN 'the server took it and failed later'
        WHEN joined.failing AND joined.own.met = 'refused' THEN 'the server itself refused it'
        WHEN joined.failing AND joined.accepted
            THEN 'the server took it all the same: the sender may get a bounce, and a second copy may arrive'
        WHEN joined.own.met = 'refused' THEN 'handed over, and it failed behind the server''s door'
        WHEN joined.accepted THEN 'handed over and taken'
        WHEN joined.is_covered AND joined.failing
            THEN 'it never got there: the server logged other mail then, so see firewall, address translation and provider'
        WHEN joined.is_covered THEN 'handed over, but the server''s logs do not show it'
        ELSE 'no log of a server known to stand there covers that hour'
    END AS verdict
FROM joined
ORDER BY
    joined.failing DESC,
    joined.last DESC,
    joined.tenant,
    joined.network_message_id,
    joined.recipient
LIMIT CAST(top AS BIGINT);
