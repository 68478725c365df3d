"""The SQL of `mailtrend verify` that lays out attempts over one connector, each held against the time of a change."""

from __future__ import annotations

from typing import Final

NAMES: Final = """
    SELECT
        tenant,
        name
    FROM (
        SELECT tenant, connector AS name, count(*) AS events
        FROM events
        WHERE connector IS NOT NULL
        GROUP BY tenant, connector
        UNION ALL
        SELECT tenant, name, 0 AS events
        FROM connectors
        WHERE name IS NOT NULL
    ) AS named
    GROUP BY tenant, name
    ORDER BY sum(events) DESC, tenant, name
"""
TRIES: Final = """
    CREATE OR REPLACE TEMP TABLE fix_tries AS
    WITH tried AS (
        SELECT
            a.event_time,
            a.source,
            a.outcome,
            a.outcome IN ('deferred', 'failed', 'expired', 'rejected') AS failing,
            a.destination,
            a.recipient_domain,
            a.status_code,
            a.cause,
            f.family,
            hash(message_key(a.network_message_id, a.message_id, a.server, a.queue_id, a.file_id, a.line)) AS message,
            hash(lower(a.recipient)) AS who,
            a.recipient IS NOT NULL AS named
        FROM attempts AS a
        LEFT JOIN code_family AS f
            ON a.status_code = f.status_code
        WHERE a.tenant = $tenant
            AND list_contains($names, a.connector)
            AND ($destination IS NULL OR a.destination = $destination)
    )
    SELECT
        event_time,
        source,
        outcome,
        failing,
        destination,
        recipient_domain,
        cause,
        CASE WHEN failing THEN coalesce(family, status_code, cause, 'unclassified') END AS fault,
        coalesce(failing AND cause = 'message_expired', false) AS unsaid,
        coalesce(
            failing AND outcome <> 'deferred'
            AND (outcome = 'expired' OR cause = 'message_expired' OR (status_code LIKE '5.%' AND family LIKE '4.%')),
            false
        ) AS given_up,
        message,
        who,
        named,
        false AS lent
    FROM tried
"""
BARE: Final = """
    SELECT
        NOT coalesce(bool_or(outcome = 'delivered'), false) AND coalesce(bool_or(settled_by_id(source)), false) AS bare
    FROM fix_tries
"""
# A message trace names no connector. Where the connector's own rows know only failures, what was delivered to the same
# domains is the one thing that shows whether mail gets through.
LEND: Final = """
    INSERT INTO fix_tries
    WITH domains AS (
        SELECT DISTINCT recipient_domain
        FROM fix_tries
        WHERE failing AND settled_by_id(source)
    ),
    told AS (
        SELECT
            a.event_time,
            a.source,
            a.outcome,
            a.recipient_domain,
            hash(message_key(a.network_message_id, a.message_id, a.server, a.queue_id, a.file_id, a.line)) AS message,
            hash(lower(a.recipient)) AS who
        FROM attempts AS a
        SEMI JOIN domains ON a.recipient_domain = domains.recipient_domain
        WHERE a.tenant = $tenant AND a.connector IS NULL AND settled_by_id(a.source) AND a.outcome = 'delivered'
    )
    SELECT
        t.event_time, t.source, t.outcome, false AS failing, NULL AS destination, t.recipient_domain, NULL AS cause,
        NULL AS fault, false AS unsaid, false AS given_up, t.message, t.who, true AS named, true AS lent
    FROM told AS t
    ANTI JOIN fix_tries AS own ON t.message = own.message AND t.who = own.who
"""
MAILS: Final = """
    CREATE OR REPLACE TEMP TABLE fix_mails AS
    WITH own AS (
        SELECT
            message,
            who,
            min(event_time) AS first_try,
            max(event_time) AS last_try,
            arg_max(outcome, event_time) AS outcome,
            arg_max(fault, event_time) FILTER (WHERE outcome = 'deferred' AND NOT unsaid) AS deferred_as
        FROM fix_tries
        WHERE named AND NOT lent
        GROUP BY message, who
    ),
    told AS (
        SELECT
            hash(coalesce(network_message_id, message_id)) AS message,
            hash(lower(recipient)) AS who,
            min(first_seen) AS first_seen,
            max(last_event) AS last_event,
            arg_max(outcome, last_event) AS outcome,
            max(delivered_at) AS delivered_at,
            max(expires_at) AS expires_at
        FROM messages
        WHERE tenant = $tenant AND coalesce(network_message_id, message_id) IS NOT NULL
        GROUP BY hash(coalesce(network_message_id, message_id)), hash(lower(recipient))
    )
    SELECT
        o.message,
        o.who,
        o.deferred_as,
        least(o.first_try, t.first_seen) AS began,
        coalesce(t.outcome, o.outcome) AS fate,
        t.delivered_at,
        t.expires_at,
        coalesce(t.expires_at, coalesce(t.last_event, o.last_try) + INTERVAL 5 DAY) AS gives_up
    FROM own AS o
    LEFT JOIN told AS t ON o.message = t.message AND o.who = t.who
"""
# late: given up for what happened before the change could act. A message whose beginning nobody tells began a day ago.
JUDGED: Final = """
    CREATE OR REPLACE TEMP TABLE fix_rows AS
    SELECT
        t.event_time,
        t.outcome,
        t.failing,
        t.destination,
        CASE WHEN t.unsaid THEN coalesce(m.deferred_as, t.fault) ELSE t.fault END AS fault,
        t.unsaid AND m.deferred_as IS NULL AS unsaid,
        t.given_up AND t.event_time >= $since
        AND CASE
            WHEN m.began < t.event_time THEN m.began < $judged_from
            ELSE t.event_time < $judged_from + INTERVAL 24 HOUR
        END AS late,
        t.message,
        t.who,
        t.named,
        t.lent,
        t.cause
    FROM fix_tries AS t
    LEFT JOIN fix_mails AS m ON t.message = m.message AND t.who = m.who
"""
FAULTS: Final = """
    SELECT
        fault,
        count(*) FILTER (WHERE event_time < $since) AS before,
        count(*) FILTER (WHERE event_time >= $since AND NOT late) AS since,
        max(event_time) FILTER (WHERE event_time < $since) AS last_before,
        mode(cause) AS cause
    FROM fix_rows
    WHERE failing
    GROUP BY fault
    ORDER BY
        count(*) FILTER (WHERE event_time < $since AND event_time >= $since - INTERVAL 7 DAY) DESC,
        before DESC,
        fault
"""
