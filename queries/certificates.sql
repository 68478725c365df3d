-- Which certificates made deliveries fail?
--
-- Failures whose text says what is wrong with the server's certificate, or whose cause is a certificate. A certificate
-- that no text names has a row with NULL, by connector, destination and problem.
--
-- Parameters
--   since (NULL): failures from this time on, UTC; NULL for the beginning of the data
--   until (NULL): failures before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   top (50): at most so many rows; NULL for all
--
-- Columns
--   connector: connector, or its nearest kin in the source
--   destination: who was being delivered to
--   problem: expired, name_mismatch, untrusted, revoked, self_signed, not_yet_valid or revocation_unknown; NULL if not told
--   presented: subject of the certificate that the server showed; NULL if not told
--   expected: name that it should have been made out to; NULL if not told
--   thumbprint: of the certificate shown; NULL if not told
--   not_after: end of its life as the texts write it, the greatest by alphabet; NULL if not told
--   failures: failing attempts
--   messages: distinct messages
--   recipients: distinct recipients
--   share: of all failures of the period
--   first_failure: time of the earliest
--   last_failure: time of the latest

CREATE MACRO certificates(since := NULL, until := NULL, tenant := NULL, top := 50) AS TABLE
WITH
failing AS MATERIALIZED (
    SELECT
        f.connector,
        f.destination,
        f.cause,
        f.response,
        f.event_time,
        lower(f.recipient) AS recipient,
        message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line) AS message
    FROM failures AS f
    WHERE
        (since IS NULL OR f.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR f.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR f.tenant = tenant)
),
texts AS MATERIALIZED (
    SELECT DISTINCT
        response,
        cause
    FROM failing
    WHERE mentions_certificate(response) OR starts_with(cause, 'certificate_')
),
told AS MATERIALIZED (
    SELECT
        response,
        cause,
        coalesce(certificate_problem(response), certificate_problem_of(cause)) AS problem,
        certificate_subject(response) AS presented,
        certificate_expected(response) AS expected,
        certificate_thumbprint(response) AS thumbprint,
        certificate_not_after(response) AS not_after
    FROM texts
),
counted AS (
    SELECT
        failing.connector,
        failing.destination,
        told.problem,
        told.presented,
        told.expected,
        told.thumbprint,
        max(told.not_after) AS not_after,
        count(*) AS failures,
        count(DISTINCT failing.message) FILTER (WHERE failing.recipient IS NOT NULL) AS messages,
        count(DISTINCT failing.recipient) AS recipients,
        min(failing.event_time) AS first_failure,
        max(failing.event_time) AS last_failure
    FROM failing
    INNER JOIN told
        ON
            failing.response IS NOT DISTINCT FROM told.response
            AND failing.cause IS NOT DISTINCT FROM told.cause
    WHERE told.problem IS NOT NULL OR starts_with(told.cause, 'certificate_')
    GROUP BY
        failing.connector,
        failing.destination,
        told.problem,
        told.presented,
        told.expected,
        told.thumbprint
)
SELECT
    connector,
    destination,
    problem,
    presented,
    expected,
    thumbprint,
    not_after,
    failures,
    messages,
    recipients,
    failures / nullif((SELECT count(*) FROM failing), 0) AS share,
    first_failure,
    last_failure
FROM counted
ORDER BY
    failures DESC,
    connector NULLS LAST,
    destination NULLS LAST,
    problem NULLS LAST,
    presented NULLS LAST,
    expected NULLS LAST,
    thumbprint NULLS LAST
LIMIT CAST(top AS BIGINT);
