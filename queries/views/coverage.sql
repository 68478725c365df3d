-- What each source covers, day by day: a figure of nought means something only where there were rows.
--
-- Every day from the source's first to its last has a row, days without any event too.
--
-- Columns
--   source: format it was read from
--   day: UTC day
--   first: time of the earliest event of the day; NULL on a day without events
--   last: time of the latest event of the day
--   rows: events of the source on that day
--   gaps: hours (their start) between the source's first and last event that have no event at all

CREATE VIEW coverage AS
WITH
held AS (
    SELECT
        e.source,
        date_trunc('hour', e.event_time) AS hour,
        min(e.event_time) AS first,
        max(e.event_time) AS last,
        count(*) AS rows
    FROM events AS e
    GROUP BY e.source, date_trunc('hour', e.event_time)
),
spans AS (
    SELECT
        held.source,
        unnest(generate_series(min(held.hour), max(held.hour), INTERVAL 1 HOUR)) AS hour
    FROM held
    GROUP BY held.source
)
SELECT
    spans.source,
    CAST(spans.hour AS DATE) AS day,
    min(held.first) AS first,
    max(held.last) AS last,
    CAST(coalesce(sum(held.rows), 0) AS BIGINT) AS rows,
    coalesce(list(spans.hour ORDER BY spans.hour) FILTER (WHERE held.rows IS NULL), []) AS gaps
FROM spans
LEFT JOIN held
    ON spans.source = held.source AND spans.hour = held.hour
GROUP BY spans.source, CAST(spans.hour AS DATE);
