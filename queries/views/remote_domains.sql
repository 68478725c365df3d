-- Remote domains, as exported from Exchange, newest export of each: what automatic mail may go where.

CREATE VIEW remote_domains AS
SELECT
    stored.tenant,
    stored.name,
    stored.domain,
    stored.allowed_oof,
    stored.auto_reply_enabled,
    stored.auto_forward_enabled,
    stored.delivery_report_enabled,
    stored.ndr_enabled,
    stored.tnef_enabled,
    stored.trusted_mail_outbound,
    stored.trusted_mail_inbound,
    stored.file_id
FROM $rows AS stored;
