-- The exposure: delivery attempts by hour, connector and destination, so that failures can be held against traffic.
--
-- Columns
--   tenant: label given at ingest, 'default' otherwise
--   hour: start of the hour, UTC
--   connector: connector, or NULL
--   destination: who was being delivered to
--   attempts: delivery attempts and final outcomes
--   delivered: of these, delivered
--   failures: of these, deferred, failed, expired or rejected

CREATE VIEW attempts_hourly AS
SELECT
    a.tenant,
    date_trunc('hour', a.event_time) AS hour,
    a.connector,
    a.destination,
    count(*) AS attempts,
    count(*) FILTER (WHERE a.outcome = 'delivered') AS delivered,
    count(*) FILTER (WHERE a.outcome IN ('deferred', 'failed', 'expired', 'rejected')) AS failures
FROM attempts AS a
GROUP BY ALL;
