-- Message tracking log as Exchange writes it: times in UTC, lists parted by semicolons.
CREATE TEMP VIEW cells AS
SELECT
    *,
    utc_time(date_time) AS event_time,
    ';' AS parting,
    CAST(NULL AS VARCHAR) AS message_latency
FROM raw;

$tracking
