-- What the detectors found when the lake was last looked at, with diagnosis and evidence.

CREATE VIEW incidents AS
SELECT
    stored.incident_id,
    stored.kind,
    stored.severity,
    stored.state,
    stored.tenant,
    stored.status_code,
    stored.connector,
    stored.destination,
    stored.cause,
    stored.started_at,
    stored.ended_at,
    stored.attempts,
    stored.failures,
    stored.failure_rate,
    stored.baseline_rate,
    stored.messages,
    stored.recipients,
    stored.delivered_late,
    stored.lost,
    stored.at_risk,
    stored.next_expiry,
    stored.owner,
    stored.diagnosis,
    stored.confidence,
    stored.evidence,
    stored.actions,
    stored.partner_message,
    stored.query
FROM $rows AS stored;
