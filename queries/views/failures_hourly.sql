-- Failures by hour, status code, connector, destination and cause.
--
-- Columns
--   tenant: label given at ingest, 'default' otherwise
--   hour: start of the hour, UTC
--   status_code: enhanced status code, NULL where the failure carries none
--   connector: connector, or NULL
--   destination: who was being delivered to
--   cause: sub-cause key
--   failures: attempts that failed so
--   messages: distinct messages among them; a failure that names no recipient counts none

CREATE VIEW failures_hourly AS
SELECT
    f.tenant,
    date_trunc('hour', f.event_time) AS hour,
    f.status_code,
    f.connector,
    f.destination,
    f.cause,
    count(*) AS failures,
    count(DISTINCT message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line))
        FILTER (WHERE f.recipient IS NOT NULL) AS messages
FROM failures AS f
GROUP BY ALL;
