-- What was changed and when: migrations, certificates, firewalls, connectors.

CREATE VIEW changes AS
SELECT
    stored.tenant,
    stored.time,
    stored.kind,
    stored.subject,
    stored.note,
    stored.file_id
FROM $rows AS stored;
