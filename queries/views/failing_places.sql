-- Who runs the server at each place where mail failed, as told when the lake was last looked at.
--
-- A name that no connector and no accepted domain says anything of has no row of its own: `*` stands for all of them.

CREATE VIEW failing_places AS
SELECT
    stored.tenant,
    stored.connector,
    stored.destination,
    stored.direction,
    stored.recipient_domain,
    stored.owner_kind,
    stored.partner
FROM $rows AS stored;
