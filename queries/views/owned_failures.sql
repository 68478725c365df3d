-- Failures, each with who has to act: by its codes and cause, and by who runs the server there.
--
-- An incident knows more than one failure does (what was changed, whether anything still gets through), so for failures
-- of its codes, place and time, what it says goes first, unless it cannot tell. Its place is what its scope names: one
-- address, a connector and destination, a destination, a connector, everything. Of several, the narrowest counts, and of
-- these the latest. Under the code that an incident is told by, its cause has to be the failure's too; under those it began
-- with, any cause is.
--
-- What was ingested since the lake was last looked at has NULL there; any question to mailtrend looks at it.
--
-- Columns
--   sources: all sources that saw it, the one that tells most first
--   owner: who has to act: sender, your_organization, on_premises, partner, recipient_organization, microsoft, dns,
--     network, nobody, or undetermined
--   owner_kind: who runs the server there: own, partner, internet, microsoft or undetermined
--   partner: what to call the partner who runs it; NULL for all others
--   title: short name of what happened
--   class: transient, permanent or success; NULL where nothing tells
--   severity: 1 stops a connector, tenant or domain, 2 hits many messages, 3 one message, 4 is by design; NULL where the
--     code has no entry
--   meaning: what it says, in one or two sentences
--   owner_depends_on: what would settle an owner that is undetermined; NULL where it is determined
--   first_step: what to check first

CREATE VIEW owned_failures AS
WITH
hosts AS (
    SELECT DISTINCT
        p.tenant,
        p.destination
    FROM failing_places AS p
    WHERE p.destination <> '*'
),
domains AS (
    SELECT DISTINCT
        p.tenant,
        p.recipient_domain
    FROM failing_places AS p
    WHERE p.recipient_domain <> '*'
),
told AS (
    SELECT
        i.incident_id,
        i.tenant,
        i.cause,
        i.status_code,
        coalesce(i.scope, 'pair') AS scope,
        i.connector,
        i.destination,
        i.remote_ip,
        i.started_at,
        i.ended_at,
        i.owner,
        unnest(list_distinct(list_prepend(i.status_code, coalesce(i.status_codes, [])))) AS code
    FROM incidents AS i
    WHERE i.status_code IS NOT NULL AND i.owner <> 'undetermined'
),
incident_codes AS (
    SELECT
        t.*,
        unnest([t.code, s.expired_twin]) AS any_code
    FROM told AS t
    LEFT JOIN status_codes AS s
        ON t.code = s.status_code
),
scoped AS (
    SELECT
        t.incident_id,
        t.tenant,
        t.scope,
        CASE WHEN t.scope IN ('pair', 'connector', 'remote_ip') THEN t.connector END AS connector,
        CASE WHEN t.scope IN ('pair', 'destination') THEN t.destination END AS destination,
        CASE WHEN t.scope = 'remote_ip' THEN t.remote_ip END AS remote_ip,
        t.any_code AS code,
        CASE WHEN bool_or(t.code = t.status_code) THEN any_value(t.cause) END AS cause,
        t.started_at,
        t.ended_at,
        t.owner
    FROM incident_codes AS t
    WHERE t.any_code IS NOT NULL
    GROUP BY ALL
),
-- At most one at a time for one code and place: each ends where the next begins.
found AS (
    SELECT
        i.tenant,
        i.scope,
        i.code,
        i.cause,
        i.connector,
        i.destination,
        i.remote_ip,
        i.started_at,
        least(
            i.ended_at,
            lag(i.started_at) OVER (
                PARTITION BY i.tenant, i.scope, i.code, i.connector, i.destination, i.remote_ip
                ORDER BY i.started_at DESC, i.incident_id
            )
        ) AS until,
        i.owner
    FROM scoped AS i
)
SELECT
    f.event_time,
    f.tenant,
    f.source,
    f.server,
    f.event,
    f.outcome,
    f.direction,
    f.connector,
    f.sender,
    f.sender_domain,
    f.recipient,
    f.recipient_domain,
    f.destination,
    f.remote_host,
    f.remote_ip,
    f.reply_code,
    f.status_code,
    f.remote_reply_code,
    f.remote_status_code,
    f.cause,
    f.response,
    f.message_id,
    f.network_message_id,
    f.queue_id,
    f.size_bytes,
    f.subject,
    f.tls_version,
    f.delay_seconds,
    f.file_id,
    f.line,
    f.sources,
    coalesce(at_address.owner, at_pair.owner, at_host.owner, on_route.owner, anywhere.owner, verdict.owner) AS owner,
    place.owner_kind,
    place.partner,
    verdict.title,
    verdict.class,
    verdict.severity,
    verdict.meaning,
    CASE
        WHEN coalesce(at_address.owner, at_pair.owner, at_host.owner, on_route.owner, anywhere.owner) IS NULL
            THEN verdict.owner_depends_on
    END AS owner_depends_on,
    verdict.first_step
