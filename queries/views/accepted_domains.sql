-- Accepted domains, as exported from Exchange Online, newest export of each.

CREATE VIEW accepted_domains AS
SELECT
    stored.tenant,
    stored.domain,
    stored.domain_type,
    stored.is_default,
    stored.file_id
FROM $rows AS stored;
