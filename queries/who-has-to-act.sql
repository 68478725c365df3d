-- Who has to act, how much fails for each, and with which codes?
--
-- failures-by-owner tells the codes and causes one by one, with what to check first.
--
-- Parameters
--   since (NULL): failures from this time on, UTC; NULL for the beginning of the data
--   until (NULL): failures before this time, UTC; NULL for the end of the data
--   tenant (NULL): only this tenant; NULL for all
--   top (20): at most so many rows; NULL for all
--
-- Columns
--   owner: who has to act: sender, your_organization, on_premises, partner, recipient_organization, microsoft, dns,
--     network, nobody, or undetermined
--   partner: what to call the partner, where a partner has to act
--   failures: failing attempts
--   share: of all failures of the period
--   lost: of these, final: failed, expired or rejected
--   messages: distinct messages
--   recipients: distinct recipients
--   top_codes: up to three status codes, the most frequent first; the cause where there is no code
--   last_failure: time of the latest

CREATE MACRO who_has_to_act(since := NULL, until := NULL, tenant := NULL, top := 20) AS TABLE
WITH
failing AS (
    SELECT
        f.owner,
        CASE WHEN f.owner = 'partner' THEN f.partner END AS partner,
        f.outcome,
        f.event_time,
        coalesce(f.status_code, f.cause) AS code,
        lower(f.recipient) AS recipient,
        message_key(f.network_message_id, f.message_id, f.server, f.queue_id, f.file_id, f.line) AS message
    FROM owned_failures AS f
    WHERE
        (since IS NULL OR f.event_time >= CAST(since AS TIMESTAMP))
        AND (until IS NULL OR f.event_time < CAST(until AS TIMESTAMP))
        AND (tenant IS NULL OR f.tenant = tenant)
),
counted AS (
    SELECT
        failing.owner,
        failing.partner,
        count(*) AS failures,
        count(*) FILTER (WHERE failing.outcome <> 'deferred') AS lost,
        count(DISTINCT failing.message) FILTER (WHERE failing.recipient IS NOT NULL) AS messages,
        count(DISTINCT failing.recipient) AS recipients,
        max(failing.event_time) AS last_failure
    FROM failing
    GROUP BY failing.owner, failing.partner
),
codes AS (
    SELECT
        failing.owner,
        failing.partner,
        failing.code,
        count(*) AS failures
    FROM failing
    WHERE failing.code IS NOT NULL
    GROUP BY failing.owner, failing.partner, failing.code
    QUALIFY
        row_number() OVER (PARTITION BY failing.owner, failing.partner ORDER BY count(*) DESC, failing.code) <= 3
),
listed AS (
    SELECT
        codes.owner,
        codes.partner,
        list(codes.code ORDER BY codes.failures DESC, codes.code) AS top_codes
    FROM codes
    GROUP BY codes.owner, codes.partner
)
SELECT
    counted.owner,
    counted.partner,
    counted.failures,
    counted.failures / nullif(sum(counted.failures) OVER (), 0) AS share,
    counted.lost,
    counted.messages,
    counted.recipients,
    listed.top_codes,
    counted.last_failure
FROM counted
LEFT JOIN listed
    ON
        counted.owner IS NOT DISTINCT FROM listed.owner
        AND counted.partner IS NOT DISTINCT FROM listed.partner
ORDER BY counted.failures DESC, counted.owner NULLS LAST, counted.partner NULLS LAST
LIMIT CAST(top AS BIGINT);
