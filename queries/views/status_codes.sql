-- Status codes: what they mean, who has to act, what to do. A table, from the knowledge files.

CREATE TABLE status_codes AS
SELECT
    stored.status_code,
    stored.title,
    stored.class,
    stored.meaning,
    stored.causes,
    stored.owner_own,
    stored.owner_partner,
    stored.owner_internet,
    stored.steps_own,
    stored.steps_partner,
    stored.expired_twin,
    stored.reference
FROM $rows AS stored;
