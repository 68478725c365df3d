-- With which TLS versions does each connector speak?
--
-- Only connectors whose source tells the version at least once; its attempts without one (no TLS, or none yet when it
-- failed) have a row with NULL.
--
-- Parameters
--   since (NULL): attempts from this time on, UTC; NULL for the beginning of the data
--   until (NULL): attempts before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--
-- Columns
--   connector: connector, or its nearest kin in the source
--   tls_version: TLS1.2, TLS1.3, …; NULL where none is told
--   attempts: delivery attempts and final outcomes
--   share: of the attempts on this connector
--   failures: of these attempts, deferred, failed, expired or rejected
--   messages: distinct messages
--   recipients: distinct recipients
--   destinations: distinct destinations
--   first_seen: time of the earliest attempt
--   last_seen: time of the latest attempt

CREATE MACRO tls_versions(since := NULL, until := NULL, tenant := NULL) AS TABLE
WITH
counted AS (
    SELECT
        a.connector,
        a.tls_version,
        count(*) AS attempts,
        count(*) FILTER (WHERE a.outcome IN ('deferred', 'failed', 'expired', 'rejected')) AS failures,
        count(DISTINCT message_key(a.network_message_id, a.message_id, a.server, a.queue_id, a.file_id, a.line))
            FILTER (WHERE a.recipient IS NOT NULL) AS messages,
        count(DISTINCT lower(a.recipient)) AS recipients,
        count(DISTINCT a.destination) AS destinations,
        min(a.event_time) AS first_seen,
        max(a.event_time) AS last_seen
    FROM attempts AS a
    WHERE
        (since IS NULL OR a.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR a.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR a.tenant = tenant)
    GROUP BY a.connector, a.tls_version
    QUALIFY max(a.tls_version) OVER (PARTITION BY a.connector) IS NOT NULL
)
SELECT
    connector,
    tls_version,
    attempts,
    attempts / nullif(sum(attempts) OVER (PARTITION BY connector), 0) AS share,
    failures,
    messages,
    recipients,
    destinations,
    first_seen,
    last_seen
FROM counted
ORDER BY connector NULLS LAST, attempts DESC, tls_version NULLS LAST;
