-- What has been read, from which sources, and what became of every row?
--
-- Parameters
--   tenant (NULL): only this tenant; NULL for all
--
-- Columns
--   source: format, or connectors, accepted_domains, changes
--   files: files read
--   rows: data rows in them: used + context + duplicates + rejects
--   used: rows that gave or fed an event
--   context: rows understood that rightly give no event
--   duplicates: rows seen before
--   rejects: rows that could not be read
--   reject_share: rejects / rows
--   events: events in the lake
--   failures: of these, deferred, failed, expired or rejected, as this source tells it
--   messages: distinct messages
--   recipients: distinct recipients
--   share: of all events
--   first_event: time of the earliest event
--   last_event: time of the latest event
--   warnings: files of which something could be wrong

CREATE MACRO sources_overview(tenant := NULL) AS TABLE
WITH
read AS (
    SELECT
        f.source,
        count(*) AS files,
        CAST(sum(f.rows) AS BIGINT) AS rows,
        CAST(sum(f.used) AS BIGINT) AS used,
        CAST(sum(f.context) AS BIGINT) AS context,
        CAST(sum(f.duplicates) AS BIGINT) AS duplicates,
        CAST(sum(f.rejects) AS BIGINT) AS rejects,
        count(*) FILTER (WHERE array_length(f.warnings) > 0) AS warnings
    FROM files AS f
    WHERE (tenant IS NULL OR f.tenant = tenant)
    GROUP BY f.source
),
told AS (
    SELECT
        e.source,
        count(*) AS events,
        count(*) FILTER (WHERE e.outcome IN ('deferred', 'failed', 'expired', 'rejected')) AS failures,
        count(DISTINCT message_key(e.network_message_id, e.message_id, e.server, e.queue_id, e.file_id, e.line))
            FILTER (WHERE e.recipient IS NOT NULL) AS messages,
        count(DISTINCT lower(e.recipient)) AS recipients,
        min(e.event_time) AS first_event,
        max(e.event_time) AS last_event
    FROM events AS e
    WHERE (tenant IS NULL OR e.tenant = tenant)
    GROUP BY e.source
)
SELECT
    coalesce(read.source, told.source) AS source,
    coalesce(read.files, 0) AS files,
    coalesce(read.rows, 0) AS rows,
    coalesce(read.used, 0) AS used,
    coalesce(read.context, 0) AS context,
    coalesce(read.duplicates, 0) AS duplicates,
    coalesce(read.rejects, 0) AS rejects,
    read.rejects / nullif(read.rows, 0) AS reject_share,
    coalesce(told.events, 0) AS events,
    coalesce(told.failures, 0) AS failures,
    coalesce(told.messages, 0) AS messages,
    coalesce(told.recipients, 0) AS recipients,
    told.events / nullif(sum(told.events) OVER (), 0) AS share,
    told.first_event,
    told.last_event,
    coalesce(read.warnings, 0) AS warnings
FROM read
FULL JOIN told
    ON read.source = told.source
ORDER BY coalesce(told.events, 0) DESC, coalesce(read.source, told.source);
