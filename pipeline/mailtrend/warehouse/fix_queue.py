"""The SQL of `mailtrend verify` about what waited when a change was made, and where mail goes now."""

from __future__ import annotations

from typing import Final

# A message waited at the change if its last attempt of the day before had put it off.
QUEUE: Final = """
    WITH marks AS (
        SELECT
            message,
            who,
            bool_or(coalesce(fault = $fault, false)) AS had,
            arg_max(outcome, event_time) FILTER (WHERE event_time < $since) = 'deferred'
            AND arg_max(fault, event_time) FILTER (WHERE event_time < $since AND failing) = $fault
            AND max(event_time) FILTER (WHERE event_time < $since) > $since - INTERVAL 24 HOUR AS waited
        FROM fix_rows
        WHERE named AND NOT lent
        GROUP BY message, who
    ),
    fates AS (
        SELECT
            k.had,
            coalesce(k.waited AND coalesce(m.delivered_at >= $since, true), false) AS waited,
            m.fate,
            m.fate IN ('deferred', 'pending') AND m.gives_up > $until AS waits,
            m.expires_at
        FROM marks AS k
        INNER JOIN fix_mails AS m ON k.message = m.message AND k.who = m.who
    )
    SELECT
        count(*) FILTER (WHERE waited) AS waiting,
        count(*) FILTER (WHERE waited AND fate = 'delivered') AS delivered,
        count(*) FILTER (WHERE waited AND fate IN ('failed', 'expired', 'rejected', 'dropped')) AS lost,
        count(*) FILTER (WHERE waited AND waits) AS still,
        count(*) FILTER (
            WHERE waited AND NOT waits AND fate NOT IN ('delivered', 'failed', 'expired', 'rejected', 'dropped')
        ) AS unaccounted,
        count(*) FILTER (WHERE waits AND had) AS queued,
        count(*) FILTER (WHERE waits) AS queued_all,
        min(expires_at) FILTER (WHERE waits AND had) AS next_expiry,
        min(expires_at) FILTER (WHERE waits) AS next_expiry_all
    FROM fates
"""
PENDING: Final = """
    SELECT count(*) AS pending
    FROM messages
    WHERE tenant = $tenant
        AND connector IS NULL
        AND outcome = 'pending'
        AND first_seen >= $judged_from
        AND recipient_domain IN (SELECT recipient_domain FROM fix_tries WHERE failing)
"""
DISABLED: Final = """
    SELECT coalesce(bool_and(enabled IS FALSE), false) AS disabled
    FROM connectors
    WHERE tenant = $tenant AND list_contains($names, name)
"""
ELSEWHERE: Final = """
    SELECT
        connector,
        count(DISTINCT (message_key(network_message_id, message_id, server, queue_id, file_id, line), lower(recipient)))
            FILTER (WHERE outcome = 'delivered') AS delivered,
        count(DISTINCT (message_key(network_message_id, message_id, server, queue_id, file_id, line), lower(recipient)))
            FILTER (WHERE outcome IN ('deferred', 'failed', 'expired', 'rejected')) AS failed
    FROM attempts
    WHERE tenant = $tenant
        AND event_time >= $judged_from
        AND (connector IS NULL OR NOT list_contains($names, connector))
        AND direction IS DISTINCT FROM 'inbound'
        AND recipient_domain IN (SELECT recipient_domain FROM fix_tries WHERE failing AND event_time < $since)
    GROUP BY connector
    ORDER BY delivered DESC, failed DESC, connector
"""
