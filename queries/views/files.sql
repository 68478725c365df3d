-- The ingest ledger: one row per file that was read, with what became of its rows.

CREATE VIEW files AS
SELECT
    stored.file_id,
    stored.path,
    stored.sha256,
    stored.source,
    stored.tenant,
    stored.lines,
    stored.rows,
    stored.used,
    stored.context,
    stored.duplicates,
    stored.rejects,
    stored.events,
    stored.first_event,
    stored.last_event,
    stored.ingested_at,
    stored.warnings
FROM $rows AS stored;