FROM failures AS f
LEFT JOIN hosts
    ON f.tenant = hosts.tenant AND f.destination = hosts.destination
LEFT JOIN domains
    ON f.tenant = domains.tenant AND f.recipient_domain = domains.recipient_domain
LEFT JOIN failing_places AS place
    ON
        f.tenant = place.tenant
        AND f.connector IS NOT DISTINCT FROM place.connector
        AND f.direction IS NOT DISTINCT FROM place.direction
        AND CASE WHEN f.destination IS NULL OR hosts.destination IS NOT NULL THEN f.destination ELSE '*' END
        IS NOT DISTINCT FROM place.destination
        AND CASE
            WHEN f.recipient_domain IS NULL OR domains.recipient_domain IS NOT NULL THEN f.recipient_domain
            ELSE '*'
        END IS NOT DISTINCT FROM place.recipient_domain
LEFT JOIN verdicts AS verdict
    ON
        f.reply_code IS NOT DISTINCT FROM verdict.reply_code
        AND f.status_code IS NOT DISTINCT FROM verdict.status_code
        AND f.cause IS NOT DISTINCT FROM verdict.cause
        AND coalesce(f.direction = 'inbound', false) = verdict.direction_inbound
        AND place.owner_kind = verdict.owner_kind
LEFT JOIN found AS at_address
    ON
        at_address.scope = 'remote_ip'
        AND f.tenant = at_address.tenant
        AND f.status_code = at_address.code
        AND f.connector IS NOT DISTINCT FROM at_address.connector
        AND f.remote_ip = at_address.remote_ip
        AND f.event_time >= at_address.started_at
        AND (at_address.until IS NULL OR f.event_time < at_address.until)
        AND coalesce(f.cause = at_address.cause OR f.cause = 'message_expired', at_address.cause IS NULL)
LEFT JOIN found AS at_pair
    ON
        at_pair.scope = 'pair'
        AND f.tenant = at_pair.tenant
        AND f.status_code = at_pair.code
        AND f.connector IS NOT DISTINCT FROM at_pair.connector
        AND f.destination IS NOT DISTINCT FROM at_pair.destination
        AND f.event_time >= at_pair.started_at
        AND (at_pair.until IS NULL OR f.event_time < at_pair.until)
        AND coalesce(f.cause = at_pair.cause OR f.cause = 'message_expired', at_pair.cause IS NULL)
LEFT JOIN found AS at_host
    ON
        at_host.scope = 'destination'
        AND f.tenant = at_host.tenant
        AND f.status_code = at_host.code
        AND f.destination = at_host.destination
        AND f.event_time >= at_host.started_at
        AND (at_host.until IS NULL OR f.event_time < at_host.until)
        AND coalesce(f.cause = at_host.cause OR f.cause = 'message_expired', at_host.cause IS NULL)
LEFT JOIN found AS on_route
    ON
        on_route.scope = 'connector'
        AND f.tenant = on_route.tenant
        AND f.status_code = on_route.code
        AND f.connector = on_route.connector
        AND f.event_time >= on_route.started_at
        AND (on_route.until IS NULL OR f.event_time < on_route.until)
        AND coalesce(f.cause = on_route.cause OR f.cause = 'message_expired', on_route.cause IS NULL)
LEFT JOIN found AS anywhere
    ON
        anywhere.scope = 'all'
        AND f.tenant = anywhere.tenant
        AND f.status_code = anywhere.code
        AND f.event_time >= anywhere.started_at
        AND (anywhere.until IS NULL OR f.event_time < anywhere.until)
        AND coalesce(f.cause = anywhere.cause OR f.cause = 'message_expired', anywhere.cause IS NULL);
