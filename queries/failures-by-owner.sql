-- Who has to act for what fails, how often does it, and what is to be checked first?
--
-- One row for each owner, code and cause. Where the owner is undetermined, exports of connectors and accepted domains
-- settle most of it: first_step says which.
--
-- Parameters
--   since (NULL): failures from this time on, UTC; NULL for the beginning of the data
--   until (NULL): failures before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   connector (NULL): only this connector; NULL for all
--   owner (NULL): only this owner, such as your_organization; NULL for all
--   top (20): at most so many rows; NULL for all
--
-- Columns
--   owner: who has to act: sender, your_organization, on_premises, partner, recipient_organization, microsoft, dns,
--     network, nobody, or undetermined
--   partner: what to call the partner, where a partner has to act
--   status_code: enhanced status code; NULL where the failure carries none
--   cause: sub-cause key
--   title: short name of what happened, the most frequent
--   failures: failing attempts
--   messages: distinct messages
--   recipients: distinct recipients
--   connectors: distinct connectors
--   destinations: distinct destinations
--   last_failure: time of the latest
--   share: of all failures that are asked for
--   first_step: what to check first, the most frequent

CREATE MACRO failures_by_owner(
    since := NULL, until := NULL, tenant := NULL, connector := NULL, owner := NULL, top := 20
) AS TABLE
WITH
failing AS (
    SELECT
        f.owner,
        CASE WHEN f.owner = 'partner' THEN f.partner END AS partner,
        f.status_code,
        f.cause,
        f.title,
        f.first_step,
        f.connector,
        f.destination,
        f.event_time,
        lower(f.recipient) AS recipient,
        message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line) AS message
    FROM owned_failures AS f
    WHERE
        (since IS NULL OR f.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR f.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR f.tenant = tenant)
        AND (connector IS NULL OR f.connector = connector)
        AND (owner IS NULL OR f.owner = owner)
),
counted AS (
    SELECT
        failing.owner,
        failing.partner,
        failing.status_code,
        failing.cause,
        count(*) AS failures,
        count(DISTINCT failing.message) FILTER (WHERE failing.recipient IS NOT NULL) AS messages,
        count(DISTINCT failing.recipient) AS recipients,
        count(DISTINCT failing.connector) AS connectors,
        count(DISTINCT failing.destination) AS destinations,
        max(failing.event_time) AS last_failure
    FROM failing
    GROUP BY failing.owner, failing.partner, failing.status_code, failing.cause
),
said AS (
    SELECT
        failing.owner,
        failing.partner,
        failing.status_code,
        failing.cause,
        failing.title,
        failing.first_step
    FROM failing
    GROUP BY
        failing.owner,
        failing.partner,
        failing.status_code,
        failing.cause,
        failing.title,
        failing.first_step
    QUALIFY
        row_number() OVER (
            PARTITION BY failing.owner, failing.partner, failing.status_code, failing.cause
            ORDER BY count(*) DESC, failing.title, failing.first_step
        ) = 1
)
SELECT
    counted.owner,
    counted.partner,
    counted.status_code,
    counted.cause,
    said.title,
    counted.failures,
    counted.messages,
    counted.recipients,
    counted.connectors,
    counted.destinations,
    counted.last_failure,
    counted.failures / nullif(sum(counted.failures) OVER (), 0) AS share,
    said.first_step
FROM counted
INNER JOIN said
    ON
        counted.owner IS NOT DISTINCT FROM said.owner
        AND counted.partner IS NOT DISTINCT FROM said.partner
        AND counted.status_code IS NOT DISTINCT FROM said.status_code
        AND counted.cause IS NOT DISTINCT FROM said.cause
ORDER BY
    counted.failures DESC,
    counted.owner NULLS LAST,
    counted.partner NULLS LAST,
    counted.status_code NULLS LAST,
    counted.cause NULLS LAST
LIMIT CAST(top AS BIGINT);
