-- What each combination of codes and cause means, and who has to act, as told when the lake was last looked at.

CREATE VIEW verdicts AS
SELECT
    stored.reply_code,
    stored.status_code,
    stored.cause,
    stored.owner_kind,
    stored.direction_inbound,
    stored.owner,
    stored.title,
    stored.class,
    stored.severity,
    stored.meaning,
    stored.owner_depends_on,
    stored.first_step
FROM $rows AS stored;
