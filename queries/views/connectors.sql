-- Outbound connectors, as exported from Exchange Online, newest export of each.

CREATE VIEW connectors AS
SELECT
    stored.tenant,
    stored.name,
    stored.connector_type,
    stored.enabled,
    stored.recipient_domains,
    stored.smart_hosts,
    stored.use_mx_record,
    stored.tls_settings,
    stored.tls_domain,
    stored.owner_kind,
    stored.file_id
FROM $rows AS stored;
