-- Failures, each with who has to act: by its codes and cause, and by who runs the server there.
--
-- An incident knows more than one failure does (what was changed, whether anything still gets through), so for failures
-- of its code, cause, connector, destination and time, what it says goes first, unless it cannot tell.
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
incident_codes AS (
    SELECT
        i.incident_id,
        i.tenant,
        i.cause,
        i.connector,
        i.destination,
        i.started_at,
        i.ended_at,
        i.owner,
        unnest([i.status_code, s.expired_twin]) AS code
    FROM incidents AS i
    LEFT JOIN status_codes AS s
        ON i.status_code = s.status_code
    WHERE i.status_code IS NOT NULL AND i.owner <> 'undetermined'
),
-- At most one at a time for one code and place: each ends where the next begins.
found AS (
    SELECT
        i.tenant,
        i.code,
        i.cause,
        i.connector,
        i.destination,
        i.started_at,
        i.ended_at,
        lag(i.started_at) OVER (
            PARTITION BY i.tenant, i.code, i.connector, i.destination
            ORDER BY i.started_at DESC, i.incident_id
        ) AS next_at,
        i.owner
    FROM incident_codes AS i
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
    coalesce(found.owner, verdict.owner) AS owner,
    place.owner_kind,
    place.partner,
    verdict.title,
    verdict.class,
    verdict.severity,
    verdict.meaning,
    CASE WHEN found.owner IS NULL THEN verdict.owner_depends_on END AS owner_depends_on,
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
LEFT JOIN found
    ON
        f.tenant = found.tenant
        AND f.status_code = found.code
        AND f.connector IS NOT DISTINCT FROM found.connector
        AND f.destination IS NOT DISTINCT FROM found.destination
        AND f.event_time >= found.started_at
        AND (found.ended_at IS NULL OR f.event_time < found.ended_at)
        AND (found.next_at IS NULL OR f.event_time < found.next_at)
        AND coalesce(f.cause = found.cause OR f.cause = 'message_expired', found.cause IS NULL);
