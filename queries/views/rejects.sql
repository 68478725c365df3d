-- Rows that could not be read, with the reason.

CREATE VIEW rejects AS
SELECT
    stored.file_id,
    stored.line,
    stored.byte_offset,
    stored.source,
    stored.reason,
    stored.text
FROM $rows AS stored;
